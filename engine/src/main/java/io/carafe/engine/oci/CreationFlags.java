package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.runtime.ContainerId;
import io.carafe.engine.runtime.Creation;
import io.carafe.sandbox.planner.Handover.Left;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The options of `create` and `run`.
final class CreationFlags {
    private static final int PRESERVED_MAX = 1021;

    private static final Flag BUNDLE = Flag.one(
                    "b", "bundle", "DIRECTORY", "The bundle (default: the working directory)")
            .ofDirectories();
    static final Flag CONSOLE_SOCKET = Flag.one(
                    "", "console-socket", "SOCKET", "A unix socket that gets the terminal of the container")
            .ofFiles();
    static final Flag PIDFD_SOCKET = Flag.one(
                    "", "pidfd-socket", "SOCKET", "A unix socket that gets a pidfd of the container's process")
            .ofFiles();
    static final Flag PID_FILE = Flag.one("", "pid-file", "FILE", "Write the process id to this file")
            .ofFiles();
    private static final Flag NO_PIVOT =
            Flag.toggle("", "no-pivot", "Enter the root by chroot, where pivot_root can't be had");
    private static final Flag NO_NEW_KEYRING = Flag.toggle("", "no-new-keyring", "Keep the caller's session keyring");
    static final Flag PRESERVE_FDS = Flag.one(
            "", "preserve-fds", "N", "Descriptors from 3 on that the program gets (default: those of LISTEN_FDS)");
    private static final Flag NO_SUBREAPER = Flag.toggle("", "no-subreaper", "Nothing: the executor never is one");
    static final Flag KEEP = Flag.toggle("", "keep", "Don't remove the container when it has ended");
    static final Flag DETACH = Flag.toggle("d", "detach", "Don't wait for the container's end");

    static final List<Flag> CREATE =
            List.of(BUNDLE, CONSOLE_SOCKET, PIDFD_SOCKET, PID_FILE, NO_PIVOT, NO_NEW_KEYRING, PRESERVE_FDS);
    static final List<Flag> RUN = run();

    private CreationFlags() {}

    private static List<Flag> run() {
        var flags = new ArrayList<>(CREATE);
        flags.addAll(List.of(DETACH, NO_SUBREAPER, KEEP));
        return List.copyOf(flags);
    }

    static Creation read(Arguments arguments, Invocation caller, boolean systemd, Left left) {
        return new Creation(
                container(arguments),
                path(arguments.last(PID_FILE), caller),
                path(arguments.last(CONSOLE_SOCKET), caller),
                path(arguments.last(PIDFD_SOCKET), caller),
                preserved(arguments.last(PRESERVE_FDS), caller),
                !Boolean.TRUE.equals(arguments.on(NO_PIVOT)),
                !Boolean.TRUE.equals(arguments.on(NO_NEW_KEYRING)),
                readiness(caller),
                systemd,
                left);
    }

    private static String readiness(Invocation caller) {
        String socket = caller.environment().getOrDefault("NOTIFY_SOCKET", "");
        if (!socket.isEmpty() && !socket.startsWith("/")) {
            throw new UsageError("NOTIFY_SOCKET is " + socket + ": a container can be given a socket that has a path");
        }
        return socket;
    }

    static String bundle(Arguments arguments, Invocation caller) {
        String bundle = arguments.last(BUNDLE);
        return CallerPath.absolute(bundle == null || bundle.isEmpty() ? "." : bundle, caller);
    }

    /// The only operand.
    static ContainerId container(Arguments arguments) {
        List<String> operands = arguments.operands();
        if (operands.size() != 1) {
            throw new UsageError(operands.isEmpty() ? "no container is named" : "one container alone can be named");
        }
        return container(operands.getFirst());
    }

    static ContainerId container(String name) {
        try {
            return new ContainerId(name);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        }
    }

    static String path(@Nullable String path, Invocation caller) {
        return path == null || path.isEmpty() ? "" : CallerPath.absolute(path, caller);
    }

    /// Those that are asked for and those of socket activation (sd_listen_fds(3)) are the same: from 3 on.
    static int preserved(@Nullable String asked, Invocation caller) {
        int count = asked == null ? 0 : number(asked, "--preserve-fds");
        String listen = caller.environment().getOrDefault("LISTEN_FDS", "");
        if (!listen.isEmpty()) {
            count += number(listen, "LISTEN_FDS");
        }
        if (count > caller.inherited()) {
            throw new UsageError("please check that preserved-fd " + (3 + caller.inherited()) + " (of " + count
                    + ") is present: there is no such descriptor");
        }
        return count;
    }

    private static int number(String word, String what) {
        try {
            int number = Integer.parseInt(word);
            if (number >= 0 && number <= PRESERVED_MAX) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new UsageError(what + " is " + word + ": it can be 0 to " + PRESERVED_MAX);
    }
}
