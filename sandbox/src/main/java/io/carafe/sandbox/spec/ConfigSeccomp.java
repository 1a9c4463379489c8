package io.carafe.sandbox.spec;

import io.carafe.sandbox.json.Node;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import io.carafe.sandbox.spec.Seccomp.Operator;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `linux.seccomp` of a `config.json`, with the path of each thing that is wrong. What a profile may say beyond
/// its types is [Seccomp#problems].
final class ConfigSeccomp {
    private ConfigSeccomp() {}

    static @Nullable Seccomp read(Node node) {
        if (!node.isThere()) {
            return null;
        }
        var rules = new ArrayList<Syscalls>();
        for (Node rule : node.get("syscalls").objects()) {
            rules.add(rule(rule));
        }
        String path = node.get("listenerPath").absolute();
        String metadata = node.get("listenerMetadata").text();
        return new Seccomp(
                action(node.get("defaultAction")),
                errno(node.get("defaultErrnoRet")),
                node.get("architectures").texts(),
                node.get("flags").texts(),
                path.isEmpty() ? null : path,
                metadata.isEmpty() ? null : metadata,
                rules);
    }

    private static Syscalls rule(Node rule) {
        if (rule.get("names").elements().isEmpty()) {
            rule.get("names").problem("is empty");
        }
        var arguments = new ArrayList<Argument>();
        for (Node argument : rule.get("args").objects()) {
            arguments.add(new Argument(
                    (int) argument.get("index").neededNumber(0, 5),
                    argument.get("value").neededUnsigned(),
                    argument.get("valueTwo").unsigned(),
                    named(Operator.values(), argument.get("op"), "operator", Operator.SCMP_CMP_EQ)));
        }
        return new Syscalls(
                rule.get("names").texts(), action(rule.get("action")), errno(rule.get("errnoRet")), arguments);
    }

    private static Action action(Node node) {
        return named(Action.values(), node, "action", Action.SCMP_ACT_KILL_PROCESS);
    }

    private static @Nullable Integer errno(Node node) {
        Long errno = node.number(0, 0xFFFF);
        return errno == null ? null : errno.intValue();
    }

    private static <E extends Enum<E>> E named(E[] values, Node node, String what, E wrong) {
        String name = node.needed();
        for (E value : List.of(values)) {
            if (value.name().equals(name)) {
                return value;
            }
        }
        if (!name.isEmpty()) {
            node.problem("no such " + what + ": " + Node.quoted(name));
        }
        return wrong;
    }
}
