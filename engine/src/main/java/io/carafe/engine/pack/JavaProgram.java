package io.carafe.engine.pack;

import io.carafe.engine.pack.PackOptions.Source;
import io.carafe.engine.pack.Packing.Placed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// A program for the Java virtual machine: a jar that can be started, or `java` itself with jars behind it. It brings a
/// runtime of those modules that its jars refer to.
final class JavaProgram {
    /// Where the image has the runtime, and jars that nobody has placed: neither asks where it is.
    static final String RUNTIME = "/opt/java";

    private static final String JARS = "/app";

    /// For jars that hold jars, into which jdeps(1) doesn't look, and for `java` alone.
    private static final List<String> MOST = List.of("java.se", "jdk.unsupported");

    private static final int DEPTH_MAX = 40; // of jars that name jars

    private final DirectoryTree host;
    private final Optional<Jar> program;
    private final List<Placed> files;
    private final JavaRuntime runtime;
    private final List<String> warnings = new ArrayList<>();

    private JavaProgram(DirectoryTree host, Optional<Jar> program, List<Placed> files, JavaRuntime runtime) {
        this.host = host;
        this.program = program;
        this.files = new ArrayList<>(files);
        this.runtime = runtime;
    }

    /// Looks whether the first source is one.
    ///
    /// @return empty if the first source is no such program
    static Optional<JavaProgram> of(DirectoryTree host, PackOptions options, Path scratch) throws IOException {
        Source first = options.sources().getFirst();
        Optional<Walk> walk = Walk.of(host, first.path()).filter(it -> it.node().kind() == Tree.Kind.FILE);
        if (walk.isEmpty()) {
            return Optional.empty();
        }
        Path file = host.path(walk.get().path());
        Optional<Jar> jar = Jar.read(file);
        if (jar.isPresent() && !jar.get().mainClass().isEmpty()) {
            String at = first.at().isEmpty() ? Walk.below(JARS, Walk.name(first.path())) : first.at();
            var files = new ArrayList<>(Packing.placed(options.sources()));
            files.set(0, new Placed(first.path(), at, new Reason.Asked()));
            var runtime = new JavaRuntime(
                    options.jdk().isEmpty() ? options.usualJdk() : options.jdk(), options.modules(), scratch);
            return Optional.of(new JavaProgram(host, jar, files, runtime));
        }
        Path home = file.resolve("../..").normalize();
        boolean isLauncher = Walk.name(walk.get().path()).equals("java")
                && (Files.exists(home.resolve("lib/modules")) || Files.exists(home.resolve("lib/jvm.cfg")));
        if (!isLauncher) {
            return Optional.empty();
        }
        List<Source> rest = options.sources().subList(1, options.sources().size());
        var runtime = new JavaRuntime(jdk(options, home), options.modules(), scratch);
        return Optional.of(new JavaProgram(host, Optional.empty(), Packing.placed(rest), runtime));
    }

    /// The launcher's own, unless another one is named. What lies in another root file system is never run here.
    private static String jdk(PackOptions options, Path launchers) {
        boolean isOurs = options.root().equals("/");
        return !options.jdk().isEmpty() ? options.jdk() : isOurs ? launchers.toString() : options.usualJdk();
    }

    /// Makes the runtime, and lays it where the image has it.
    ///
    /// @return all other files, and the jars that they name
    List<Placed> files(BoundTree tree) throws IOException {
        List<Path> jars = jars();
        boolean most = jars.isEmpty();
        for (Path jar : jars) {
            if (Jar.read(jar).filter(Jar::holdsJars).isPresent()) {
                most = true;
                warnings.add(
                        jar + " holds jars in itself, and jdeps doesn't look into them: the runtime has the modules of"
                                + " java.se; --add-modules adds others");
            }
        }
        Path made = runtime.make(jars, most ? MOST : List.of());
        tree.bind(RUNTIME, new DirectoryTree(made), "/");
        return files;
    }

    /// The jars among the files, and those that they name in turn, which become files too.
    private List<Path> jars() throws IOException {
        Set<Path> jars = new LinkedHashSet<>();
        for (int i = 0; i < files.size(); i++) {
            Placed placed = files.get(i);
            Optional<Walk> walk =
                    Walk.of(host, placed.path()).filter(it -> it.node().kind() == Tree.Kind.FILE);
            Path file = walk.isPresent() ? host.path(walk.get().path()) : Path.of("");
            Optional<Jar> jar = walk.isPresent() ? Jar.read(file) : Optional.empty();
            if (jar.isPresent() && jars.add(file) && jars.size() < DEPTH_MAX * DEPTH_MAX) {
                name(placed, jar.get());
            }
        }
        return List.copyOf(jars);
    }

    /// A manifest names jars relative to its own.
    private void name(Placed from, Jar jar) throws IOException {
        for (String name : jar.classPath()) {
            String path = Walk.below(Walk.parent(from.path()), name);
            if (Walk.of(host, path).isPresent()) {
                String at = Walk.plain(Walk.below(Walk.parent(from.at()), name));
                files.add(new Placed(path, at, new Reason.ClassPath(from.at())));
            } else {
                warnings.add(from.path() + " names " + name + " in its Class-Path, which does not exist");
            }
        }
    }

    /// The launcher first: its libraries are loaded by it.
    void add(Closure closure) throws IOException {
        var reason = new Reason.Java(program.isPresent() ? files.getFirst().at() : "");
        closure.add(RUNTIME + "/bin/java", reason);
        closure.add(RUNTIME, reason);
        warnings.forEach(closure::note);
    }

    List<String> entrypoint() {
        String java = RUNTIME + "/bin/java";
        return program.isPresent() ? List.of(java, "-jar", files.getFirst().at()) : List.of(java);
    }
}
