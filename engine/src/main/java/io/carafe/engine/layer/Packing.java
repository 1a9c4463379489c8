package io.carafe.engine.layer;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.layer.TarEntry.Attribute;
import io.carafe.engine.layer.TarEntry.Kind;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.planner.FileBox;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Makes a tar file of a directory: each file behind its directory, in the order of the bytes of their
/// names. What overlayfs marks as hidden in a layer becomes `.wh.` files (OCI image specification, layer.md,
/// "Representing Changes").
public final class Packing {
    private static final int S_IFREG = 0100000;
    private static final int S_IFDIR = 0040000;
    private static final int S_IFLNK = 0120000;
    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;
    private static final int S_IFIFO = 0010000;
    private static final int S_IFSOCK = 0140000;
    private static final int ZEROS = 64 << 10;
    private static final int READS = 8; // asked for at once: requests of as many fit into any pipe

    private static final ByteString WHITEOUT = ByteString.of(".wh.");
    private static final ByteString OPAQUE = ByteString.of(".wh..wh..opq");
    private static final ByteString YES = ByteString.of("y");

    /// What is mounted in a box lies over these, which are made for it: a box can't write to them.
    private static final Set<ByteString> MOUNT_POINTS = Stream.of(
                    "dev", "proc", "sys", "etc/hosts", "etc/hostname", "etc/resolv.conf")
            .map(ByteString::of)
            .collect(Collectors.toUnmodifiableSet());

    /// Directories in which some of these are.
    public static final Set<ByteString> HOLDERS = Set.of(ByteString.of("etc"));

    /// Which marks and files count.
    private enum View {
        WHOLE,
        LAYER,
        BOX
    }

    private final FileWorker worker;
    private final TarWriter tar;
    private final long latest;
    private final View view;
    private final boolean bare;
    private final boolean changing;
    private final boolean changes;
    private final FileName top;
    private final FileName named;
    private final Map<Identity, ByteString> linked = new HashMap<>();

    /// A file with more than one name, by what the kernel knows it by.
    private record Identity(long filesystem, long inode) {}

    /// A file that is in the directory, and its path in the tar file.
    private record Found(FileName name, FileAnswer file) {}

    /// @param bare     regular files are empty
    /// @param changing somebody may change them meanwhile
    private Packing(
            FileWorker worker,
            TarWriter tar,
            long latest,
            View view,
            boolean bare,
            boolean changing,
            FileName top,
            FileName named) {
        this.worker = worker;
        this.tar = tar;
        this.latest = latest;
        this.view = view;
        this.bare = bare;
        this.changing = changing;
        this.changes = view != View.WHOLE;
        this.top = top;
        this.named = named;
    }

    /// Packs what a box has changed, without the empty files and directories that were made for it to mount
    /// on.
    ///
    /// @param upper  a directory that overlayfs has written to
    /// @param latest as below, likewise `tar`
    /// @throws EngineException.Failed likewise
    public static void written(Path upper, long latest, TarWriter tar, Host host) {
        written(FilePlace.of(List.of(upper)), latest, tar, host);
    }

    /// Likewise, of a box that may still write there.
    public static void written(FilePlace upper, long latest, TarWriter tar, Host host) {
        pack(upper, ByteString.EMPTY, ByteString.EMPTY, latest, View.BOX, false, tar, host);
    }

    /// Packs a layer as it is on disk: what it hides becomes whiteouts.
    ///
    /// @param upper  the layer's files
    /// @param latest seconds since 1970: what was modified later counts as modified then
    /// @param tar    gets the entries, and isn't closed
    /// @throws EngineException.Failed if something can't be read or written
    public static void changes(Path upper, long latest, TarWriter tar, Host host) {
        FilePlace place = FilePlace.of(List.of(upper));
        pack(place, ByteString.EMPTY, ByteString.EMPTY, latest, View.LAYER, false, tar, host);
    }

    /// Packs the files that are seen of layers that lie one over the other.
    ///
    /// @param layers their files, the topmost first
    /// @param path   of a file or directory in there that is packed with all that is in it; empty for
    ///     everything
    /// @param named  its path in the tar file
    /// @param latest as above, likewise `tar`
    /// @throws EngineException.Failed likewise
    public static void files(
            List<Path> layers, ByteString path, ByteString named, long latest, TarWriter tar, Host host) {
        pack(FilePlace.of(layers), path, named, latest, View.WHOLE, false, tar, host);
    }

    /// Likewise, of files that may be anywhere.
    public static void files(FilePlace place, ByteString path, ByteString named, TarWriter tar, Host host) {
        pack(place, path, named, Long.MAX_VALUE, View.WHOLE, false, tar, host);
    }

    /// Likewise, without what is in the files: all are empty.
    public static void names(List<Path> layers, TarWriter tar, Host host) {
        FilePlace place = FilePlace.of(layers);
        pack(place, ByteString.EMPTY, ByteString.EMPTY, Long.MAX_VALUE, View.WHOLE, true, tar, host);
    }

    private static void pack(
            FilePlace place,
            ByteString path,
            ByteString named,
            long latest,
            View view,
            boolean bare,
            TarWriter tar,
            Host host) {
        try (FileWorker worker = FileWorker.start(place, host)) {
            FileName top = FileName.of(path);
            var packing = new Packing(worker, tar, latest, view, bare, place.changing(), top, FileName.of(named));
            try {
                packing.start();
                worker.finish();
            } catch (EOFException e) {
                throw worker.failure(e);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("pack " + what(place), e);
        }
    }

    private static String what(FilePlace place) {
        return switch (place.root()) {
            case FileBox.Root.View view -> view.directories().getFirst();
            case FileBox.Root.Source from -> from.directory();
            case FileBox.Root.Work work -> work.directory();
            case FileBox.Root.Destination to -> to.directory();
            case FileBox.Root.Living _, FileBox.Root.Resting _ -> "the container's files";
        };
    }

    private void start() throws IOException {
        if (changing) {
            worker.stream().respect();
        }
        worker.stream().look(top);
        worker.stream().flush();
        var found = new Found(top, worker.answers().next(top));
        if (isRead(found)) {
            worker.stream().read(top);
            worker.stream().flush();
            file(found);
            return;
        }
        entry(found);
        if (found.file().type() == S_IFDIR) {
            directory(top);
        }
    }

    /// What is in a directory, and what is below that.
    private void directory(FileName directory) throws IOException {
        Deque<Found> waiting = new ArrayDeque<>(); // a tree may be deeper than a stack
        list(directory, waiting);
        while (!waiting.isEmpty()) {
            var read = new ArrayDeque<Found>();
            while (!waiting.isEmpty() && read.size() < READS && isRead(waiting.getFirst())) {
                Found file = waiting.removeFirst();
                worker.stream().read(file.name());
                read.add(file);
            }
            worker.stream().flush();
            for (Found file : read) {
                file(file);
            }
            if (read.isEmpty()) {
                Found next = waiting.removeFirst();
                entry(next);
                if (next.file().type() == S_IFDIR) {
                    list(next.name(), waiting);
                }
            }
        }
    }

    /// One that was asked for.
    private void file(Found file) throws IOException {
        FileAnswer first = worker.answers().next();
        if (isThere(file.name(), first)) {
            entry(file);
            copy(file, first);
        }
    }

    /// Whether something is to be told of it: not if it has gone, or become something else, since it was
    /// listed.
    private boolean isThere(FileName name, FileAnswer answer) throws IOException {
        if (answer.error() != 0 && !changing) {
            throw new IOException(name + ": " + Errno.words(answer.error()));
        }
        return answer.error() == 0;
    }

    /// Whether its content comes next in the tar file, and it is known now that it does.
    private boolean isRead(Found found) {
        return !bare && found.file().type() == S_IFREG && found.file().links() <= 1;
    }

    private void list(FileName directory, Deque<Found> waiting) throws IOException {
        worker.stream().list(directory);
        worker.stream().flush();
        var found = new ArrayList<Found>();
        for (FileAnswer file = worker.answers().next();
                isThere(directory, file) && !file.isEnd();
                file = worker.answers().next()) {
            var each = new Found(directory.child(file.name()), file);
            if (!isLeftOut(each)) {
                found.add(each);
            }
        }
        found.sort((one, other) -> one.file().name().compareTo(other.file().name()));
        for (Found each : found.reversed()) {
            waiting.addFirst(each);
        }
    }

    /// A socket is nothing without the process that listens to it, and no tar file can hold one: every
    /// archiver leaves them out.
    private boolean isLeftOut(Found found) {
        boolean mountPoint =
                view == View.BOX && MOUNT_POINTS.contains(found.name().path());
        return found.file().type() == S_IFSOCK
                || (mountPoint
                        && (found.file().type() == S_IFDIR
                                || (found.file().type() == S_IFREG
                                        && found.file().links() <= 1
                                        && found.file().length() == 0)));
    }

    private void entry(Found found) throws IOException {
        FileAnswer file = found.file();
        boolean whiteout = file.type() == S_IFCHR && file.device() == 0;
        ByteString path = found.name().moved(top, named).path();
        if (whiteout && changes) {
            ByteString hidden = WHITEOUT.with(found.name().name());
            tar.entry(empty(found.name().parent().child(hidden).path(), file));
        }
        if (whiteout) { // a lone layer shows its own, too
            return;
        }
        Kind kind = kind(found);
        Identity identity = new Identity(file.filesystem(), file.inode());
        FileAnswer content = null;
        if (kind == Kind.FILE && file.links() > 1 && !bare && !linked.containsKey(identity)) {
            worker.stream().read(found.name());
            worker.stream().flush();
            content = worker.answers().next();
            if (!isThere(found.name(), content)) {
                return;
            }
        }
        ByteString target = file.target();
        if (kind != Kind.DIRECTORY && file.links() > 1) {
            ByteString known = linked.putIfAbsent(identity, path);
            kind = known == null ? kind : Kind.HARD_LINK;
            target = known == null ? target : known;
        }
        tar.entry(tarEntry(kind, path, target, file));
        if (kind == Kind.DIRECTORY && changes && isOpaque(found)) {
            tar.entry(empty(found.name().child(OPAQUE).path(), file));
        }
        if (content != null) {
            copy(found, content);
        }
    }

    private TarEntry tarEntry(Kind kind, ByteString path, ByteString target, FileAnswer file) {
        boolean device = kind == Kind.CHARACTER_DEVICE || kind == Kind.BLOCK_DEVICE;
        boolean late = file.seconds() >= latest;
        return new TarEntry(
                kind,
                path,
                target,
                kind == Kind.FILE && !bare ? file.length() : 0,
                file.mode() & 07777,
                file.uid(),
                file.gid(),
                late ? latest : file.seconds(),
                late ? 0 : file.nanoseconds(),
                device ? (int) (file.device() >> 32) : 0,
                device ? (int) file.device() : 0,
                kind == Kind.HARD_LINK ? List.of() : kept(file.attributes()),
                null);
    }

    private TarEntry empty(ByteString path, FileAnswer file) {
        return new TarEntry(
                Kind.FILE,
                path,
                ByteString.EMPTY,
                0,
                0,
                0,
                0,
                Math.min(file.seconds(), latest),
                0,
                0,
                0,
                List.of(),
                null);
    }

    private static Kind kind(Found found) throws IOException {
        return switch (found.file().type()) {
            case S_IFREG -> Kind.FILE;
            case S_IFDIR -> Kind.DIRECTORY;
            case S_IFLNK -> Kind.SYMBOLIC_LINK;
            case S_IFCHR -> Kind.CHARACTER_DEVICE;
            case S_IFBLK -> Kind.BLOCK_DEVICE;
            case S_IFIFO -> Kind.FIFO;
            default -> throw new IOException(found.name() + " is of a kind that no tar file can hold");
        };
    }

    private static List<Attribute> kept(List<Attribute> attributes) {
        return attributes.stream()
                .filter(attribute -> Attributes.isApplied(attribute.name()))
                .sorted((one, other) -> one.name().compareTo(other.name()))
                .toList();
    }

    /// @throws IOException if overlayfs has marked it in a way that says more than a tar file can
    private static boolean isOpaque(Found found) throws IOException {
        boolean opaque = false;
        for (Attribute attribute : found.file().attributes()) {
            String name = attribute.name().toString();
            if (name.equals("trusted.overlay.redirect") || name.equals("user.overlay.redirect")) {
                throw new IOException(found.name() + " was renamed on an overlay with redirect_dir, and lacks most of"
                        + " what is in it: mount it with redirect_dir=off");
            }
            boolean mark = name.equals("trusted.overlay.opaque") || name.equals("user.overlay.opaque");
            opaque = opaque || (mark && attribute.value().equals(YES));
        }
        return opaque;
    }

    /// The content of a file, whose first piece is there. While it is changed it keeps the length that it
    /// was listed with, since the tar file has told it already.
    private void copy(Found file, FileAnswer first) throws IOException {
        long left = file.file().length();
        FileAnswers answers = worker.answers();
        for (FileAnswer piece = first; !piece.isEnd(); piece = answers.next(file.name())) {
            if (piece.data() > left && !changing) {
                throw new IOException(file.name() + " grows while it is read");
            }
            int length = (int) Math.min(left, piece.data());
            tar.write(answers.bytes(), answers.data(), length);
            left -= length;
        }
        if (left != 0 && !changing) {
            throw new IOException(file.name() + " shrinks while it is read");
        }
        for (byte[] none = new byte[(int) Math.min(left, ZEROS)]; left > 0; left -= Math.min(left, ZEROS)) {
            tar.write(none, 0, (int) Math.min(left, ZEROS));
        }
    }
}
