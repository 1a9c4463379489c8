package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.repro.FileState;
import io.carafe.engine.repro.Receipt.Inputs;
import io.carafe.engine.repro.Receipt.Mounted;
import io.carafe.engine.repro.Receipt.Outcome;
import io.carafe.engine.repro.Tree;
import io.carafe.engine.repro.TreeCopy;
import io.carafe.engine.repro.TreeReader;
import io.carafe.sandbox.executor.ExitCode;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.executor.Words;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Upper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// One run of a reproducible box, of which it is put down what goes in and what comes out. What the box writes to its
/// root lies in a directory of its own until then.
///
/// A receipt is a list of words that somebody else will have run: so a box whose receipt is kept can have nothing that
/// leads out of it.
public final class Recorded implements AutoCloseable {
    private static final String FLAG = "--receipt";

    private final RunOptions asked;
    private final Engine engine;
    private final Path scratch;
    private final Map<String, Tree> before = new LinkedHashMap<>(); // by place in the box, of what it may write to
    private final RunOptions options;
    private final Engine.Prepared prepared;
    private final Inputs inputs;
    private final BoxFiles below;

    /// @param cgroup  the caller's
    /// @param scratch a directory that isn't there yet, for this run alone
    /// @param copies  the box works on copies of what it may write to
    Recorded(RunOptions asked, Engine engine, String cgroup, Path scratch, boolean copies) {
        this.asked = asked;
        this.engine = engine;
        this.scratch = scratch;
        this.below = new BoxFiles(asked.image().layers().stream().map(Path::of).toList());
        check();
        try {
            Files.createDirectories(scratch.getParent());
            Files.createDirectory(
                    scratch, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.createDirectory(root());
            SortedMap<String, Mounted> mounts = mounts();
            this.options = withUpper(copies ? copied() : asked.mounts());
            this.prepared = engine.prepare(new Reproducible(options), cgroup);
            this.inputs = new Inputs(facts(prepared.spec()), mounts);
        } catch (IOException e) {
            throw discarded(new EngineException.Failed("put down what goes into the box", e));
        } catch (RuntimeException e) {
            throw discarded(e);
        }
    }

    private RuntimeException discarded(RuntimeException failure) {
        try {
            close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private Path root() {
        return scratch.resolve("root");
    }

    /// What goes in.
    public Inputs inputs() {
        return inputs;
    }

    private void check() {
        var problems = new ArrayList<Problem>();
        refuse(asked.streams().interactive(), "-i: what is typed isn't in a receipt", problems);
        refuse(asked.streams().terminal(), "-t: a terminal's size isn't in a receipt", problems);
        refuse(asked.files().upper() != null, "--upper: what an earlier box has left isn't in a receipt", problems);
        refuse(
                asked.security().fences().privileged(),
                "--privileged: whoever repeats it would have to trust it",
                problems);
        refuse(
                !asked.security().fences().unmasked().isEmpty(),
                "--security-opt unmask and systempaths: whoever repeats it would have to trust it",
                problems);
        refuse(asked.security().added() != 0, "--cap-add: whoever repeats it would have to trust it", problems);
        refuse(SecretMounts.has(asked), "--secret: nothing of a secret may be in a receipt", problems);
        refuse(!asked.control().devices().isEmpty(), "--device: a device isn't in a receipt", problems);
        refuse(
                !(asked.security().filter() instanceof RunOptions.Filter.Default),
                "--security-opt seccomp and nesting: whoever repeats it would have to trust it",
                problems);
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
    }

    private static void refuse(boolean is, String what, List<Problem> problems) {
        if (is) {
            problems.add(new Problem(FLAG, "can't be used with " + what));
        }
    }

    private SortedMap<String, Mounted> mounts() throws IOException {
        var mounts = new TreeMap<String, Mounted>();
        for (Mount mount : asked.mounts()) {
            boolean ofTheHost = mount.isBind() || mount.type().equals("overlay");
            Tree tree = ofTheHost ? files(mount) : new Tree(new TreeMap<>());
            mounts.put(
                    mount.destination(),
                    new Mounted(
                            ofTheHost ? mount.source() : "",
                            mount.options(),
                            tree.digest().toString()));
            if (mount.isBind() && isWritable(mount)) {
                before.put(mount.destination(), tree);
            }
        }
        return mounts;
    }

    /// Nothing in it may be more than its bytes: a socket leads to whoever listens there, read-only or not.
    private static Tree files(Mount mount) throws IOException {
        Tree tree = TreeReader.of(Path.of(mount.source()));
        for (Map.Entry<String, FileState> file : tree.files().entrySet()) {
            if (file.getValue().kind() == FileState.Kind.OTHER) {
                throw new IOException("a device, FIFO or socket can't be in a receipt: " + mount.source()
                        + (file.getKey().equals("/") ? "" : file.getKey()));
            }
        }
        return tree;
    }

    private static boolean isWritable(Mount mount) {
        return !mount.options().contains("ro") && !mount.options().contains("rro");
    }

    private List<Mount> copied() throws IOException {
        var mounts = new ArrayList<Mount>();
        for (Mount mount : asked.mounts()) {
            if (before.containsKey(mount.destination())) {
                Path copy = scratch.resolve("mount" + mounts.size());
                TreeCopy.of(Path.of(mount.source()), copy);
                mounts.add(new Mount(mount.destination(), mount.type(), copy.toString(), mount.options()));
            } else {
                mounts.add(mount);
            }
        }
        return mounts;
    }

    private RunOptions withUpper(List<Mount> mounts) {
        return asked.with(
                mounts,
                new RunOptions.Files(
                        new Upper(root().toString(), true),
                        asked.files().pivot(),
                        asked.files().names()));
    }

    private SortedMap<String, String> facts(Spec spec) throws IOException {
        var facts = new TreeMap<String, String>();
        switch (asked.image()) {
            case RunOptions.Image.Host() -> facts.put("image", "host");
            case RunOptions.Image.Stored stored -> {
                facts.put("image", stored.name());
                facts.put("image digest", stored.digest());
            }
            case RunOptions.Image.Directory directory -> {
                for (int i = 0; i < directory.layers().size(); i++) {
                    Tree tree = TreeReader.of(Path.of(directory.layers().get(i)));
                    facts.put("root " + (i + 1), tree.digest().toString());
                }
            }
        }
        facts.put("platform", io.carafe.engine.image.Platform.ofThisMachine().toString());
        Spec.Process process = spec.process();
        facts.put("command", list(process.args()));
        facts.put("environment", list(process.env()));
        facts.put("working directory", process.cwd());
        facts.put(
                "user",
                process.user().uid() + ":" + process.user().gid() + " "
                        + process.user().additionalGids());
        facts.put("umask", Integer.toOctalString(process.user().umask()));
        facts.put("host name", spec.hostname());
        facts.put(
                "limits",
                list(process.rlimits().stream()
                        .map(it -> it.type() + " " + it.soft() + ":" + it.hard())
                        .toList()));
        facts.put("processors", "1");
        return facts;
    }

    private static String list(List<String> words) {
        var json = new JsonWriter().beginList();
        words.forEach(json::value);
        return json.endList().text();
    }

    /// Runs the box, and looks at what it has left.
    ///
    /// @param listener hears what the program prints, and at the end what is to be said about the box
    /// @param together all that the program prints goes where errors go
    public Outcome run(BoxListener listener, boolean together) {
        try {
            Plan plan = prepared.plan();
            Report report = BoxRun.of(plan, prepared.host().kernel(), listener, together);
            Words.of(plan, report).forEach(listener::say);
            return new Outcome(ExitCode.of(plan, report), changed());
        } catch (IOException e) {
            throw new EngineException.Failed("put down what comes out of the box", e);
        }
    }

    private SortedMap<String, FileState> changed() throws IOException {
        var changed = new TreeMap<String, FileState>();
        Path upper = root().resolve("upper");
        if (Files.isDirectory(upper)) {
            Set<String> places = places();
            TreeReader.ofUpper(upper).files().forEach((path, state) -> {
                if (!places.contains(path) && !wasThere(path, state)) {
                    changed.put(path, state);
                }
            });
        }
        for (Mount mount : options.mounts()) {
            Tree tree = before.get(mount.destination());
            if (tree != null) {
                tree.changesTo(TreeReader.of(Path.of(mount.source())))
                        .forEach((path, state) ->
                                changed.put(mount.destination() + (path.equals("/") ? "" : path), state));
            }
        }
        return changed;
    }

    /// A directory that something was in for a while is in the upper layer, too.
    private boolean wasThere(String path, FileState state) {
        try {
            return state.kind() == FileState.Kind.DIRECTORY && state.equals(TreeReader.alone(below.resolve(path)));
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }

    /// What carafe makes in a root so that something can lie there.
    private Set<String> places() {
        var places = new HashSet<String>();
        prepared.spec().mounts().forEach(mount -> places.add(mount.destination()));
        prepared.spec().root().files().forEach(file -> places.add(file.path()));
        places.add(prepared.spec().process().cwd());
        return places;
    }

    /// Removes what the box has written.
    @Override
    public void close() {
        try {
            if (Files.isDirectory(scratch)) {
                engine.remove(scratch);
            }
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + scratch, e);
        }
    }
}
