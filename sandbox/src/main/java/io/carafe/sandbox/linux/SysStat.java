package io.carafe.sandbox.linux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;

/// `<sys/stat.h>`, and what else is done to a file that is open.
public final class SysStat {
    public static final int S_IFMT = 0170000;
    public static final int S_IFREG = 0100000;
    public static final int S_IFDIR = 0040000;
    public static final int S_IFLNK = 0120000;
    public static final int S_IFIFO = 0010000;
    public static final int S_IFCHR = 0020000;
    public static final int S_IFSOCK = 0140000;

    private static final int AT_EMPTY_PATH = 0x1000;
    private static final int STATX_BASIC_STATS = 0x7ff;
    private static final int STATX_SIZE = 256; // struct statx
    private static final int MODE = 28;
    private static final int LENGTH = 40;
    private static final int MTIME = 112;
    private static final int RDEV = 128;

    private SysStat() {}

    /// What is known of a file.
    ///
    /// @param mode     its type, and its permission bits
    /// @param size     bytes
    /// @param modified when its content was
    /// @param device   which one a device file means: the major number in the lower half
    public record Stat(int mode, long size, Instant modified, long device) {
        /// `S_IFREG` …
        public int type() {
            return mode & S_IFMT;
        }
    }

    /// `statx(2)` of what is open.
    public static Stat stat(Fd file) throws ErrnoException {
        byte[] status = new byte[STATX_SIZE];
        check(
                SysSyscall.call(
                        SysSyscall.Call.STATX, file.number(), new byte[1], AT_EMPTY_PATH, STATX_BASIC_STATS, status),
                "statx",
                file);
        ByteBuffer fields = ByteBuffer.wrap(status).order(ByteOrder.nativeOrder());
        return new Stat(
                fields.getShort(MODE) & 0xffff,
                fields.getLong(LENGTH),
                Instant.ofEpochSecond(
                        Math.clamp(fields.getLong(MTIME), Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond()),
                        fields.getInt(MTIME + 8)),
                fields.getLong(RDEV));
    }

    /// `mkdirat(2)`; the umask takes bits from the mode.
    ///
    /// @param name one name, bytes without a NUL or a slash
    public static void mkdirat(Fd directory, byte[] name, int mode) throws ErrnoException {
        check(
                SysSyscall.call(
                        SysSyscall.Call.MKDIRAT, directory.number(), Arrays.copyOf(name, name.length + 1), mode),
                "mkdirat",
                new String(name, StandardCharsets.UTF_8));
    }

    /// `fchmod(2)`
    public static void fchmod(Fd file, int mode) throws ErrnoException {
        check(SysSyscall.call(SysSyscall.Call.FCHMOD, file.number(), mode), "fchmod", file);
    }

    /// `fchown(2)`
    public static void fchown(Fd file, int uid, int gid) throws ErrnoException {
        check(SysSyscall.call(SysSyscall.Call.FCHOWN, file.number(), uid, gid), "fchown", file);
    }

    private static void check(long result, String call, Object subject) throws ErrnoException {
        if (result < 0) {
            throw new ErrnoException(call, subject, (int) -result);
        }
    }
}
