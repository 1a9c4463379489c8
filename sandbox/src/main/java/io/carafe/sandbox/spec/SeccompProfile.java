package io.carafe.sandbox.spec;

import io.avaje.jsonb.Json;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Seccomp.Action;
import io.carafe.sandbox.spec.Seccomp.Argument;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A seccomp profile as a file given to Docker or Podman: [Seccomp] and some fields that are resolved against a box
/// before it starts, by `seccomp.Profile`. A plain [Seccomp] is one too. The format is only described by its
/// source, moby's `profiles/seccomp/seccomp.go`.
@Json
public record SeccompProfile(
        Action defaultAction,
        @Nullable Integer defaultErrnoRet,
        List<String> architectures,
        List<ArchitectureMap> archMap,
        List<String> flags,
        @Nullable String listenerPath,
        @Nullable String listenerMetadata,
        List<Rule> syscalls) {

    /// The foreign architectures whose programs a machine of this architecture runs.
    public record ArchitectureMap(String architecture, List<String> subArchitectures) {
        public ArchitectureMap {
            subArchitectures = Seccomp.listOf(subArchitectures);
        }
    }

    /// A rule that holds for some boxes. `name` is the old form of `names`.
    public record Rule(
            @Nullable String name,
            List<String> names,
            Action action,
            @Nullable Integer errnoRet,
            List<Argument> args,
            @Nullable Filter includes,
            @Nullable Filter excludes) {
        public Rule {
            names = Seccomp.listOf(names);
            args = Seccomp.listOf(args);
        }
    }

    /// Which boxes: by capability in the bounding set, by Go's name of the architecture, by the kernel's version.
    public record Filter(
            List<String> caps,
            List<String> arches,
            @Nullable String minKernel) {
        public static final Filter EMPTY = new Filter(List.of(), List.of(), null);

        public Filter {
            caps = Seccomp.listOf(caps);
            arches = Seccomp.listOf(arches);
        }
    }

    public SeccompProfile {
        architectures = Seccomp.listOf(architectures);
        archMap = Seccomp.listOf(archMap);
        flags = Seccomp.listOf(flags);
        syscalls = Seccomp.listOf(syscalls);
    }

    /// What contradicts itself in the fields that a [Seccomp] hasn't. The rest is checked once it is resolved.
    public List<Problem> problems() {
        var problems = new ArrayList<Problem>();
        if (!architectures.isEmpty() && !archMap.isEmpty()) {
            problems.add(new Problem("architectures", "can't stand beside archMap"));
        }
        for (int i = 0; i < syscalls.size(); i++) {
            if (syscalls.get(i).name() != null && !syscalls.get(i).names().isEmpty()) {
                problems.add(new Problem("syscalls[" + i + "].name", "can't stand beside names"));
            }
        }
        return List.copyOf(problems);
    }
}
