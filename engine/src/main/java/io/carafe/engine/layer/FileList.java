package io.carafe.engine.layer;

import io.carafe.engine.store.Digest.Algorithm;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is in a tar file: its files by their paths, each with what can be told of it. Two of these show what
/// is different.
public final class FileList {
    private static final ByteString WHITEOUT = ByteString.of(".wh.");
    private static final ByteString OPAQUE = ByteString.of(".wh..wh..opq");
    private static final int BUFFER = 256 << 10;

    /// Of nothing.
    public static final FileList NONE = new FileList();

    private final TreeMap<ByteString, String> files = new TreeMap<>();
    private final Set<ByteString> hidden = new TreeSet<>();
    private final Set<ByteString> opaque = new TreeSet<>();

    /// Reads a tar file to its end.
    ///
    /// @param contents whether what is in regular files counts too; else their size does
    public static FileList of(InputStream tar, boolean contents) throws IOException {
        var list = new FileList();
        var reader = new TarReader(tar);
        byte[] buffer = new byte[BUFFER];
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            String content = "";
            if (contents && entry.kind() == TarEntry.Kind.FILE) {
                MessageDigest computation = Algorithm.SHA256.computation();
                for (int count = reader.read(buffer, 0, BUFFER); count >= 0; count = reader.read(buffer, 0, BUFFER)) {
                    computation.update(buffer, 0, count);
                }
                content = HexFormat.of().formatHex(computation.digest());
            }
            list.add(FileName.of(entry.path()), entry, content);
        }
        return list;
    }

    private void add(FileName name, TarEntry entry, String content) {
        if (name.path().isEmpty()) {
            return;
        }
        ByteString last = name.name();
        if (last.equals(OPAQUE)) {
            opaque.add(name.parent().path());
        } else if (last.startsWith(WHITEOUT)) {
            hidden.add(name.parent().child(last.substring(WHITEOUT.length())).path());
        } else {
            String what = entry.kind() + " " + Integer.toOctalString(entry.mode()) + " " + entry.uid() + ":"
                    + entry.gid() + " " + entry.target() + " " + entry.major() + ":" + entry.minor() + " "
                    + entry.attributes();
            boolean directory = entry.kind() == TarEntry.Kind.DIRECTORY;
            files.put(name.path(), directory ? what : what + " " + entry.size() + " " + content);
        }
    }

    /// What makes another list of this one. Of a directory that is gone nothing is told but that.
    public List<FileChange> to(FileList after) {
        var changes = new TreeMap<ByteString, Character>();
        files.forEach((path, what) -> {
            String now = after.files.get(path);
            if (now == null && !isDeleted(parent(path), changes)) {
                changes.put(path, 'D');
            } else if (now != null && !now.equals(what)) {
                changes.put(path, 'C');
            }
        });
        return listed(added(after, changes));
    }

    private Map<ByteString, Character> added(FileList after, Map<ByteString, Character> changes) {
        for (ByteString path : after.files.keySet()) {
            if (!files.containsKey(path)) {
                changes.put(path, 'A');
            }
        }
        return changes;
    }

    /// What a layer does to these files. Of a directory that is gone nothing is told but that.
    ///
    /// @param layer what is in its tar file
    public List<FileChange> under(FileList layer) {
        return under(layer, Set.of());
    }

    /// Likewise, of what a box has written ([Packing#written]).
    ///
    /// @param holders directories in which something was made for the box to mount on, and left out of the
    ///     tar file: they count only if something else is different in them, or about them
    public List<FileChange> under(FileList layer, Set<ByteString> holders) {
        var changes = new TreeMap<ByteString, Character>();
        for (ByteString path : files.keySet()) {
            ByteString directory = parent(path);
            boolean gone = layer.hidden.contains(path) || layer.opaque.contains(directory);
            if (layer.files.containsKey(path)) {
                changes.put(path, 'C');
            } else if (gone && !isDeleted(directory, changes)) {
                changes.put(path, 'D');
            }
        }
        added(layer, changes);
        for (ByteString holder : holders) {
            String before = files.getOrDefault(holder, layer.files.get(holder));
            if (before != null && before.equals(layer.files.get(holder)) && !layer.hasBelow(holder)) {
                changes.remove(holder);
            }
        }
        return listed(changes);
    }

    /// Whether there is something in a directory, or something is hidden.
    private boolean hasBelow(ByteString directory) {
        ByteString prefix = ByteString.of(directory + "/");
        return opaque.contains(directory)
                || files.keySet().stream().anyMatch(it -> it.startsWith(prefix))
                || hidden.stream().anyMatch(it -> it.startsWith(prefix));
    }

    private static boolean isDeleted(ByteString path, Map<ByteString, Character> changes) {
        for (ByteString above = path; !above.isEmpty(); above = parent(above)) {
            if (Character.valueOf('D').equals(changes.get(above))) {
                return true;
            }
        }
        return false;
    }

    private static ByteString parent(ByteString path) {
        byte[] bytes = path.bytes();
        int end = bytes.length - 1;
        while (end > 0 && bytes[end] != '/') {
            end--;
        }
        return ByteString.of(Arrays.copyOf(bytes, Math.max(end, 0)));
    }

    private static List<FileChange> listed(Map<ByteString, Character> changes) {
        var list = new ArrayList<FileChange>();
        changes.forEach((path, kind) -> list.add(new FileChange(kind, "/" + path)));
        return list;
    }
}
