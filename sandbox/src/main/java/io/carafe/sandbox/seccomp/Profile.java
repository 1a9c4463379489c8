package io.carafe.sandbox.seccomp;

import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import io.carafe.sandbox.spec.SeccompProfile;
import io.carafe.sandbox.spec.SeccompProfile.Filter;
import io.carafe.sandbox.spec.SeccompProfile.Rule;
import java.util.List;
import java.util.stream.Stream;

/// Resolves a profile in Docker's format against a box, as moby's `setupSeccomp` does.
public final class Profile {
    private Profile() {}

    /// The rules that hold for a box with these capabilities in its bounding set ([Capability#bit]) on this machine.
    /// Expects a profile without [SeccompProfile#problems].
    public static Seccomp resolve(SeccompProfile profile, long capabilities, Architecture machine, Kernel kernel) {
        List<Syscalls> rules = profile.syscalls().stream()
                .filter(rule -> includes(rule, capabilities, machine, kernel))
                .filter(rule -> !excludes(rule, capabilities, machine, kernel))
                .map(Profile::plain)
                .toList();
        return new Seccomp(
                profile.defaultAction(),
                profile.defaultErrnoRet(),
                architectures(profile, machine),
                profile.flags(),
                profile.listenerPath(),
                profile.listenerMetadata(),
                rules);
    }

    /// All that is asked for must be there.
    private static boolean includes(Rule rule, long capabilities, Architecture machine, Kernel kernel) {
        Filter filter = rule.includes() == null ? Filter.EMPTY : rule.includes();
        return (filter.arches().isEmpty() || filter.arches().stream().anyMatch(machine::isGoName))
                && filter.caps().stream().allMatch(name -> has(capabilities, name))
                && (filter.minKernel() == null || atLeast(kernel, filter.minKernel()));
    }

    /// One reason is enough.
    private static boolean excludes(Rule rule, long capabilities, Architecture machine, Kernel kernel) {
        Filter filter = rule.excludes() == null ? Filter.EMPTY : rule.excludes();
        return filter.arches().stream().anyMatch(machine::isGoName)
                || filter.caps().stream().anyMatch(name -> has(capabilities, name))
                || (filter.minKernel() != null && atLeast(kernel, filter.minKernel()));
    }

    private static Syscalls plain(Rule rule) {
        List<String> names = rule.name() == null ? rule.names() : List.of(rule.name());
        return new Syscalls(names, rule.action(), rule.errnoRet(), rule.args());
    }

    private static List<String> architectures(SeccompProfile profile, Architecture machine) {
        return profile.archMap().stream()
                .filter(it -> it.architecture().equals(machine.ociName()))
                .findFirst()
                .map(it -> Stream.concat(Stream.of(it.architecture()), it.subArchitectures().stream())
                        .toList())
                .orElse(profile.architectures());
    }

    /// A name that the kernel hasn't is a capability that nobody has.
    private static boolean has(long capabilities, String name) {
        return Capability.named(name)
                .filter(it -> (capabilities & it.bit()) != 0)
                .isPresent();
    }

    private static boolean atLeast(Kernel kernel, String least) {
        Kernel asked = Kernel.of(least, kernel.architecture());
        return kernel.atLeast(asked.major(), asked.minor());
    }
}
