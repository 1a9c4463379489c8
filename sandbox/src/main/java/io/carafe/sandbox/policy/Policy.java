package io.carafe.sandbox.policy;

import java.util.List;
import java.util.TreeSet;

/// What a program may do: everything that it inherits is in it already. `docs/policies.md` is the reference of its
/// file.
///
/// @param name            the built-in's, or the file's
/// @param description     for people, one sentence; may be empty
/// @param capabilities    what the program has, and any program in the box can ever get: `CAP_CHOWN` …, each once
/// @param noNewPrivileges set-uid programs and file capabilities give nothing
/// @param ids             whose ids the box's are
/// @param network         whether the box has the host's network; without it none
/// @param readOnlyRoot    nothing can be written but what `paths` makes writable
/// @param landlock        whether there is a second fence around the files
/// @param coreDumps       whether a process that dies of a signal may leave its memory in a file
/// @param paths           what is different about single paths of the box
/// @param devices         that the box has beside `/dev/null` and its like
/// @param forbidden       what happens at a forbidden call
/// @param unnamed         what happens at a call that no rule names; calls newer than all that are named are `ENOSYS`
/// @param rules           in their order: of those for one call the first that holds counts
public record Policy(
        String name,
        String description,
        List<String> capabilities,
        boolean noNewPrivileges,
        Ids ids,
        boolean network,
        boolean readOnlyRoot,
        Fence landlock,
        boolean coreDumps,
        Paths paths,
        List<Device> devices,
        Forbidden forbidden,
        Treatment unnamed,
        List<Rule> rules) {

    /// Whose the ids are that the box's processes have on the host.
    public enum Ids {
        /// The host's own: the box has no user namespace, unless its caller is an ordinary user.
        HOST,
        /// A user namespace, with a range of ids that no other box has at the time.
        OWN
    }

    /// landlock(7).
    public enum Fence {
        NONE,
        /// Where the kernel has it.
        IF_THERE,
        /// Or the box can't be made.
        NEEDED
    }

    /// What happens at a forbidden call. In each case it isn't made.
    public enum Forbidden {
        /// The caller stands still, and whoever watches the box ends it (seccomp_unotify(2)). Where nobody
        /// can watch it is [#KILL].
        REPORT,
        /// It fails with EPERM, and the program goes on.
        ERRNO,
        /// The program gets SIGSYS, which it may catch.
        TRAP,
        /// The process dies of SIGSYS.
        KILL
    }

    /// Absolute paths in the box.
    ///
    /// @param readOnly can't be written to
    /// @param hidden   are empty; what isn't there is passed over
    /// @param writable each an empty file system in memory
    public record Paths(List<String> readOnly, List<String> hidden, List<Memory> writable) {
        public static final Paths NONE = new Paths(List.of(), List.of(), List.of());

        public Paths {
            readOnly = List.copyOf(readOnly);
            hidden = List.copyOf(hidden);
            writable = List.copyOf(writable);
        }
    }

    /// A file system in memory.
    ///
    /// @param size bytes, 1 or more; they count as the box's memory
    public record Memory(String path, long size) {}

    /// A device, which the box can read from and write to.
    ///
    /// @param path  absolute, in the box
    /// @param type  `c` for a character device, `b` for a block device
    /// @param major 0 to 4095
    /// @param minor 0 to 1048575
    public record Device(String path, String type, int major, int minor) {}

    public Policy {
        capabilities = List.copyOf(capabilities);
        devices = List.copyOf(devices);
        rules = List.copyOf(rules);
    }

    /// What a policy is that says nothing and inherits nothing: all that can be shut is, and no call is allowed.
    static Policy strictest(String name) {
        return new Policy(
                name,
                "",
                List.of(),
                true,
                Ids.OWN,
                false,
                true,
                Fence.IF_THERE,
                false,
                Paths.NONE,
                List.of(),
                Forbidden.REPORT,
                new Treatment.Refuse(38), // ENOSYS
                List.of());
    }

    /// The same, but this happens at a forbidden call.
    public Policy with(Forbidden action) {
        return with(name, description, capabilities, paths, action, rules);
    }

    /// The same, with other paths.
    public Policy with(Paths others) {
        return with(name, description, capabilities, others, forbidden, rules);
    }

    /// The same box, with these rules instead.
    public Policy with(String otherName, String otherDescription, List<Rule> others) {
        return with(otherName, otherDescription, capabilities, paths, forbidden, others);
    }

    /// The same, with these capabilities instead.
    public Policy withCapabilities(List<String> others) {
        return with(name, description, others, paths, forbidden, rules);
    }

    private Policy with(
            String aName,
            String aDescription,
            List<String> someCapabilities,
            Paths somePaths,
            Forbidden action,
            List<Rule> someRules) {
        return new Policy(
                aName,
                aDescription,
                someCapabilities,
                noNewPrivileges,
                ids,
                network,
                readOnlyRoot,
                landlock,
                coreDumps,
                somePaths,
                devices,
                action,
                unnamed,
                someRules);
    }

    /// How many calls are allowed whatever their arguments, allowed for some, forbidden at least for some, and refused.
    public Summary summary() {
        int always = 0;
        int sometimes = 0;
        int forbids = 0;
        int refused = 0;
        var names = new TreeSet<String>();
        rules.forEach(rule -> names.addAll(rule.calls()));
        for (String name : names) {
            String meaning = CallMeaning.of(this, name);
            always += meaning.equals("allow") ? 1 : 0;
            sometimes += !meaning.equals("allow") && meaning.contains("allow") ? 1 : 0;
            forbids += meaning.contains("forbid") ? 1 : 0;
            refused += meaning.contains("allow") || meaning.contains("forbid") ? 0 : 1;
        }
        return new Summary(always, sometimes, forbids, refused);
    }

    /// Numbers of calls.
    public record Summary(int allowed, int allowedForSome, int forbidden, int refused) {
        @Override
        public String toString() {
            return allowed + " calls allowed, " + allowedForSome + " for some arguments, " + forbidden
                    + " forbidden at least for some, " + refused + " refused quietly";
        }
    }
}
