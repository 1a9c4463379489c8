package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.RunOptions.Fences;
import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.engine.engine.RunOptions.Security;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Spec.Landlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `--cap-add`, `--cap-drop` and `--security-opt`.
final class SecurityOptions {
    private final Arguments arguments;
    private final Invocation caller;
    private final boolean privileged;
    private final List<String> problems;

    private SecurityOptions(Arguments arguments, Invocation caller, boolean privileged, List<String> problems) {
        this.arguments = arguments;
        this.caller = caller;
        this.privileged = privileged;
        this.problems = problems;
    }

    /// @param problems gets everything that is wrong
    static Security read(Arguments arguments, Invocation caller, boolean privileged, List<String> problems) {
        return new SecurityOptions(arguments, caller, privileged, problems).security();
    }

    private Security security() {
        boolean noNewPrivileges = false;
        Filter filter = privileged ? new Filter.Unconfined() : new Filter.Default();
        var masked = new ArrayList<String>();
        var unmasked = new ArrayList<String>();
        var labels = new ArrayList<String>();
        String apparmor = "";
        Landlock landlock = null;
        boolean nesting = false;
        for (String word : arguments.all(BoxFlags.SECURITY_OPT)) {
            int end = word.indexOf('=') < 0 ? word.indexOf(':') : word.indexOf('=');
            String name = end < 0 ? word : word.substring(0, end);
            String value = end < 0 ? "" : word.substring(end + 1);
            try {
                switch (name) {
                    case "no-new-privileges" -> noNewPrivileges = end < 0 || Arguments.truth(value);
                    case "seccomp" -> filter = filter(value);
                    case "landlock" -> landlock = landlock(end < 0 ? "true" : value);
                    case "nesting" -> nesting = end < 0 || Arguments.truth(value);
                    case "mask" -> masked.addAll(paths(value));
                    case "unmask" -> unmasked.addAll(value.equals("ALL") ? List.of("ALL") : paths(value));
                    case "systempaths" -> unmasked.add(systemPaths(value));
                    case "apparmor" -> apparmor = named(name, value);
                    case "label" -> labels.add(named(name, value));
                    case "writable-cgroups", "proc-opts" ->
                        problems.add(UsageError.invalid(BoxFlags.SECURITY_OPT, word, name + " is not there yet"));
                    default -> problems.add(UsageError.invalid(BoxFlags.SECURITY_OPT, word, "unknown security option"));
                }
            } catch (IllegalArgumentException e) {
                problems.add(UsageError.invalid(BoxFlags.SECURITY_OPT, word, String.valueOf(e.getMessage())));
            }
        }
        if (nesting) {
            unmasked.add("ALL"); // the kernel shows no box in the box more of /proc than this one sees
            filter = filter instanceof Filter.Default ? new Filter.Nesting() : filter;
        }
        return new Security(
                capabilities(BoxFlags.CAP_ADD),
                capabilities(BoxFlags.CAP_DROP),
                noNewPrivileges,
                filter,
                new Fences(privileged, masked, unmasked, apparmor, labels, landlock));
    }

    private static @Nullable Landlock landlock(String value) {
        if (value.equals("no-tcp")) {
            return new Landlock(true);
        }
        return Arguments.truth(value) ? new Landlock(false) : null;
    }

    /// `/proc/acpi:/sys/firmware`
    private static List<String> paths(String value) {
        var paths = new ArrayList<String>();
        for (String path : value.split(":", -1)) {
            paths.add(CallerPath.inBox(path));
        }
        return paths;
    }

    private static String systemPaths(String value) {
        if (!value.equals("unconfined")) {
            throw new IllegalArgumentException("systempaths can only be unconfined");
        }
        return "ALL";
    }

    private static String named(String name, String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " needs a value");
        }
        return value;
    }

    private Filter filter(String value) {
        return switch (value) {
            case "" -> throw new IllegalArgumentException("seccomp needs unconfined or a file");
            case "unconfined" -> new Filter.Unconfined();
            case "builtin" -> new Filter.Default();
            default -> new Filter.File(CallerPath.readable(value, caller));
        };
    }

    private long capabilities(Flag flag) {
        long mask = 0;
        for (String word : arguments.all(flag)) {
            Optional<Capability> capability = Capability.named(word);
            if (word.equalsIgnoreCase("ALL") || word.equalsIgnoreCase("CAP_ALL")) {
                mask = Security.ALL;
            } else if (capability.isEmpty()) {
                problems.add(UsageError.invalid(flag, word, "unknown capability"));
            } else {
                mask |= capability.get().bit();
            }
        }
        return mask;
    }
}
