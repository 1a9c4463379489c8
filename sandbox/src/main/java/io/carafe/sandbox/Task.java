// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a box of a [Pool] is to run. All else is as the pool's [Sandbox] says.
///
/// @param command     the program and its arguments; a name without a slash is looked for in the
///     environment's `PATH`
/// @param environment added to the sandbox's own
/// @param directory   an absolute path in the box, that is there; "" for the sandbox's own
/// @param timeout     from its start, a millisecond or more; zero for the sandbox's own
public record Task(List<String> command, Map<String, String> environment, String directory, Duration timeout) {
    /// Checks what can be checked without a box.
    ///
    /// @throws IllegalArgumentException for an empty command, a directory that isn't absolute, a timeout
    ///     below zero
    public Task {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
        if (command.isEmpty()) {
            throw new IllegalArgumentException("command: empty");
        }
        if (!directory.isEmpty() && !directory.startsWith("/")) {
            throw new IllegalArgumentException("directory: not absolute: " + directory);
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout: " + timeout.toMillis() + " ms");
        }
    }

    /// A command in the sandbox's own environment and directory.
    public static Task of(String... command) {
        return new Task(List.of(command), Map.of(), "", Duration.ZERO);
    }

    /// The same with one more variable, or another value for one.
    public Task with(String name, String value) {
        var more = new LinkedHashMap<>(environment);
        more.put(name, value);
        return new Task(command, more, directory, timeout);
    }

    /// The same in another directory.
    public Task in(String path) {
        return new Task(command, environment, path, timeout);
    }

    /// The same, killed after this time.
    public Task within(Duration time) {
        return new Task(command, environment, directory, time);
    }
}
