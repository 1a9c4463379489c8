package io.carafe.engine.runtime;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.planner.Supported;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Seccomp;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What this runtime can do (runtime specification, features.md), whether this machine can or not: only the
/// flags of seccomp are told both ways.
public final class Features {
    private static final List<String> HOOKS =
            List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop");
    private static final List<String> SECCOMP_FLAGS = List.of(
            "SECCOMP_FILTER_FLAG_TSYNC",
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
            "SECCOMP_FILTER_FLAG_LOG",
            "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV");

    private Features() {}

    /// One JSON object, for people and programs.
    ///
    /// @param systemd     whether control groups can be systemd's
    /// @param annotations what this program tells of itself, as JSON
    /// @param unsafe      annotations of a `config.json`, or prefixes of them, that change what is done
    public static String json(Host host, boolean systemd, String annotations, List<String> unsafe) {
        return """
                {
                  "ociVersionMin": "1.0.0",
                  "ociVersionMax": "1.3.0",
                  "hooks": @HOOKS@,
                  "mountOptions": @OPTIONS@,
                  "linux": {
                    "namespaces": @NAMESPACES@,
                    "capabilities": @CAPABILITIES@,
                    "cgroup": {
                      "v1": true,
                      "v2": true,
                      "systemd": @SYSTEMD@,
                      "systemdUser": @SYSTEMD@,
                      "rdma": true
                    },
                    "seccomp": {
                      "enabled": true,
                      "actions": @ACTIONS@,
                      "operators": @OPERATORS@,
                      "archs": @ARCHS@,
                      "knownFlags": @KNOWN@,
                      "supportedFlags": @SUPPORTED@
                    },
                    "apparmor": {
                      "enabled": true
                    },
                    "selinux": {
                      "enabled": true
                    },
                    "intelRdt": {
                      "enabled": true,
                      "schemata": true,
                      "monitoring": true
                    },
                    "memoryPolicy": {
                      "modes": @MODES@,
                      "flags": @FLAGS@
                    },
                    "mountExtensions": {
                      "idmap": {
                        "enabled": true
                      }
                    },
                    "netDevices": {
                      "enabled": true
                    }
                  },
                  "annotations": @ANNOTATIONS@,
                  "potentiallyUnsafeConfigAnnotations": @UNSAFE@
                }
                """.replace("@HOOKS@", list(HOOKS))
                .replace("@OPTIONS@", list(Supported.mountOptions()))
                .replace("@NAMESPACES@", list(names(Namespace.values()).sorted().toList()))
                .replace("@CAPABILITIES@", list(capabilities(host)))
                .replace("@SYSTEMD@", Boolean.toString(systemd))
                .replace("@ACTIONS@", list(names(Seccomp.Action.values()).toList()))
                .replace("@OPERATORS@", list(names(Seccomp.Operator.values()).toList()))
                .replace(
                        "@ARCHS@",
                        list(Stream.of(Architecture.values())
                                .map(Architecture::ociName)
                                .sorted()
                                .toList()))
                .replace("@KNOWN@", list(SECCOMP_FLAGS))
                .replace("@SUPPORTED@", list(supported(host)))
                .replace("@MODES@", list(Supported.memoryPolicyModes()))
                .replace("@FLAGS@", list(Supported.memoryPolicyFlags()))
                .replace("@ANNOTATIONS@", annotations)
                .replace("@UNSAFE@", list(unsafe));
    }

    private static Stream<String> names(Object[] values) {
        return Stream.of(values).map(Object::toString);
    }

    /// Those that the kernel has.
    private static List<String> capabilities(Host host) {
        var names = new ArrayList<String>();
        for (Capability capability : Capability.values()) {
            if (Long.numberOfTrailingZeros(capability.bit())
                    <= host.privileges().lastCapability()) {
                names.add("CAP_" + capability.name());
            }
        }
        return names;
    }

    private static List<String> supported(Host host) {
        boolean waits = host.kernel().atLeast(5, 19);
        return waits ? SECCOMP_FLAGS : SECCOMP_FLAGS.subList(0, SECCOMP_FLAGS.size() - 1);
    }

    private static String list(List<String> words) {
        return words.isEmpty() ? "[]" : "[\"" + String.join("\", \"", words) + "\"]";
    }
}
