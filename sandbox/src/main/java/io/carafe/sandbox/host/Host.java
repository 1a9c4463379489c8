package io.carafe.sandbox.host;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The facts about a machine that a plan depends on. Pure data: made by [HostProbe], by hand, or from JSON. Lists
/// of names are sorted.
///
/// @param kernel          the running kernel
/// @param privileges      what the calling process may do; it differs between processes
/// @param userNamespaces  which ids a box of it can have; likewise
/// @param cgroups         where the control groups are mounted, and what they offer
/// @param namespaces      kinds of namespace as `/proc/self/ns` names them: `mnt`, `pid`, `user` …
/// @param filesystems     types that can be mounted: `overlay`, `tmpfs`, `mqueue` …
/// @param seccompActions  as `/proc/sys/kernel/seccomp/actions_avail` names them; empty without seccomp
/// @param calls           those of the newer system calls that work: `openat2`, `clone3` …
/// @param securityModules active LSMs: `apparmor`, `selinux`, `landlock` …
/// @param processors      online CPUs
/// @param memory          bytes of RAM
/// @param landlock        the version of Landlock's interface; 0 without it
/// @param resctrl         where shares of caches and memory bandwidth are given out
/// @param interfaces      the caller's network interfaces: asked for by [HostProbe#withInterfaces] alone
@Json
public record Host(
        Kernel kernel,
        Privileges privileges,
        UserNamespaces userNamespaces,
        Cgroups cgroups,
        List<String> namespaces,
        List<String> filesystems,
        List<String> seccompActions,
        List<String> calls,
        List<String> securityModules,
        int processors,
        long memory,
        int landlock,
        @Nullable Resctrl resctrl,
        @Nullable List<NetworkInterface> interfaces) {
    private static final int SYS_ADMIN = 21; // CAP_SYS_ADMIN, capability.h

    public Host {
        namespaces = sorted(namespaces);
        filesystems = sorted(filesystems);
        seccompActions = sorted(seccompActions);
        calls = sorted(calls);
        securityModules = sorted(securityModules);
        interfaces = interfaces == null ? null : List.copyOf(interfaces);
    }

    /// A machine without resctrl, whose interfaces nobody has asked for.
    public Host(
            Kernel kernel,
            Privileges privileges,
            UserNamespaces userNamespaces,
            Cgroups cgroups,
            List<String> namespaces,
            List<String> filesystems,
            List<String> seccompActions,
            List<String> calls,
            List<String> securityModules,
            int processors,
            long memory,
            int landlock) {
        this(
                kernel,
                privileges,
                userNamespaces,
                cgroups,
                namespaces,
                filesystems,
                seccompActions,
                calls,
                securityModules,
                processors,
                memory,
                landlock,
                null,
                null);
    }

    /// The same machine, with these network interfaces.
    public Host with(List<NetworkInterface> interfaces) {
        return new Host(
                kernel,
                privileges,
                userNamespaces,
                cgroups,
                namespaces,
                filesystems,
                seccompActions,
                calls,
                securityModules,
                processors,
                memory,
                landlock,
                resctrl,
                interfaces);
    }

    /// The same machine, with these groups of resctrl.
    public Host with(Resctrl resctrl) {
        return new Host(
                kernel,
                privileges,
                userNamespaces,
                cgroups,
                namespaces,
                filesystems,
                seccompActions,
                calls,
                securityModules,
                processors,
                memory,
                landlock,
                resctrl,
                interfaces);
    }

    /// The same machine, with these security modules.
    public Host withSecurityModules(List<String> names) {
        return new Host(
                kernel,
                privileges,
                userNamespaces,
                cgroups,
                namespaces,
                filesystems,
                seccompActions,
                calls,
                names,
                processors,
                memory,
                landlock,
                resctrl,
                interfaces);
    }

    /// Whether the calling process may do what the machine's root may. Any other one makes boxes in a user
    /// namespace of their own alone.
    public boolean isPrivileged() {
        return userNamespaces.initial() && privileges.can(SYS_ADMIN);
    }

    /// The control groups that a box of the calling process can have.
    public Cgroups usableCgroups() {
        if (isPrivileged() || !cgroups.delegated().isEmpty() || cgroups.layout() == Cgroups.Layout.NONE) {
            return cgroups;
        }
        return Cgroups.none(cgroups.layout() == Cgroups.Layout.V2 ? Delegation.NOT_HERE : Delegation.NEVER);
    }

    /// A host from its [#json].
    ///
    /// @throws RuntimeException if the text isn't JSON, or not that of a host
    public static Host ofJson(String json) {
        return Jsonb.instance().type(Host.class).fromJson(json);
    }

    /// For tests and for the eye.
    public String json() {
        return Jsonb.instance().type(Host.class).toJsonPretty(this);
    }

    static List<String> sorted(List<String> names) {
        String[] array = names.toArray(new String[0]);
        Arrays.sort(array);
        return List.of(array);
    }
}
