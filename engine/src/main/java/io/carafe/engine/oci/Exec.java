package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Command;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.Replies;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.OciRuntime;
import io.carafe.engine.runtime.Execution;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// `carafe-runtime exec`
final class Exec implements Command {
    private static final Flag CWD = Flag.one("", "cwd", "DIRECTORY", "Its working directory in the container");
    private static final Flag ENV = Flag.list("e", "env", "Set a variable beside the container's own (NAME=VALUE)");
    private static final Flag TTY = Flag.toggle("t", "tty", "Give it a terminal");
    private static final Flag USER = Flag.one("u", "user", "UID[:GID]", "Its user and group");
    private static final Flag GIDS = Flag.list("g", "additional-gids", "Another group of its");
    private static final Flag PROCESS = Flag.one("p", "process", "FILE", "All of the process, as in config.json")
            .ofFiles();
    private static final Flag PROCESS_LABEL = Flag.one("", "process-label", "LABEL", "Its SELinux label");
    private static final Flag APPARMOR = Flag.one("", "apparmor", "PROFILE", "Its AppArmor profile");
    private static final Flag NO_NEW_PRIVS =
            Flag.toggle("", "no-new-privs", "Programs that it starts gain no privileges");
    private static final Flag CAP = Flag.list("c", "cap", "A capability beside the container's own");
    private static final Flag IGNORE_PAUSED = Flag.toggle("", "ignore-paused", "Also in a paused container");
    private static final Flag CGROUP =
            Flag.list("", "cgroup", "Run it in a group below the container's ([CONTROLLER[,…]:]PATH)");

    private final OciRuntime runtime;
    private final Consumer<Problem> warn;

    Exec(OciRuntime runtime, Consumer<Problem> warn) {
        this.runtime = runtime;
        this.warn = warn;
    }

    @Override
    public String name() {
        return "exec";
    }

    @Override
    public String operands() {
        return "[OPTIONS] CONTAINER COMMAND [ARG...]";
    }

    @Override
    public String purpose() {
        return "Run a further process in a container";
    }

    @Override
    public List<Flag> flags() {
        return List.of(
                CreationFlags.CONSOLE_SOCKET,
                CWD,
                ENV,
                TTY,
                USER,
                GIDS,
                PROCESS,
                CreationFlags.DETACH,
                CreationFlags.PID_FILE,
                CreationFlags.PIDFD_SOCKET,
                PROCESS_LABEL,
                APPARMOR,
                NO_NEW_PRIVS,
                CAP,
                CreationFlags.PRESERVE_FDS,
                IGNORE_PAUSED,
                CGROUP);
    }

    @Override
    public List<Example> examples() {
        return List.of(
                new Example("A shell in it", "carafe-runtime exec -t web sh"),
                new Example("As another user, with a variable", "carafe-runtime exec -u 1000 -e A=b web env"));
    }

    @Override
    public boolean takesProgram() {
        return true;
    }

    @Override
    public List<Exit> exits() {
        return List.of(
                new Exit("N", "The program's own exit code"),
                new Exit("128+N", "It was ended by signal N"),
                new Exit("255", "It could not be executed"));
    }

    @Override
    public void run(Arguments arguments, Invocation caller, Replies replies) {
        List<String> operands = arguments.operands();
        String file = arguments.last(PROCESS);
        if (operands.isEmpty()) {
            throw new UsageError("no container is named");
        }
        if (file == null && operands.size() == 1) {
            throw new UsageError("process args cannot be empty");
        }
        replies.plan(runtime.exec(
                new Execution(
                        CreationFlags.container(operands.getFirst()),
                        container -> file == null
                                ? changed(container, operands.subList(1, operands.size()), arguments, caller)
                                : read(file, arguments, caller),
                        CreationFlags.path(arguments.last(CreationFlags.PID_FILE), caller),
                        CreationFlags.path(arguments.last(CreationFlags.CONSOLE_SOCKET), caller),
                        CreationFlags.path(arguments.last(CreationFlags.PIDFD_SOCKET), caller),
                        arguments.all(CGROUP),
                        Boolean.TRUE.equals(arguments.on(IGNORE_PAUSED)),
                        CreationFlags.preserved(arguments.last(CreationFlags.PRESERVE_FDS), caller),
                        Boolean.TRUE.equals(arguments.on(CreationFlags.DETACH))),
                warn));
    }

    private Spec.Process read(String file, Arguments arguments, Invocation caller) {
        try (var in = CallerPath.open(CallerPath.readable(file, caller), caller)) {
            Spec.Process process = runtime.process(new String(in.readAllBytes(), StandardCharsets.UTF_8), warn);
            return Boolean.TRUE.equals(arguments.on(TTY)) ? process.inTerminal() : process;
        } catch (IOException e) {
            throw new UsageError("read " + file + ": " + e.getMessage());
        }
    }

    /// The container's own process, but for what is said.
    private static Spec.Process changed(Spec.Process own, List<String> args, Arguments arguments, Invocation caller) {
        var env = new ArrayList<>(own.env());
        for (String variable : arguments.all(ENV)) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                throw new UsageError("invalid --env \"" + variable + "\": it is NAME=VALUE");
            }
            env.removeIf(it -> it.startsWith(variable.substring(0, equals + 1)));
            env.add(variable);
        }
        String cwd = arguments.last(CWD);
        boolean terminal = Boolean.TRUE.equals(arguments.on(TTY));
        return new Spec.Process(
                terminal,
                terminal ? caller.terminal().rows() : 0,
                terminal ? caller.terminal().columns() : 0,
                user(own.user(), arguments),
                args,
                env,
                cwd == null ? own.cwd() : cwd,
                capabilities(own.capabilities(), arguments.all(CAP)),
                own.rlimits(),
                own.noNewPrivileges() || Boolean.TRUE.equals(arguments.on(NO_NEW_PRIVS)),
                own.oomScoreAdj(),
                own.scheduler(),
                own.ioPriority(),
                given(arguments.last(APPARMOR), own.apparmorProfile()),
                given(arguments.last(PROCESS_LABEL), own.selinuxLabel()),
                own.execCPUAffinity());
    }

    private static String given(@Nullable String word, String own) {
        return word == null || word.isEmpty() ? own : word;
    }

    private static Spec.User user(Spec.User own, Arguments arguments) {
        String user = arguments.last(USER);
        int uid = own.uid();
        int gid = own.gid();
        if (user != null) {
            int colon = user.indexOf(':');
            uid = id(colon < 0 ? user : user.substring(0, colon), "--user");
            gid = colon < 0 ? gid : id(user.substring(colon + 1), "--user");
        }
        var groups = new ArrayList<>(own.additionalGids());
        for (String group : arguments.all(GIDS)) {
            groups.add(id(group, "--additional-gids"));
        }
        return new Spec.User(uid, gid, own.umask(), groups);
    }

    /// Digits alone: anything else must not become root's number (docs/attacks.md 11).
    private static int id(String word, String flag) {
        boolean digits = !word.isEmpty() && word.chars().allMatch(c -> c >= '0' && c <= '9');
        if (digits && word.length() <= 10 && (word.length() == 1 || word.charAt(0) != '0')) {
            long number = Long.parseLong(word);
            if (number < 0xFFFFFFFFL) {
                return (int) number;
            }
        }
        throw new UsageError(
                "invalid " + flag + " \"" + word + "\": an id is a number below 4294967295, in plain decimal");
    }

    private static Spec.Capabilities capabilities(Spec.Capabilities own, List<String> more) {
        long mask = 0;
        for (String word : more) {
            mask |= capability(word);
        }
        return new Spec.Capabilities(
                own.bounding() | mask,
                own.effective() | mask,
                own.inheritable(),
                own.permitted() | mask,
                own.ambient());
    }

    private static long capability(@Nullable String word) {
        String name = String.valueOf(word).toUpperCase(Locale.ROOT);
        for (Capability capability : Capability.values()) {
            if (name.equals(capability.name()) || name.equals("CAP_" + capability.name())) {
                return capability.bit();
            }
        }
        throw new UsageError("invalid --cap \"" + word + "\": there is no such capability");
    }
}
