package io.carafe.sandbox;

import static io.carafe.sandbox.linux.Fcntl.O_DIRECTORY;
import static io.carafe.sandbox.linux.Fcntl.O_NOFOLLOW;
import static io.carafe.sandbox.linux.Fcntl.O_RDONLY;
import static io.carafe.sandbox.linux.Fcntl.O_WRONLY;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Spawn;
import io.carafe.sandbox.linux.SysStat;
import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;

/// Puts files below a directory that is open, with no link followed and no other mount entered.
///
/// @param create how a file is opened beside `O_WRONLY` and `O_NOFOLLOW`
/// @param owned  what is made gets this user and group
record Placing(Fd root, int create, boolean owned, int uid, int gid) {
    static final int BELOW =
            Fcntl.RESOLVE_BENEATH | Fcntl.RESOLVE_NO_SYMLINKS | Fcntl.RESOLVE_NO_MAGICLINKS | Fcntl.RESOLVE_NO_XDEV;
    private static final int NAME_MAX = 255;
    private static final int PERMISSIONS = 0777;

    /// Makes a file, and the directories on the way to it.
    void put(String name, int mode, Content content) throws IOException {
        List<byte[]> names = names(name);
        var opened = new ArrayList<Fd>();
        Lock writing = Spawn.writing();
        writing.lock();
        try {
            Fd directory = root;
            for (byte[] step : names.subList(0, names.size() - 1)) {
                directory = directory(directory, step);
                opened.add(directory);
            }
            Fd file = Fcntl.openat2(directory, names.getLast(), O_WRONLY | O_NOFOLLOW | create, 0600, BELOW);
            opened.add(file);
            content.writeTo(file);
            SysStat.fchmod(file, mode & PERMISSIONS);
            own(file);
        } catch (IOException e) {
            throw new IOException("write " + name + ": " + e.getMessage(), e);
        } finally {
            opened.forEach(Fd::close);
            writing.unlock();
        }
    }

    private Fd directory(Fd parent, byte[] name) throws IOException {
        boolean made = true;
        try {
            SysStat.mkdirat(parent, name, 0755);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
            made = false;
        }
        Fd directory = Fcntl.openat2(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, 0, BELOW);
        if (made) {
            SysStat.fchmod(directory, 0755); // mkdirat(2) heeds the umask
            own(directory);
        }
        return directory;
    }

    private void own(Fd file) throws IOException {
        if (owned) {
            SysStat.fchown(file, uid, gid);
        }
    }

    /// The names on a path.
    ///
    /// @throws IllegalArgumentException unless it leads from name to name, down
    static List<byte[]> names(String path) {
        var names = new ArrayList<byte[]>();
        for (String name : path.split("/", -1)) {
            byte[] bytes = Utf8.encode(name);
            boolean bad = name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('\0') >= 0;
            if (bad || bytes.length > NAME_MAX) {
                throw new IllegalArgumentException("not a path below a directory: " + path);
            }
            names.add(bytes);
        }
        return names;
    }
}
