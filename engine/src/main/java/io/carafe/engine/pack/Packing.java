package io.carafe.engine.pack;

import io.carafe.engine.pack.PackOptions.Source;
import io.carafe.engine.pack.Tree.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Finds everything that a program needs, and says why.
public final class Packing {
    private final PackOptions options;
    private final DirectoryTree host;
    private final BoundTree tree;
    private final Path scratch;
    private final List<String> entrypoint = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private Packing(PackOptions options, Path scratch) {
        this.options = options;
        this.host = new DirectoryTree(Path.of(options.root()));
        this.tree = new BoundTree(host);
        this.scratch = scratch;
    }

    /// Finds it all.
    ///
    /// @param scratch an empty directory for what is made; it must stay as long as the contents are read
    /// @throws IOException if something can't be read
    public static Contents contents(PackOptions options, Path scratch) throws IOException {
        return new Packing(options, scratch).contents();
    }

    private Contents contents() throws IOException {
        Optional<JavaProgram> java = JavaProgram.of(host, options, scratch);
        List<Placed> placed = java.isPresent() ? java.get().files(tree) : placed(options.sources());
        for (Placed it : placed) {
            bind(it);
        }
        var selection = new Selection(tree);
        var closure = new Closure(tree, selection);
        if (java.isPresent()) {
            java.get().add(closure);
            entrypoint.addAll(java.get().entrypoint());
        } else {
            start(placed.getFirst().at());
        }
        for (Placed it : placed) {
            closure.add(it.at(), it.reason());
        }
        for (String library : options.opened()) {
            closure.open(library);
        }
        var files = new PartFiles(tree, selection, closure);
        for (Part part : options.parts()) {
            files.add(part);
        }
        closure.finish();
        notes.addAll(selection.notes());
        notes.addAll(closure.notes());
        problems.addAll(closure.problems());
        String architecture = closure.machine().map(Elf.Machine::architecture).orElse("");
        return new Contents(
                selection.items(), entrypoint, environment(), architecture, closure.openers(), notes, problems);
    }

    /// A file or directory of the host, and where the image has it.
    record Placed(String path, String at, Reason reason) {}

    static List<Placed> placed(List<Source> sources) {
        var placed = new ArrayList<Placed>();
        for (Source it : sources) {
            placed.add(new Placed(it.path(), it.at().isEmpty() ? it.path() : it.at(), new Reason.Asked()));
        }
        return placed;
    }

    private void bind(Placed it) throws IOException {
        Optional<Walk> walk = Walk.of(host, it.path());
        if (!it.at().equals(it.path()) && walk.isPresent()) {
            tree.bind(Walk.place(host, it.at()), host, walk.get().path());
        }
    }

    private void start(String program) throws IOException {
        Optional<Walk> walk = Walk.of(tree, program);
        if (walk.isEmpty() || walk.get().node().kind() == Kind.DIRECTORY) {
            return; // what doesn't exist is told elsewhere; a directory starts nothing
        }
        if (walk.get().node().isExecutable()) {
            entrypoint.add(program);
        } else {
            problems.add(
                    program + " is no program: it is neither executable (chmod +x helps) nor a jar with a Main-Class;"
                            + " the program comes first, other files behind it");
        }
    }

    private List<String> environment() {
        var environment = new ArrayList<String>();
        environment.add("PATH=" + String.join(":", Closure.PATH));
        for (Part part : options.parts()) {
            if (part instanceof Part.Locales locales) {
                environment.add("LANG=" + locales.names().getFirst());
            }
        }
        return environment;
    }
}
