package io.carafe.sandbox.seccomp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// The tables against the kernel's headers (linux-libc-dev) and libseccomp's `scmp_sys_resolver` (seccomp), where
/// they are installed. No privilege.
class SyscallTableIT {
    private static final Path HEADERS = Path.of("/usr/include/x86_64-linux-gnu/asm");
    private static final Pattern LINE = Pattern.compile("#define __NR_(\\w+) (?:\\(__X32_SYSCALL_BIT \\+ )?(\\d+)\\)?");

    @ParameterizedTest
    @CsvSource({"X86_64, unistd_64.h, 0", "X86, unistd_32.h, 0", "X32, unistd_x32.h, 1073741824"})
    void everyCallOfTheHeaderIsThere(Architecture architecture, String header, int bit) throws IOException {
        Path file = HEADERS.resolve(header);
        assumeTrue(Files.exists(file), "no " + file);
        var expected = new TreeMap<String, Integer>();
        try (var lines = Files.lines(file)) {
            lines.map(LINE::matcher)
                    .filter(matcher -> matcher.matches())
                    .forEach(matcher -> expected.put(matcher.group(1), Integer.parseInt(matcher.group(2)) + bit));
        }
        assertThat(expected).hasSizeGreaterThan(300);
        assertThat(Tables.numbers(architecture)).containsAllEntriesOf(expected);
    }

    @ParameterizedTest
    @EnumSource
    void libseccompHasTheSameNumbers(Architecture architecture) throws Exception {
        Path resolver = Path.of("/usr/bin/scmp_sys_resolver");
        assumeTrue(Files.exists(resolver), "no " + resolver);
        Map<String, Integer> numbers = Tables.numbers(architecture);
        String script = numbers.keySet().stream()
                .map(name -> "printf '%s ' " + name + "; " + resolver + " -a "
                        + architecture.name().toLowerCase(Locale.ROOT) + " " + name)
                .collect(Collectors.joining("\n"));
        Process shell = new ProcessBuilder("sh", "-c", script).start();
        var known = new TreeMap<String, Integer>();
        for (String line : new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .toList()) {
            String[] words = line.split(" ", -1);
            int number = Integer.parseInt(words[1]);
            if (number >= 0) { // below are the calls that it doesn't know or that this architecture multiplexes
                known.put(words[0], number);
            }
        }
        assertThat(known).hasSizeGreaterThan(250);
        assertThat(numbers).containsAllEntriesOf(known);
    }

    @Test
    void noTwoNamesHaveOneNumber() {
        for (Architecture architecture : Architecture.values()) {
            assertThat(Tables.numbers(architecture).values())
                    .as(architecture.name())
                    .doesNotHaveDuplicates();
        }
    }
}
