package io.carafe.engine.command;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A command line and what its caller looks like. Strings are [io.carafe.sandbox.plan.Utf8]: bytes that are no UTF-8
/// survive the way in and out.
///
/// @param name        what the front was called as: `carafe`, `carafe-runtime`
/// @param arguments   without the name
/// @param environment the caller's, in its order; of a name that occurs twice the first one counts, as in getenv(3)
/// @param directory   the caller's working directory, absolute
/// @param umask       the caller's
/// @param uid         the caller's effective user id, as the kernel tells it
/// @param gid         the caller's effective group id, likewise
/// @param cgroup      the caller's control group of version 2, as `/proc/self/cgroup` has it; "" if there is none,
///                    and for root, whose own doesn't matter
/// @param input       all of standard input, once a command has asked for it ([Replies#input]); else null
/// @param inherited   how many descriptors from 3 on, without a gap, the caller has handed over
public record Invocation(
        String name,
        List<String> arguments,
        Map<String, String> environment,
        String directory,
        int umask,
        Terminal terminal,
        int uid,
        int gid,
        String cgroup,
        @Nullable String input,
        int inherited) {
    public Invocation(
            String name,
            List<String> arguments,
            Map<String, String> environment,
            String directory,
            int umask,
            Terminal terminal,
            int uid,
            int gid,
            String cgroup) {
        this(name, arguments, environment, directory, umask, terminal, uid, gid, cgroup, null, 0);
    }

    /// The same caller with another environment and another command line.
    public Invocation with(Map<String, String> variables, List<String> words) {
        return new Invocation(name, words, variables, directory, umask, terminal, uid, gid, cgroup, input, inherited);
    }
}
