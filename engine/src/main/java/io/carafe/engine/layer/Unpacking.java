package io.carafe.engine.layer;

import io.carafe.engine.layer.TarEntry.Attribute;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One layer's tar file on its way to a box: each entry becomes what is done with files (OCI image specification,
/// layer.md). A whiteout, `.wh.NAME`, becomes overlayfs's own.
final class Unpacking {
    private static final ByteString WHITEOUT = ByteString.of(".wh.");
    private static final ByteString OF_AUFS = ByteString.of(".wh..wh.");
    private static final ByteString OPAQUE = ByteString.of(".wh..wh..opq");

    private static final int S_IFCHR = 0020000;
    private static final int S_IFBLK = 0060000;
    private static final int S_IFIFO = 0010000;

    /// Bytes of memory for directories, whose times are set at the end: room for some 250,000.
    private static final long REMEMBERED_MAX = 64 << 20;

    private static final int REMEMBERED_EACH = 200;

    /// Overlayfs's `st_rdev` of a whiteout is the only device that anybody may make.
    private final boolean devices;

    private final TarReader tar;
    private final FileStream files;
    private final Bounds bounds;
    private final Map<FileName, Metadata> directories = new LinkedHashMap<>();
    private final Contents contents;
    private long entries;
    private long size;
    private long remembered;
    private int leftOut;

    /// @param devices whether the box can make devices: else they are left out, as every engine leaves them
    Unpacking(TarReader tar, FileStream files, boolean devices, Bounds bounds) {
        this.tar = tar;
        this.files = files;
        this.devices = devices;
        this.bounds = bounds;
        this.contents = new Contents(tar, files);
    }

    /// Everything up to the end of the tar file.
    void run() throws IOException {
        files.makeDirectory(FileName.ROOT, new Metadata(0755, 0, 0, 0, 0, List.of()));
        for (TarEntry entry = tar.next(); entry != null; entry = tar.next()) {
            bounds.checkEntries(++entries);
            FileName name = FileName.of(entry.path());
            if (!isWhiteout(name)) {
                unpack(name, entry);
            }
        }
        for (Map.Entry<FileName, Metadata> directory : directories.entrySet()) {
            files.setTimes(directory.getKey(), directory.getValue());
        }
    }

    /// Of the tar file.
    long entries() {
        return entries;
    }

    /// Bytes of the files, with their holes.
    long size() {
        return size;
    }

    /// Devices that could not be made.
    int leftOut() {
        return leftOut;
    }

    /// `.wh.` names only what it hides: a file or directory of such a name would be a whiteout in the next image.
    private boolean isWhiteout(FileName name) throws IOException {
        List<ByteString> parts = name.parts();
        for (ByteString part : parts.subList(0, parts.size() - 1)) {
            if (part.startsWith(OF_AUFS)) {
                return true; // where AUFS kept its links, in images of Docker's first years
            }
            if (part.startsWith(WHITEOUT)) {
                throw new MalformedLayer(name + " lies below a whiteout");
            }
        }
        ByteString last = parts.getLast();
        if (!last.startsWith(WHITEOUT)) {
            return false;
        }
        if (last.equals(OPAQUE)) {
            files.makeOpaque(name.parent());
        } else if (!last.startsWith(OF_AUFS)) {
            files.hide(name.parent().child(hidden(name, last)));
        }
        return true;
    }

    private static ByteString hidden(FileName name, ByteString last) throws MalformedLayer {
        ByteString hidden = last.substring(WHITEOUT.length());
        if (hidden.isEmpty()
                || hidden.toString().equals(".")
                || hidden.toString().equals("..")) {
            throw new MalformedLayer(name + " is a whiteout of nothing");
        }
        return hidden;
    }

    private void unpack(FileName name, TarEntry entry) throws IOException {
        if (name.isRoot() && entry.kind() != TarEntry.Kind.DIRECTORY) {
            throw new MalformedLayer("the root of the layer is no directory");
        }
        var metadata =
                new Metadata(entry.mode(), entry.uid(), entry.gid(), entry.seconds(), entry.nanoseconds(), kept(entry));
        if (entry.kind() != TarEntry.Kind.DIRECTORY && !directories.isEmpty()) {
            directories.remove(name);
        }
        switch (entry.kind()) {
            case FILE -> {
                size += entry.size();
                bounds.checkSize(size);
                contents.file(name, entry, metadata);
            }
            case DIRECTORY -> directory(name, metadata);
            case SYMBOLIC_LINK -> files.makeSymbolicLink(name, metadata, target(name, entry.target()));
            case HARD_LINK -> files.makeLink(name, linked(name, entry.target()));
            case FIFO -> files.makeNode(name, metadata.with(S_IFIFO | metadata.mode()), 0, 0);
            case CHARACTER_DEVICE -> device(name, entry, metadata.with(S_IFCHR | metadata.mode()));
            case BLOCK_DEVICE -> device(name, entry, metadata.with(S_IFBLK | metadata.mode()));
        }
    }

    private void directory(FileName name, Metadata metadata) throws IOException {
        var now = new ArrayList<Attribute>();
        var last = new ArrayList<Attribute>(); // what is made in it would inherit it
        for (Attribute attribute : metadata.attributes()) {
            (attribute.name().equals(Attributes.DEFAULT_ACCESS) ? last : now).add(attribute);
        }
        files.makeDirectory(name, metadata.with(now));
        if (directories.put(name, metadata.with(last)) == null) {
            remembered += REMEMBERED_EACH + name.path().length();
        }
        if (remembered > REMEMBERED_MAX) {
            throw new MalformedLayer("it has more directories than we remember the times of: " + directories.size());
        }
    }

    private static ByteString target(FileName name, ByteString target) throws MalformedLayer {
        if (target.isEmpty() || target.length() > 4095 || target.contains((byte) 0)) { // PATH_MAX
            throw new MalformedLayer("the symbolic link " + name + " has a target that the kernel doesn't take");
        }
        return target;
    }

    private static FileName linked(FileName name, ByteString target) throws MalformedLayer {
        FileName linked = FileName.of(target);
        if (linked.isRoot()) {
            throw new MalformedLayer("the hard link " + name + " leads to no file");
        }
        return linked;
    }

    private void device(FileName name, TarEntry entry, Metadata metadata) throws IOException {
        boolean whiteout = entry.kind() == TarEntry.Kind.CHARACTER_DEVICE && entry.major() == 0 && entry.minor() == 0;
        if (!devices && !whiteout) {
            leftOut++;
            return;
        }
        files.makeNode(name, metadata, entry.major(), entry.minor());
    }

    private static List<Attribute> kept(TarEntry entry) {
        @Nullable List<Attribute> kept = null;
        for (Attribute attribute : entry.attributes()) {
            if (Attributes.isApplied(attribute.name())) {
                kept = kept == null ? new ArrayList<>() : kept;
                kept.add(attribute);
            }
        }
        return kept == null ? List.of() : kept;
    }
}
