package io.carafe.sandbox.forensic;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Whether the files of a snapshot are those that its manifest names.
///
/// @param files    how many it names
/// @param hash     SHA-256 of the manifest: whoever keeps it elsewhere can tell that this is the same
///     snapshot
/// @param problems sentences: what is missing, altered, or isn't named
public record BundleCheck(int files, String hash, List<String> problems) {
    private static final int CHUNK = 1 << 20;

    public BundleCheck {
        problems = List.copyOf(problems);
    }

    /// Reads every file.
    ///
    /// @throws IOException if there is no manifest that can be read
    public static BundleCheck of(Path bundle) throws IOException {
        Path manifest = bundle.resolve(Bundle.MANIFEST);
        String text = Files.readString(manifest);
        var faults = new ArrayList<Problem>();
        Node read = Node.of(text, Bundle.MANIFEST, faults).object();
        var problems = new ArrayList<String>();
        var named = new TreeSet<String>();
        for (Node file : read.get("files").objects()) {
            String name = file.get("name").needed();
            if (!name.matches("[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)?") || name.contains("..")) {
                problems.add("the manifest names a file that no snapshot has: " + Arguments.quoted(name));
            } else if (named.add(name)) {
                check(bundle.resolve(name), name, file, problems);
            }
        }
        faults.forEach(it -> problems.add("the manifest is damaged: " + it));
        others(bundle, named, problems);
        return new BundleCheck(named.size(), AuditLog.hash(text), problems);
    }

    private static void check(Path path, String name, Node file, List<String> problems) {
        try {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                problems.add(name + " is missing");
            } else if (Files.size(path) != file.get("size").number(0, Long.MAX_VALUE, -1)
                    || !hash(path).equals(file.get("sha256").text())) {
                problems.add(name + " is altered");
            }
        } catch (IOException e) {
            problems.add(name + " can't be read: " + e.getMessage());
        }
    }

    private static String hash(Path path) throws IOException {
        MessageDigest digest = AuditLog.digest();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = Files.newInputStream(path)) {
            for (int count; (count = in.read(chunk)) >= 0; ) {
                digest.update(chunk, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void others(Path bundle, TreeSet<String> named, List<String> problems) throws IOException {
        try (Stream<Path> files = Files.walk(bundle)) {
            files.filter(it -> !Files.isDirectory(it, LinkOption.NOFOLLOW_LINKS))
                    .map(it -> bundle.relativize(it).toString())
                    .filter(it -> !it.equals(Bundle.MANIFEST) && !named.contains(it))
                    .sorted()
                    .forEach(it -> problems.add(it + " isn't in the manifest"));
        }
    }
}
