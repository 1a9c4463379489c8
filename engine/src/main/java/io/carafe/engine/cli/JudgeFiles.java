package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.sandbox.Content;
import io.carafe.sandbox.Fetched;
import io.carafe.sandbox.FetchedFile;
import io.carafe.sandbox.judge.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The files of `carafe judge`, on their way between the caller's directories and the program's.
final class JudgeFiles {
    private static final int EXECUTABLE = 0755;
    private static final int READABLE = 0644;

    private JudgeFiles() {}

    /// Adds a file, or all of a directory, under a name in the program's directory.
    static Job copyIn(Job job, String source, String destination, Invocation caller) {
        Path from = Path.of(CallerPath.readable(source, caller));
        if (Files.isRegularFile(from)) {
            return add(job, from, destination);
        }
        if (!Files.isDirectory(from)) {
            throw new UsageError("copy " + source + " in: "
                    + (Files.exists(from) ? "neither a file nor a directory" : "it isn't there"));
        }
        Job more = job;
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : tree.sorted().toList()) {
                if (Files.isDirectory(path)) {
                    continue;
                }
                if (!Files.isRegularFile(path)) {
                    throw new UsageError("copy " + source + " in: " + path + " is neither a file nor a directory");
                }
                String below = from.relativize(path).toString();
                more = add(more, path, destination.equals(".") ? below : destination + "/" + below);
            }
        } catch (IOException e) {
            throw new UsageError("copy " + source + " in: " + e.getMessage());
        }
        return more;
    }

    private static Job add(Job job, Path from, String name) {
        return job.file(name, Files.isExecutable(from) ? EXECUTABLE : READABLE, Content.of(from));
    }

    /// `SOURCE:DESTINATION`; without the second it is the last name of the first.
    ///
    /// @return both
    static List<String> both(String word) {
        int colon = word.lastIndexOf(':');
        String first = colon < 0 ? word : word.substring(0, colon);
        String second = colon < 0 ? first.replaceAll("/+$", "").replaceAll(".*/", "") : word.substring(colon + 1);
        if (first.isEmpty() || second.isEmpty()) {
            throw new UsageError("write files as SOURCE:DESTINATION, not as '" + word + "'");
        }
        return List.of(first, second);
    }

    /// Writes what was fetched as `path` to where the caller wants it: a file to a file, a directory into a
    /// directory, which is made.
    static void copyOut(List<FetchedFile> files, String path, Path destination) throws IOException {
        var below = new ArrayList<FetchedFile>();
        for (FetchedFile file : files) {
            if (file.name().equals(path)) {
                Files.write(destination, file.content().bytes());
            } else if (path.equals(".") || file.name().startsWith(path + "/")) {
                String name = path.equals(".") ? file.name() : file.name().substring(path.length() + 1);
                below.add(new FetchedFile(name, file.mode(), file.size(), file.content()));
            }
        }
        if (!below.isEmpty() || path.equals(".")) {
            Files.createDirectories(destination);
            Fetched.write(below, destination);
        }
    }
}
