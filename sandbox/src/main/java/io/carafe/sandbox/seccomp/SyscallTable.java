package io.carafe.sandbox.seccomp;

import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;

/// The numbers of one architecture's system calls, by name.
record SyscallTable(Map<String, Integer> numbers) {
    SyscallTable {
        numbers = Map.copyOf(numbers);
    }

    /// Reads lines of "name number".
    static SyscallTable parse(String text) {
        var numbers = new HashMap<String, Integer>();
        text.lines().forEach(line -> {
            int space = line.indexOf(' ');
            numbers.put(line.substring(0, space), Integer.parseInt(line.substring(space + 1)));
        });
        return new SyscallTable(numbers);
    }

    OptionalInt number(String name) {
        Integer number = numbers.get(name);
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
