package io.carafe.sandbox.policy;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.json.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads policies: the built-in ones, which are files in this library, and others. What one inherits is read with it.
public final class PolicyFile {
    /// The built-in policies.
    public static final List<String> BUILT_IN = List.of("untrusted", "default");

    private static final int SIZE_MAX = 1 << 20;
    private static final int DEPTH_MAX = 16;

    private final List<Problem> problems = new ArrayList<>();
    private final List<String> heirs = new ArrayList<>(); // who is being read, the first one first

    private PolicyFile() {}

    /// The policy of this name, or in this file. A word without a slash that is the name of a built-in one means that.
    ///
    /// @param word      `untrusted`, `./exam.json`
    /// @param directory what a relative path starts from
    /// @throws InvalidPolicy if there is no such file, or it can't be meant, or one that it inherits from
    public static Policy named(String word, Path directory) {
        var reader = new PolicyFile();
        Policy policy = reader.read(word, directory, null);
        reader.check();
        return policy;
    }

    /// A built-in policy.
    ///
    /// @throws IllegalArgumentException if there is none of that name
    public static Policy builtIn(String name) {
        if (!BUILT_IN.contains(name)) {
            throw new IllegalArgumentException(
                    "no built-in policy: " + name + "; there are " + String.join(" and ", BUILT_IN));
        }
        return named(name, Path.of("/"));
    }

    /// The policy in a text.
    ///
    /// @param name      what the policy is called
    /// @param directory what the path of a file that it inherits starts from
    /// @throws InvalidPolicy if it can't be meant
    public static Policy of(String text, String name, Path directory) {
        var reader = new PolicyFile();
        Policy policy = reader.parse(text, name, directory, false);
        reader.check();
        return policy;
    }

    /// The text of a file that says the same, whole: it inherits nothing.
    public static String text(Policy policy) {
        return PolicyJson.text(policy);
    }

    private void check() {
        if (!problems.isEmpty()) {
            throw new InvalidPolicy(problems);
        }
    }

    /// @param from where the word stands; null for the caller's own
    private Policy read(String word, Path directory, @Nullable Node from) {
        boolean builtIn = BUILT_IN.contains(word);
        Path file = directory.resolve(word).normalize();
        String key = builtIn ? word : file.toString();
        if (heirs.contains(key) || heirs.size() == DEPTH_MAX) {
            tell(from, word, heirs.contains(key) ? "inherits from itself" : "inherits over more than 16 files");
            return Policy.strictest(word);
        }
        heirs.add(key);
        try {
            String text = builtIn ? resource(word) : content(file);
            Path parent = file.getParent();
            return parse(text, word, builtIn || parent == null ? directory : parent, from != null);
        } catch (IOException e) {
            tell(from, word, "can't be read: " + reason(e));
            return Policy.strictest(word);
        } finally {
            heirs.removeLast();
        }
    }

    private Policy parse(String text, String name, Path directory, boolean inherited) {
        var found = new ArrayList<Problem>();
        Node file = Node.of(text, name, found);
        Node parent = file.object().get("inherits");
        Policy base = Policy.strictest(name);
        if (parent.isThere()) {
            String word = parent.needed();
            base = word.isEmpty() ? base : read(word, directory, parent);
        }
        Policy policy = PolicyJson.read(file, name, base);
        for (Problem problem : found) {
            problems.add(inherited ? new Problem(name + ": " + problem.where(), problem.what()) : problem);
        }
        return policy;
    }

    private void tell(@Nullable Node from, String word, String what) {
        if (from == null) {
            problems.add(new Problem(word, what));
        } else {
            from.problem(word + " " + what);
        }
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException
                ? "there is no such file, and no built-in policy of this name but " + String.join(" and ", BUILT_IN)
                : String.valueOf(e.getMessage());
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = PolicyFile.class.getResourceAsStream(name + ".json")) {
            if (in == null) {
                throw new IOException("this library lacks its " + name + ".json: build it again");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String content(Path file) throws IOException {
        if (!Files.isRegularFile(file) && Files.exists(file)) {
            throw new IOException("it is no regular file");
        }
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(SIZE_MAX + 1);
            if (bytes.length > SIZE_MAX) {
                throw new IOException("it has more than 1 MiB");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
