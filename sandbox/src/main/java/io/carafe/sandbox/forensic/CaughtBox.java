package io.carafe.sandbox.forensic;

import java.util.Map;
import java.util.function.Supplier;

/// A box whose forbidden calls are heard, as far as its plan tells of it.
///
/// @param run     its name
/// @param group   the directory of a control group that it can be frozen in; "" if it has none
/// @param unified whether that is of cgroup v2
/// @param ownUsers whether it has a user namespace of its own
/// @param plan    what was done to make it, JSON
/// @param policy  its seccomp profile, JSON
/// @param output  what it has written so far, by the name of the stream: `stdout`, `stderr`
public record CaughtBox(
        String run,
        String group,
        boolean unified,
        boolean ownUsers,
        Supplier<String> plan,
        Supplier<String> policy,
        Supplier<Map<String, byte[]>> output) {}
