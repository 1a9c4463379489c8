package io.carafe.sandbox.judge;

import io.carafe.sandbox.Content;
import io.carafe.sandbox.FetchedFile;
import io.carafe.sandbox.InvalidBox;
import io.carafe.sandbox.Root;
import io.carafe.sandbox.Workspace;
import io.carafe.sandbox.policy.Policy;
import io.carafe.sandbox.policy.PolicyFile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A program that nobody trusts, what it is given, and what it may take. Immutable: each method gives
/// another job. Good for any number of runs, also at the same time.
///
/// ```java
/// Verdict verdict = Sandbox.untrusted()
///         .file("answer.c", Content.of(source))
///         .compile("gcc", "-O2", "-o", "answer", "answer.c")
///         .input(Content.of("1 2\n"))
///         .run("./answer");
/// ```
///
/// The program runs in a box of its own, with users, processes, network and all else of its own, as a user
/// without any privilege. It can read the root, write to its working directory `/work` and to `/tmp`, and
/// nothing of it is there afterwards but what was fetched.
///
/// @param compile     what is run first, in a box of its own with [Limits#COMPILE]; all files that it leaves
///     behind are
///     what the program finds. Empty for nothing
/// @param command     the program and its arguments. A name without a slash is looked for in `PATH`
/// @param environment what it has beside `PATH`, `HOME=/work` and `LANG=C.UTF-8`
/// @param limits      what it may take
/// @param input       what it reads from its standard input
/// @param files       what it finds in `/work`
/// @param wanted      what is copied out of `/work` when it has ended: paths of files and directories, `.` for
///     all
/// @param pinned      it has a processor for itself among all that is judged on this machine and pinned, and
///     runs on no
///     other: its figures are steadier then
/// @param root        what it sees as its `/`
/// @param policy      what it may do
public record Job(
        List<String> compile,
        List<String> command,
        Map<String, String> environment,
        Limits limits,
        Content input,
        List<GivenFile> files,
        List<String> wanted,
        boolean pinned,
        Root root,
        Policy policy) {
    private static final int READABLE = 0644;

    /// One without a command, without input and files, with the default limits, that sees the programs of this
    /// machine.
    public static final Job UNTRUSTED = new Job(
            List.of(),
            List.of(),
            Map.of(),
            Limits.DEFAULT,
            Content.of(new byte[0]),
            List.of(),
            List.of(),
            false,
            Root.host().withoutWriting(),
            PolicyFile.builtIn("untrusted"));

    /// @throws IllegalArgumentException if the name of a file is none
    public Job {
        compile = List.copyOf(compile);
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        files = List.copyOf(files);
        wanted = List.copyOf(wanted);
        files.forEach(file -> Workspace.check(file.name()));
        wanted.stream().filter(name -> !name.equals(".")).forEach(Workspace::check);
    }

    /// The program and its arguments.
    public Job command(String... words) {
        return command(List.of(words));
    }

    /// The same as a list.
    public Job command(List<String> words) {
        return new Job(compile, words, environment, limits, input, files, wanted, pinned, root, policy);
    }

    /// Has something run first that makes the program, in a box of its own.
    public Job compile(String... words) {
        return compile(List.of(words));
    }

    /// The same as a list; empty for nothing.
    public Job compile(List<String> words) {
        return new Job(words, command, environment, limits, input, files, wanted, pinned, root, policy);
    }

    /// The job of compiling alone.
    Job compiling() {
        return new Job(
                List.of(),
                compile,
                environment,
                Limits.COMPILE,
                Content.of(new byte[0]),
                files,
                List.of("."),
                false,
                root,
                policy);
    }

    /// The job of running alone, with what was compiled.
    ///
    /// @throws IllegalArgumentException as [#files]
    Job running(List<FetchedFile> compiled) {
        return new Job(List.of(), command, environment, limits, input, List.of(), wanted, pinned, root, policy)
                .files(compiled);
    }

    /// Adds a variable to its environment, or replaces it.
    public Job environment(String name, String value) {
        var more = new LinkedHashMap<>(environment);
        more.put(name, value);
        return new Job(compile, command, more, limits, input, files, wanted, pinned, root, policy);
    }

    /// What it may take.
    public Job limits(Limits other) {
        return new Job(compile, command, environment, other, input, files, wanted, pinned, root, policy);
    }

    /// What it reads from its standard input.
    public Job input(Content content) {
        return new Job(compile, command, environment, limits, content, files, wanted, pinned, root, policy);
    }

    /// Adds a file that it finds in its working directory, and can read.
    ///
    /// @param name its path there: `data/in.txt`
    public Job file(String name, Content content) {
        return file(name, READABLE, content);
    }

    /// The same with other permission bits: `0755` for a program.
    public Job file(String name, int mode, Content content) {
        var more = new ArrayList<>(files);
        more.add(new GivenFile(name, mode, content));
        return new Job(compile, command, environment, limits, input, more, wanted, pinned, root, policy);
    }

    /// Adds what another job has left behind ([Verdict#files]), under the same names and with the same modes.
    ///
    /// @throws IllegalArgumentException if one is cut: what it is worth nobody knows
    public Job files(List<FetchedFile> fetched) {
        var more = new ArrayList<>(files);
        for (FetchedFile file : fetched) {
            if (file.content().truncated()) {
                throw new IllegalArgumentException(
                        file.name() + " was cut when it was copied out: raise the limit on disk");
            }
            more.add(new GivenFile(file.name(), file.mode(), Content.of(file.content())));
        }
        return new Job(compile, command, environment, limits, input, more, wanted, pinned, root, policy);
    }

    /// Has files copied out when it has ended, and directories with all that is in them. What is no file,
    /// and no directory, is left out with a note.
    public Job fetch(String... names) {
        var more = new ArrayList<>(wanted);
        more.addAll(List.of(names));
        return new Job(compile, command, environment, limits, input, files, more, pinned, root, policy);
    }

    /// Gives it a processor for itself.
    public Job pinned(boolean pinned) {
        return new Job(compile, command, environment, limits, input, files, wanted, pinned, root, policy);
    }

    /// What it sees as its `/`; it can't write there.
    public Job root(Root other) {
        return new Job(
                compile, command, environment, limits, input, files, wanted, pinned, other.withoutWriting(), policy);
    }

    /// What it may do: the built-in policy `untrusted` unless set. Limits are the job's, and so is `/tmp`.
    public Job policy(Policy other) {
        return new Job(compile, command, environment, limits, input, files, wanted, pinned, root, other);
    }

    /// Runs it, once.
    ///
    /// @throws InvalidBox           if this machine can't box it so
    /// @throws InterruptedException if this thread is interrupted; it is killed then, and nothing of it is left
    public Verdict run() throws InterruptedException {
        try (Judge judge = Judge.of(1)) {
            return judge.run(this);
        }
    }

    /// Runs a command, once.
    public Verdict run(String... words) throws InterruptedException {
        return command(words).run();
    }
}
