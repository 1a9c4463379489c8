package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import io.carafe.engine.layer.TarEntry.Kind;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Adds an image's files to a directory of the caller's. What is there stays, but for files that the copies replace.
/// Directories that are there already keep owner, mode and times, unless owners are kept.
public final class Copying {
    private static final int S_IFDIR = 0040000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;
    private static final int S_IFIFO = 0010000;
    private static final int PLAIN = 01777; // without what would lend somebody the caller's rights

    private final TarReader tar;
    private final FileWorker worker;
    private final FileStream files;
    private final Contents contents;
    private final FileName base;
    private final boolean keepsOwners;
    private final boolean devices;
    private final boolean whole;
    private final int uid;
    private final int gid;
    private final Set<FileName> leftOut = new HashSet<>();
    private final Map<FileName, Metadata> directories = new LinkedHashMap<>();
    private long size;

    /// @param devices whether there may be any
    /// @param whole   the directory itself gets the owner and mode that it has in the tar file
    /// @param base    where in the box's root the tar file's root is
    private Copying(
            TarReader tar,
            FileWorker worker,
            FileName base,
            boolean keepsOwners,
            boolean devices,
            boolean whole,
            int uid,
            int gid) {
        this.tar = tar;
        this.worker = worker;
        this.files = worker.stream();
        this.contents = new Contents(tar, files);
        this.base = base;
        this.keepsOwners = keepsOwners;
        this.devices = devices;
        this.whole = whole;
        this.uid = uid;
        this.gid = gid;
    }

    /// Copies.
    ///
    /// @param in          a tar file that [Packing] writes
    /// @param directory   is looked up once; nothing is done outside it, whoever changes links or names meanwhile
    /// @param keepsOwners whether owners, set-user-id bits, attributes and devices are kept; else all is
    ///                    the caller's
    public static Copied into(Path directory, InputStream in, boolean keepsOwners, Host host) throws IOException {
        boolean user = !host.isPrivileged(); // in whose box the caller is root
        int uid = user ? 0 : host.privileges().uid();
        int gid = user ? 0 : host.privileges().gid();
        try (FileWorker worker = FileWorker.copy(directory, keepsOwners, host)) {
            return new Copying(new TarReader(in), worker, FileName.ROOT, keepsOwners, keepsOwners, false, uid, gid)
                    .copied();
        }
    }

    /// Copies to where others may be changing files meanwhile.
    ///
    /// @param in          a tar file, compressed or not; it isn't closed
    /// @param directory   in there, without links
    /// @param keepsOwners whether files have the owners that the tar file says; else all is root's in there,
    ///     and there are no devices and nothing that lends rights
    public static Copied into(FilePlace place, ByteString directory, InputStream in, boolean keepsOwners, Host host)
            throws IOException {
        try (FileWorker worker = FileWorker.start(place, host)) {
            var tar = new TarReader(Decompressed.of(in).stream());
            boolean devices = keepsOwners && host.isPrivileged();
            return new Copying(tar, worker, FileName.of(directory), keepsOwners, devices, false, 0, 0).copied();
        }
    }

    /// Makes the files of a tar file in a directory of ours, with their owners as boxes see them, and has the disk
    /// know them. An ordinary user's can have no devices among them.
    ///
    /// @param in compressed or not; it isn't closed
    public static Copied whole(Path directory, InputStream in, Host host) throws IOException {
        try (FileWorker worker = FileWorker.start(directory, host)) {
            var tar = new TarReader(Decompressed.of(in).stream());
            return new Copying(tar, worker, FileName.ROOT, true, host.isPrivileged(), true, 0, 0).copied();
        }
    }

    private Copied copied() throws IOException {
        try {
            run();
            if (whole) {
                files.sync();
            }
            worker.finish();
        } catch (ErrnoException | EOFException e) {
            throw worker.failure(e);
        }
        return new Copied(size, leftOut.size());
    }

    private void run() throws IOException {
        files.respect();
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            FileName name = at(entry.path());
            if (!name.equals(base)) {
                copy(name, entry);
            } else if (whole && entry.kind() == Kind.DIRECTORY) { // else the directory itself is the caller's
                directory(name, metadata(entry));
            }
        }
        for (Map.Entry<FileName, Metadata> directory : directories.entrySet()) {
            files.setTimes(directory.getKey(), directory.getValue());
        }
    }

    private FileName at(ByteString path) throws IOException {
        return FileName.of(path).moved(FileName.ROOT, base);
    }

    private void copy(FileName name, TarEntry entry) throws IOException {
        Metadata metadata = metadata(entry);
        switch (entry.kind()) {
            case FILE -> {
                size += entry.size();
                contents.file(name, entry, metadata);
            }
            case DIRECTORY -> directory(name, metadata);
            case SYMBOLIC_LINK -> files.makeSymbolicLink(name, metadata, entry.target());
            case HARD_LINK -> link(name, at(entry.target()));
            case FIFO -> files.makeNode(name, metadata.with(S_IFIFO | metadata.mode()), 0, 0);
            case CHARACTER_DEVICE, BLOCK_DEVICE -> device(name, entry, metadata);
        }
    }

    private Metadata metadata(TarEntry entry) {
        return keepsOwners
                ? new Metadata(
                        entry.mode(),
                        entry.uid(),
                        entry.gid(),
                        entry.seconds(),
                        entry.nanoseconds(),
                        entry.attributes().stream()
                                .filter(it -> Attributes.isApplied(it.name()))
                                .toList())
                : new Metadata(entry.mode() & PLAIN, uid, gid, entry.seconds(), entry.nanoseconds(), List.of());
    }

    private void directory(FileName name, Metadata metadata) throws IOException {
        FileAnswer there = look(name);
        if (there.error() == 0 && there.type() != S_IFDIR) {
            throw new IOException(name + " is there and is no directory, and a directory can't take its place");
        } else if (there.error() == 0 && !keepsOwners) {
            return;
        }
        List<Attribute> last = metadata.attributes().stream()
                .filter(it -> it.name().equals(Attributes.DEFAULT_ACCESS)) // what is made in it would inherit it
                .toList();
        files.makeDirectory(
                name,
                metadata.with(metadata.attributes().stream()
                        .filter(it -> !last.contains(it))
                        .toList()));
        directories.put(name, metadata.with(last));
    }

    private FileAnswer look(FileName name) throws IOException {
        files.look(name);
        files.flush();
        FileAnswer there = worker.answers().next();
        if (there.error() != 0 && there.error() != Errno.ENOENT) {
            throw new IOException(name + ": " + Errno.words(there.error()));
        }
        return there;
    }

    private void link(FileName name, FileName target) throws IOException {
        if (leftOut.contains(target)) {
            leftOut.add(name);
        } else {
            files.makeLink(name, target);
        }
    }

    private void device(FileName name, TarEntry entry, Metadata metadata) throws IOException {
        if (!devices) {
            leftOut.add(name);
            return;
        }
        int type = entry.kind() == Kind.CHARACTER_DEVICE ? S_IFCHR : S_IFBLK;
        files.makeNode(name, metadata.with(type | metadata.mode()), entry.major(), entry.minor());
    }
}
