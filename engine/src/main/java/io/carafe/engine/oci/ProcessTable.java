package io.carafe.engine.oci;

import io.carafe.engine.command.UsageError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The host's ps(1), less the processes that aren't meant. It looks from the host: nothing in the container is run.
final class ProcessTable {
    private static final String PATH = "/usr/bin:/bin";

    private ProcessTable() {}

    /// The lines of `ps` with these options that are about these processes.
    ///
    /// @throws UsageError if there is no `ps` here, or it doesn't print a process's id
    static String of(List<Integer> processes, List<String> options) {
        List<String> lines = lines(options);
        List<String> heads = words(lines.isEmpty() ? "" : lines.getFirst());
        int column = heads.indexOf("PID");
        if (column < 0) {
            throw new UsageError("couldn't find PID field in ps output");
        }
        var table = new StringBuilder(lines.getFirst()).append('\n');
        for (String line : lines.subList(1, lines.size())) {
            List<String> fields = words(line);
            if (fields.size() > column && isOne(fields.get(column), processes)) {
                table.append(line).append('\n');
            }
        }
        return table.toString();
    }

    private static boolean isOne(String field, List<Integer> processes) {
        return field.chars().allMatch(Character::isDigit) && processes.contains(Integer.valueOf(field));
    }

    private static List<String> words(String line) {
        return Arrays.asList(line.strip().split("\\s+"));
    }

    private static List<String> lines(List<String> options) {
        var command = new ArrayList<>(List.of("ps"));
        command.addAll(options);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        builder.environment().put("COLUMNS", "4096");
        try {
            Process ps = builder.start();
            ps.getOutputStream().close();
            String out = new String(ps.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (ps.waitFor() != 0) {
                throw new UsageError("ps says: " + out.strip());
            }
            return out.lines().toList();
        } catch (IOException e) {
            throw new UsageError("there is no ps here: apt install procps; --format json does without");
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }
}
