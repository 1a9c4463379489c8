package io.carafe.engine.oci;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The options that stand before the command.
///
/// @param root          where containers' states are, absolute
/// @param log           a file that errors are written to, absolute; "" for none
/// @param json          they are written as JSON
/// @param systemdCgroup systemd makes the control groups
/// @param words         the command and what follows it
record Global(String root, String log, boolean json, boolean systemdCgroup, List<String> words) {
    private static final Flag ROOT = Flag.one("", "root", "DIRECTORY", "Where the states of containers are kept")
            .ofDirectories();
    private static final Flag LOG =
            Flag.one("", "log", "FILE", "Write errors to a file too").ofFiles();
    private static final Flag LOG_FORMAT = Flag.one(
                    "", "log-format", "FORMAT", "How they are written there: text or json")
            .of("text", "json");
    private static final Flag LOG_LEVEL = Flag.one(
                    "", "log-level", "LEVEL", "How much is written there: there is nothing but errors")
            .of("error", "warning", "info", "debug");
    private static final Flag DEBUG = Flag.toggle("", "debug", "Likewise");
    private static final Flag SYSTEMD = Flag.toggle("", "systemd-cgroup", "Have systemd make the control groups");
    private static final Flag ROOTLESS = Flag.one("", "rootless", "WHEN", "Without the machine's root: it is found out")
            .of("auto", "true", "false");
    private static final Flag CRIU = Flag.one("", "criu", "PROGRAM", "Not looked at: the one in PATH is taken");
    private static final Flag VERSION = Flag.toggle("v", "version", "Print the version");

    static final List<Flag> FLAGS = List.of(ROOT, LOG, LOG_FORMAT, LOG_LEVEL, DEBUG, SYSTEMD, ROOTLESS, CRIU, VERSION);

    /// The words that ask for the version alone.
    boolean asksForVersion() {
        return words.equals(List.of("--version"));
    }

    /// @param rootless whether the caller is in a user namespace
    /// @throws UsageError with every option that isn't known
    static Global parse(Invocation caller, BooleanSupplier rootless) {
        Arguments arguments = Arguments.parse(FLAGS, Map.of(), caller.arguments());
        String format = arguments.last(LOG_FORMAT);
        if (format != null && !format.equals("text") && !format.equals("json")) {
            throw new UsageError("invalid log-format: " + format);
        }
        List<String> words = arguments.operands();
        if (Boolean.TRUE.equals(arguments.on(VERSION))) {
            words = List.of("--version");
        } else if (Boolean.TRUE.equals(arguments.on(Arguments.HELP))) {
            words = List.of("help");
        }
        return new Global(
                root(arguments.last(ROOT), caller, rootless),
                absolute(arguments.last(LOG), caller),
                "json".equals(format),
                Boolean.TRUE.equals(arguments.on(SYSTEMD)),
                words);
    }

    /// The root of a user namespace is as good as its user, who has a directory (Podman calls us so); but
    /// not if he says that he is root, in a container perhaps. As runc does.
    private static String root(@Nullable String root, Invocation caller, BooleanSupplier rootless) {
        if (root != null && !root.isEmpty()) {
            return CallerPath.absolute(root, caller);
        }
        String user = caller.environment().getOrDefault("XDG_RUNTIME_DIR", "");
        boolean says = "root".equals(caller.environment().get("USER"));
        if (caller.uid() == 0 && (user.isEmpty() || says || !rootless.getAsBoolean())) {
            return "/run/carafe/oci";
        }
        return user.startsWith("/")
                ? user + "/carafe/oci"
                : "/tmp/carafe-" + Integer.toUnsignedString(caller.uid()) + "/oci";
    }

    private static String absolute(@Nullable String path, Invocation caller) {
        return path == null || path.isEmpty() ? "" : CallerPath.absolute(path, caller);
    }
}
