package io.carafe.sandbox.seccomp;

import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Seccomp.Syscalls;
import io.carafe.sandbox.spec.SeccompProfile;
import io.carafe.sandbox.spec.SeccompProfile.Filter;
import io.carafe.sandbox.spec.SeccompProfile.Rule;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Resolves a profile in Docker's format against a box, as moby's `setupSeccomp` does.
public final class Profile {
    private Profile() {}

    /// The rules that hold for a box with these capabilities in its bounding set (`CAP_SYS_ADMIN`) on this machine.
    /// `release` is uname(2)'s: `6.1.0-38-amd64`. Expects a profile without [SeccompProfile#problems].
    public static Seccomp resolve(
            SeccompProfile profile, Set<String> capabilities, Architecture machine, String release) {
        List<Syscalls> rules = profile.syscalls().stream()
                .filter(rule -> includes(rule, capabilities, machine, release))
                .filter(rule -> !excludes(rule, capabilities, machine, release))
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
    private static boolean includes(Rule rule, Set<String> capabilities, Architecture machine, String release) {
        Filter filter = rule.includes() == null ? Filter.EMPTY : rule.includes();
        return (filter.arches().isEmpty() || filter.arches().stream().anyMatch(machine::isGoName))
                && capabilities.containsAll(filter.caps())
                && (filter.minKernel() == null || atLeast(release, filter.minKernel()));
    }

    /// One reason is enough.
    private static boolean excludes(Rule rule, Set<String> capabilities, Architecture machine, String release) {
        Filter filter = rule.excludes() == null ? Filter.EMPTY : rule.excludes();
        return filter.arches().stream().anyMatch(machine::isGoName)
                || filter.caps().stream().anyMatch(capabilities::contains)
                || (filter.minKernel() != null && atLeast(release, filter.minKernel()));
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

    /// Compares the first two numbers: `6.1.0-38-amd64` is at least `4.8`.
    private static boolean atLeast(String release, String least) {
        int major = Integer.compare(number(release, 0), number(least, 0));
        return major > 0 || (major == 0 && number(release, 1) >= number(least, 1));
    }

    private static int number(String version, int place) {
        String[] parts = version.split("[^0-9]+", -1);
        return place < parts.length && !parts[place].isEmpty() ? Integer.parseInt(parts[place]) : 0;
    }
}
