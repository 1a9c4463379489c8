package io.carafe.sandbox.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// `<dirent.h>`
public final class Dirent {
    private static final int BUFFER = 32 << 10;
    private static final int LENGTH = 16; // of struct linux_dirent64: where d_reclen is
    private static final int NAME = 19;

    private Dirent() {}

    /// `getdents64(2)`: the names in a directory, without `.` and `..`, as bytes.
    ///
    /// @param most names that are read; how many there are then is anybody's guess
    public static List<byte[]> names(Fd directory, int most) throws ErrnoException {
        var names = new ArrayList<byte[]>();
        byte[] buffer = new byte[BUFFER];
        while (names.size() < most) {
            long length = SysSyscall.call(SysSyscall.Call.GETDENTS64, directory.number(), buffer, buffer.length);
            if (length < 0) {
                throw new ErrnoException("getdents64", directory, (int) -length);
            }
            if (length == 0) {
                break;
            }
            ByteBuffer entries = ByteBuffer.wrap(buffer).order(ByteOrder.nativeOrder());
            for (int at = 0; at < length && names.size() < most; at += entries.getShort(at + LENGTH) & 0xffff) {
                byte[] name = name(buffer, at + NAME);
                if (!Arrays.equals(name, new byte[] {'.'}) && !Arrays.equals(name, new byte[] {'.', '.'})) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static byte[] name(byte[] buffer, int start) {
        int end = start;
        while (buffer[end] != 0) {
            end++;
        }
        return Arrays.copyOfRange(buffer, start, end);
    }
}
