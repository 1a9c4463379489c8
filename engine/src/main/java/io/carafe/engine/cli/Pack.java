package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.PackRequest;
import io.carafe.engine.engine.PackedImage;
import io.carafe.engine.image.Reference;
import io.carafe.engine.pack.Contents;
import io.carafe.engine.pack.PackOptions;
import io.carafe.engine.pack.PackOptions.Source;
import io.carafe.engine.pack.PackedLayer.Compression;
import io.carafe.engine.pack.Part;
import io.carafe.engine.store.DataRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `carafe pack`: an image of one program and what it needs.
final class Pack implements Command {
    private static final Flag ADD_MODULES = Flag.list(
            "", "add-modules", "Modules of a Java program's runtime, beside those that its jars refer to, by commas");
    private static final Flag CMD =
            Flag.one("", "cmd", "string", "Arguments of the program where run names none, in one word: --cmd='-l 80'");
    private static final Flag COMPRESSION = Flag.one(
                    "", "compression", "string", "Of the layer: zstd, gzip or none (default zstd)")
            .of("gzip", "none", "zstd");
    private static final Flag DLOPEN =
            Flag.list("", "dlopen", "A library that the program loads by dlopen(3): its name or path");
    private static final Flag ENTRYPOINT = Flag.one(
            "",
            "entrypoint",
            "string",
            "What starts instead of the program alone, in one word: --entrypoint='python3 -I'");
    private static final Flag ENV = Flag.list("e", "env", "Set an environment variable in the image: NAME=VALUE");
    private static final Flag EXPLAIN =
            Flag.toggle("", "explain", "Show each file, its size, and why it is in; without -t make no image");
    private static final Flag FORMAT = Flag.one(
                    "", "format", "string", "Of what --explain shows: text or json (default text)")
            .of("text", "json");
    private static final Flag JDK = Flag.one(
                    "",
                    "jdk",
                    "dir",
                    "The JDK that a Java program's runtime is made of (default JAVA_HOME, or that of java)")
            .ofDirectories();
    private static final Flag LABEL = Flag.list("l", "label", "Set metadata of the image: NAME=VALUE");
    private static final Flag QUIET = Flag.toggle("q", "quiet", "Print the digest only");
    private static final Flag ROOTFS = Flag.one(
                    "", "rootfs", "dir", "Take the files from this root file system, where paths are its own")
            .ofDirectories();
    private static final Flag TAG = Flag.list("t", "tag", "Name of the image: NAME[:TAG]");
    private static final Flag USER = Flag.one("u", "user", "string", "Who the program runs as: NAME|UID[:GROUP|GID]");
    private static final Flag WITH = Flag.list(
                    "",
                    "with",
                    "Also what programs look for unasked, by commas: " + String.join(", ", Part.WORDS)
                            + "; zones=Europe/Berlin, locales=de_DE.UTF-8")
            .of(Part.WORDS);
    private static final Flag WORKDIR = Flag.one("w", "workdir", "string", "Working directory of the program");

    private final Engine engine;

    Pack(Engine engine) {
        this.engine = engine;
    }

    @Override
    public String name() {
        return "pack";
    }

    @Override
    public String operands() {
        return "[OPTIONS] PROGRAM[:PATH] [FILE|DIR[:PATH]...]";
    }

    @Override
    public String purpose() {
        return "Make an image of a program and what it needs, and nothing else";
    }

    @Override
    public List<Flag> flags() {
        return List.of(
                ADD_MODULES,
                CMD,
                COMPRESSION,
                DLOPEN,
                ENTRYPOINT,
                ENV,
                EXPLAIN,
                FORMAT,
                JDK,
                LABEL,
                QUIET,
                ROOTFS,
                TAG,
                USER,
                WITH,
                WORKDIR);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example(
                        "curl, with name service and certificates, which no program's lists name",
                        "carafe pack curl -t curl:mini --with names,certificates"),
                new Example("What would be in it, and why", "carafe pack --explain curl"),
                new Example(
                        "An interpreter with its library", "carafe pack python3 /usr/lib/python3.11 -t python:mini"),
                new Example(
                        "A Java program, with a runtime of the modules that it uses", "carafe pack app.jar -t app:1"),
                new Example(
                        "Your own build, elsewhere in the image", "carafe pack ./build/server:/bin/server -t server"),
                new Example(
                        "A plugin: what dlopen(3) loads nobody can tell from a program",
                        "carafe pack ./player --dlopen libpulse.so.0 -t player"));
    }

    @Override
    public void run(Arguments arguments, Invocation invocation, Replies replies) {
        boolean explain = Boolean.TRUE.equals(arguments.on(EXPLAIN));
        String format = arguments.last(FORMAT);
        if (format != null && (!explain || !List.of("text", "json").contains(format))) {
            throw new UsageError(
                    explain
                            ? UsageError.invalid(FORMAT, format, "it is text or json")
                            : "--format says how --explain shows");
        }
        PackOptions options = options(arguments, invocation);
        List<Reference> names = names(arguments);
        if (names.isEmpty() && !explain) {
            throw new UsageError("the image needs a name: -t NAME; --explain shows what would be in it");
        }
        if (names.isEmpty()) {
            Contents contents = engine.contents(options);
            replies.err(PackText.warnings(invocation.name(), contents));
            replies.out("json".equals(format) ? PackText.json(contents) : PackText.text(contents));
            replies.exit(0);
            return;
        }
        PackedImage image =
                engine.pack(request(options, names, arguments, invocation), dataRoot(invocation), replies::isHeard);
        replies.err(PackText.warnings(invocation.name(), image.contents()));
        if ("json".equals(format)) {
            replies.out(PackText.json(image.contents()));
        } else if (explain) {
            replies.out(PackText.text(image.contents())
                    + PackText.made(names.getFirst().familiar(), image));
        } else if (Boolean.TRUE.equals(arguments.on(QUIET))) {
            replies.out(image.digest() + "\n");
        } else {
            replies.out(PackText.made(names.getFirst().familiar(), image));
        }
        replies.exit(0);
    }

    private static PackRequest request(
            PackOptions options, List<Reference> names, Arguments arguments, Invocation caller) {
        var variables = new ArrayList<String>();
        for (String variable : arguments.all(ENV)) {
            if (variable.indexOf('=') < 1) {
                throw new UsageError(UsageError.invalid(ENV, variable, "it is NAME=VALUE"));
            }
            variables.add(variable);
        }
        var labels = new java.util.TreeMap<String, String>();
        for (String label : arguments.all(LABEL)) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw new UsageError(UsageError.invalid(LABEL, label, "it is NAME=VALUE"));
            }
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        String workdir = arguments.last(WORKDIR);
        return new PackRequest(
                options,
                names,
                words(ENTRYPOINT, arguments),
                words(CMD, arguments),
                variables,
                labels,
                user(arguments),
                workdir == null ? "" : inBox(WORKDIR, workdir),
                compression(arguments),
                epoch(caller.environment()));
    }

    private static DataRoot dataRoot(Invocation caller) {
        try {
            return DataRoot.of(caller.environment(), caller.uid());
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    private static Compression compression(Arguments arguments) {
        String word = arguments.last(COMPRESSION);
        return switch (word == null ? "zstd" : word) {
            case "zstd" -> Compression.ZSTD;
            case "gzip" -> Compression.GZIP;
            case "none" -> Compression.NONE;
            default ->
                throw new UsageError(UsageError.invalid(COMPRESSION, String.valueOf(word), "it is zstd, gzip or none"));
        };
    }

    private static String user(Arguments arguments) {
        String user = arguments.last(USER);
        return user == null ? "" : user;
    }

    private static List<String> words(Flag flag, Arguments arguments) {
        String text = arguments.last(flag);
        try {
            return text == null ? List.of() : ShellWords.split(text);
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(flag, String.valueOf(text), String.valueOf(e.getMessage())));
        }
    }

    private static String inBox(Flag flag, String path) {
        try {
            return CallerPath.inBox(path);
        } catch (IllegalArgumentException e) {
            throw new UsageError(UsageError.invalid(flag, path, String.valueOf(e.getMessage())));
        }
    }

    /// Seconds since 1970 that all times in the image are, <https://reproducible-builds.org/specs/source-date-epoch>.
    private static long epoch(Map<String, String> environment) {
        String text = environment.getOrDefault("SOURCE_DATE_EPOCH", "");
        if (text.isEmpty()) {
            return 0;
        }
        if (!text.matches("[0-9]{1,11}")) { // up to the year 5138
            throw new UsageError("SOURCE_DATE_EPOCH=" + text + " is no number of seconds since 1970");
        }
        return Long.parseLong(text);
    }

    private static List<Reference> names(Arguments arguments) {
        var names = new ArrayList<Reference>();
        for (String name : arguments.all(TAG)) {
            try {
                Reference reference = Reference.of(name);
                if (reference.digest() != null) {
                    throw new IllegalArgumentException("a digest comes of the content, and can't be given");
                }
                names.add(reference);
            } catch (IllegalArgumentException e) {
                throw new UsageError(UsageError.invalid(TAG, name, String.valueOf(e.getMessage())));
            }
        }
        return names;
    }

    private static PackOptions options(Arguments arguments, Invocation caller) {
        if (arguments.operands().isEmpty()) {
            throw new UsageError("\"carafe pack\" needs a program");
        }
        String rootfs = arguments.last(ROOTFS);
        var sources = new ArrayList<Source>();
        for (String operand : arguments.operands()) {
            sources.add(source(operand, rootfs, caller));
        }
        var parts = new ArrayList<Part>();
        for (String list : arguments.all(WITH)) {
            try {
                parts.addAll(Part.parse(list));
            } catch (IllegalArgumentException e) {
                throw new UsageError(UsageError.invalid(WITH, list, String.valueOf(e.getMessage())));
            }
        }
        var opened = new ArrayList<String>();
        for (String library : arguments.all(DLOPEN)) {
            opened.add(library.contains("/") ? path(library, rootfs, caller) : library);
        }
        var modules = new ArrayList<String>();
        for (String list : arguments.all(ADD_MODULES)) {
            modules.addAll(List.of(list.split(",")));
        }
        String root = rootfs == null ? "/" : CallerPath.inBox(CallerPath.absolute(rootfs, caller));
        String jdk = arguments.last(JDK);
        return new PackOptions(
                root,
                sources,
                opened,
                parts,
                jdk == null ? "" : CallerPath.absolute(jdk, caller),
                usualJdk(caller),
                modules);
    }

    /// `PATH`, `PATH:PATH IN THE IMAGE`, or the name of a program on the caller's `PATH`.
    private static Source source(String operand, @Nullable String rootfs, Invocation caller) {
        int colon = operand.lastIndexOf(":/");
        String word = colon < 0 ? operand : operand.substring(0, colon);
        String at = colon < 0 ? "" : CallerPath.inBox(operand.substring(colon + 1));
        if (word.isEmpty() || (colon >= 0 && at.equals("/"))) {
            throw new UsageError("'" + operand + "' is no file, and none with its place in the image");
        }
        if (!word.contains("/")) {
            String found = rootfs == null ? onPath(word, caller.environment()) : "";
            if (!found.isEmpty()) {
                return new Source(found, at);
            }
        }
        return new Source(path(word, rootfs, caller), at);
    }

    private static String path(String path, @Nullable String rootfs, Invocation caller) {
        return rootfs == null ? CallerPath.absolute(path, caller) : path.startsWith("/") ? path : "/" + path;
    }

    /// As a shell finds it; "" if nowhere.
    private static String onPath(String program, Map<String, String> environment) {
        for (String directory : environment.getOrDefault("PATH", "").split(":")) {
            Path file = directory.startsWith("/") ? Path.of(directory, program) : Path.of("");
            if (directory.startsWith("/") && Files.isRegularFile(file) && Files.isExecutable(file)) {
                return file.toString();
            }
        }
        return "";
    }

    /// "" if there is none to be found.
    private static String usualJdk(Invocation caller) {
        String home = caller.environment().getOrDefault("JAVA_HOME", "");
        if (home.startsWith("/")) {
            return home;
        }
        String java = onPath("java", caller.environment());
        try {
            return java.isEmpty()
                    ? ""
                    : String.valueOf(Path.of(java).toRealPath().resolve("../..").normalize());
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
