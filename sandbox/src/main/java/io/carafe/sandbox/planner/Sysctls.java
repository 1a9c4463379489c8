package io.carafe.sandbox.planner;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which sysctls a box may set: those that the kernel keeps per namespace, if that namespace is a new one of
/// the box's own. Everything else would change the host (CVE-2022-0811).
final class Sysctls {
    private static final String WHERE = "linux.sysctl";
    private static final int VALUE_MAX = 4095; // one page, less its end: what procfs takes in one write

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,20}");
    private static final Pattern NUMBERS = Pattern.compile("[0-9]{1,20}([ \t]+[0-9]{1,20}){3}");
    /// Interfaces and protocols have names, tables have lists: but nothing that a line or a string ends at.
    private static final Pattern TEXT = Pattern.compile("[\\x20-\\x7e\t]+");

    /// ipc_namespaces(7)
    private static final Map<String, Pattern> IPC = Map.ofEntries(
            Map.entry("kernel/sem", NUMBERS),
            Map.entry("kernel/shmall", NUMBER),
            Map.entry("kernel/shmmax", NUMBER),
            Map.entry("kernel/shmmni", NUMBER),
            Map.entry("kernel/shm_rmid_forced", NUMBER),
            Map.entry("kernel/msgmax", NUMBER),
            Map.entry("kernel/msgmnb", NUMBER),
            Map.entry("kernel/msgmni", NUMBER),
            Map.entry("fs/mqueue/queues_max", NUMBER),
            Map.entry("fs/mqueue/msg_max", NUMBER),
            Map.entry("fs/mqueue/msgsize_max", NUMBER),
            Map.entry("fs/mqueue/msg_default", NUMBER),
            Map.entry("fs/mqueue/msgsize_default", NUMBER));

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_:@.-]+");

    private Sysctls() {}

    /// Where below `/proc/sys` it is, whatever there is to say about it.
    static String path(String key, String value, Spec spec, List<Problem> problems) {
        String path = slashes(key);
        String problem = problem(path, value, spec);
        if (problem != null) {
            problems.add(new Problem(WHERE, printable(key) + ": " + problem));
        }
        return path;
    }

    /// As sysctl(8): the separator that comes first is the separator, and the other one stands for a dot in a
    /// name. `net.ipv4.conf.eth0/1.forwarding` and `net/ipv4/conf/eth0.1/forwarding` are the same.
    private static String slashes(String key) {
        int dot = key.indexOf('.');
        int slash = key.indexOf('/');
        if (dot < 0 || (slash >= 0 && slash < dot)) {
            return key;
        }
        return key.replace('.', '\0').replace('/', '.').replace('\0', '/');
    }

    private static @Nullable String problem(String path, String value, Spec spec) {
        for (String name : path.split("/", -1)) {
            if (!NAME.matcher(name).matches() || name.equals(".") || name.equals("..")) {
                return "not the name of a sysctl";
            }
        }
        if (value.length() > VALUE_MAX || !TEXT.matcher(value).matches()) {
            return "the value " + printable(value) + " is no line of text";
        }
        return switch (path) {
            case "kernel/hostname" -> "set the host name instead (--hostname)";
            case "kernel/domainname" -> "set the domain name instead (--domainname)";
            default -> namespaced(path, value, spec);
        };
    }

    private static @Nullable String namespaced(String path, String value, Spec spec) {
        Pattern type = IPC.get(path);
        if (type != null) {
            if (!type.matcher(value).matches()) {
                return printable(value) + (type == NUMBERS ? " is not four numbers" : " is not a number");
            }
            return own(Namespace.IPC, "an IPC namespace", spec);
        }
        if (path.startsWith("net/")) {
            return own(Namespace.NETWORK, "a network namespace", spec);
        }
        if (path.startsWith("user/")) {
            return NUMBER.matcher(value).matches()
                    ? own(Namespace.USER, "a user namespace", spec)
                    : printable(value) + " is not a number";
        }
        return "no namespace has it: it would change the host";
    }

    /// One that the box joins is not the caller's, which the executor checks ([#changes]): a pod's
    /// containers have theirs from the pod.
    private static @Nullable String own(Namespace namespace, String words, Spec spec) {
        boolean sound = namespace == Namespace.USER
                ? spec.linux().makes(namespace)
                : spec.linux().has(namespace);
        return sound ? null : "needs " + words + " of the box's own: it would change another's";
    }

    /// Whether a sysctl of such a namespace is set.
    static boolean changes(Spec spec, Namespace namespace) {
        return spec.linux().sysctl().keySet().stream().map(Sysctls::slashes).anyMatch(path -> switch (namespace) {
            case NETWORK -> path.startsWith("net/");
            case IPC -> IPC.containsKey(path);
            default -> false;
        });
    }

    private static String printable(String text) {
        String short_ = text.length() > 80 ? text.substring(0, 80) + "…" : text;
        return '"' + short_.replaceAll("\\p{Cntrl}", "?") + '"';
    }
}
