package io.carafe.engine.cli;

import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.engine.engine.RunOptions.Security;
import io.carafe.sandbox.spec.Capability;
import java.util.List;
import java.util.Optional;

/// `--cap-add`, `--cap-drop` and `--security-opt`.
final class SecurityOptions {
    private final Arguments arguments;
    private final Invocation caller;
    private final List<String> problems;

    private SecurityOptions(Arguments arguments, Invocation caller, List<String> problems) {
        this.arguments = arguments;
        this.caller = caller;
        this.problems = problems;
    }

    /// @param problems gets everything that is wrong
    static Security read(Arguments arguments, Invocation caller, List<String> problems) {
        return new SecurityOptions(arguments, caller, problems).security();
    }

    private Security security() {
        boolean noNewPrivileges = false;
        Filter filter = new Filter.Default();
        for (String word : arguments.all(BoxFlags.SECURITY_OPT)) {
            int end = word.indexOf('=') < 0 ? word.indexOf(':') : word.indexOf('=');
            String name = end < 0 ? word : word.substring(0, end);
            String value = end < 0 ? "" : word.substring(end + 1);
            try {
                switch (name) {
                    case "no-new-privileges" -> noNewPrivileges = end < 0 || Arguments.truth(value);
                    case "seccomp" -> filter = filter(value);
                    case "apparmor", "label", "systempaths", "writable-cgroups", "mask", "unmask", "proc-opts" ->
                        problems.add(UsageError.invalid(BoxFlags.SECURITY_OPT, word, name + " is not there yet"));
                    default -> problems.add(UsageError.invalid(BoxFlags.SECURITY_OPT, word, "unknown security option"));
                }
            } catch (IllegalArgumentException e) {
                problems.add(UsageError.invalid(BoxFlags.SECURITY_OPT, word, String.valueOf(e.getMessage())));
            }
        }
        return new Security(capabilities(BoxFlags.CAP_ADD), capabilities(BoxFlags.CAP_DROP), noNewPrivileges, filter);
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
