package io.carafe.sandbox;

import static io.carafe.sandbox.linux.Fcntl.O_CREAT;
import static io.carafe.sandbox.linux.Fcntl.O_EXCL;

import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysMount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// A directory in memory for one box: it can hold so much and no more, files are put there before the box
/// starts and taken from there when it has ended. Nobody on the host sees it, and it is gone with [#close]
/// and with the box.
///
/// It is a tmpfs that is mounted nowhere until the box has it. This JVM reaches it by a descriptor; every
/// name is looked up below that, with no link followed and no other mount entered (openat2(2)), so whatever
/// the box makes there, also while it runs, leads to no other file. A name is a relative path, whose bytes
/// that aren't UTF-8 are U+DC00 + byte.
///
/// Needs root: an ordinary user can make no file system. Not safe for use by several threads.
public final class Workspace implements AutoCloseable {
    private final Fd root;
    private final int uid;
    private final int gid;

    private Workspace(Fd root, int uid, int gid) {
        this.root = root;
        this.uid = uid;
        this.gid = gid;
    }

    /// An empty one.
    ///
    /// @param size  bytes, at least 4096; they count as the memory of who writes them
    /// @param files how many files and directories can be in it, at least 1
    /// @param uid   unsigned, who owns all that is put there: on the host, whatever the box calls that user
    /// @throws InvalidBox           if the caller may make none
    /// @throws UncheckedIOException if it can't be made for another reason
    public static Workspace of(long size, int files, int uid, int gid) {
        List<String> options = List.of(
                "size=" + size,
                "nr_inodes=" + (files + 1L), // its root is one, too
                "mode=0755",
                "uid=" + Integer.toUnsignedString(uid),
                "gid=" + Integer.toUnsignedString(gid));
        try {
            Fd mount = SysMount.detached("tmpfs", options, SysMount.MOUNT_ATTR_NOSUID | SysMount.MOUNT_ATTR_NODEV);
            return new Workspace(Fcntl.above(mount, Executor.LEAST), uid, gid);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EPERM) {
                throw new InvalidBox("only root with CAP_SYS_ADMIN can make a workspace: try sudo");
            }
            throw new UncheckedIOException("make a workspace", e);
        }
    }

    Fd root() {
        return root;
    }

    /// Makes a file, and the directories on the way to it. All of them belong to the workspace's user.
    ///
    /// @param mode its permission bits
    /// @throws IOException              if it is there already, what stands on the way is no directory, or
    ///     there is
    /// no
    ///     room; part of it may be there then
    /// @throws IllegalArgumentException if that is no name for a file in it
    public void put(String name, int mode, Content content) throws IOException {
        new Placing(root, O_CREAT | O_EXCL, true, uid, gid).put(name, mode, content);
    }

    /// Copies files out, with all that is in directories. Whatever their modes are; links, FIFOs, sockets
    /// and devices are left out with a note.
    ///
    /// @param names of files or directories; `.` for everything
    /// @param bytes of all files together; what is beyond is cut
    /// @param files that are copied at most, for what is in directories
    /// @throws IllegalArgumentException if one is no name for a file in it
    public Fetched fetch(List<String> names, long bytes, int files) {
        var fetch = new Fetch(root, bytes, files);
        for (String name : names) {
            if (name.equals(".")) {
                fetch.all();
            } else {
                fetch.one(name, Placing.names(name));
            }
        }
        return fetch.fetched();
    }

    /// Checks a name before there is a workspace.
    ///
    /// @throws IllegalArgumentException if it is no name for a file in one; `.` isn't, either
    public static void check(String name) {
        Placing.names(name);
    }

    /// Lets go of it. The box keeps it until it ends.
    @Override
    public void close() {
        root.close();
    }
}
