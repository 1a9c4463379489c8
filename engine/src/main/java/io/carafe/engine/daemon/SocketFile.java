package io.carafe.engine.daemon;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.UserPrincipal;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The daemon's socket in the file system, with its lock and its log (native/jvm.c). It is ours only as long as the
/// inode is the one that the front made: another front may have put a new daemon in our place.
final class SocketFile {
    private final Path socket;
    private final Path lock;
    private final Path log;
    private final long inode;

    SocketFile(String path, long inode) {
        socket = Path.of(path);
        lock = Path.of(path + ".lock");
        log = Path.of(path + ".log");
        this.inode = inode;
    }

    String log() {
        return log.toString();
    }

    /// Our user, as the kernel wrote it on the socket.
    UserPrincipal owner() throws IOException {
        return Files.getOwner(socket, LinkOption.NOFOLLOW_LINKS);
    }

    boolean isOurs() {
        return Objects.equals(inodeOf(socket), inode);
    }

    /// Does something while no front can start a daemon. Where the lock can't be had (the disk is full), without it:
    /// the worst is then that two daemons run for a while.
    void whileLocked(Runnable action) {
        try {
            while (true) {
                try (FileChannel channel =
                        FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                    Long before = inodeOf(lock);
                    channel.lock();
                    if (before != null && before.equals(inodeOf(lock))) { // who held it may have removed it
                        action.run();
                        return;
                    }
                }
            }
        } catch (IOException e) {
            action.run();
        }
    }

    /// Leaves nothing behind; only under the lock, and only while the socket is ours.
    void remove() {
        for (Path path : new Path[] {socket, log, lock}) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                System.err.println("carafe: cannot remove " + path + ": " + e);
            }
        }
    }

    /// Removes what daemons left in our directory that were killed and that no front has asked for since: those of
    /// older builds, and of namespaces that are gone.
    void sweep() {
        sweep(socket.resolveSibling(""), socket);
    }

    static void sweep(Path directory, @Nullable Path except) {
        var names = new TreeSet<Path>();
        try (var files = Files.newDirectoryStream(directory, "daemon-*")) {
            for (Path file : files) {
                String name = file.getFileName().toString();
                names.add(directory.resolve(name.replaceFirst("\\..*", "")));
            }
        } catch (IOException e) {
            return; // nothing depends on it
        }
        for (Path name : names) {
            var file = new SocketFile(name.toString(), 0);
            if (!name.equals(except) && file.isDead()) {
                file.whileLocked(() -> {
                    if (file.isDead()) {
                        file.remove();
                    }
                });
            }
        }
    }

    /// Nobody listens: a socket gets its name only after listen(2).
    private boolean isDead() {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(socket));
            return false;
        } catch (ConnectException e) {
            return true;
        } catch (IOException e) {
            return !Files.exists(socket, LinkOption.NOFOLLOW_LINKS);
        }
    }

    private static @Nullable Long inodeOf(Path path) {
        try {
            return (Long) Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException e) {
            return null;
        }
    }
}
