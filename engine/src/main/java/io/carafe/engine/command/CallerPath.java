package io.carafe.engine.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;

/// Paths as the caller means them: relative ones start in the caller's directory, never in the daemon's.
public final class CallerPath {
    private CallerPath() {}

    /// An absolute path. Links and `..` stay for the kernel to follow.
    public static String absolute(String path, Invocation caller) {
        if (path.startsWith("/")) {
            return path;
        }
        String below = path;
        while (below.startsWith("./")) {
            below = below.substring(2);
        }
        if (below.isEmpty() || below.equals(".")) {
            return caller.directory();
        }
        return caller.directory().endsWith("/") ? caller.directory() + below : caller.directory() + "/" + below;
    }

    /// The absolute path of a file that is read here, by another process than the caller.
    ///
    /// @throws IllegalArgumentException if it means an open file of the caller
    public static String readable(String path, Invocation caller) {
        String absolute = absolute(path, caller);
        if (absolute.startsWith("/dev/fd/") || absolute.equals("/dev/stdin") || absolute.startsWith("/proc/self/")) {
            throw new IllegalArgumentException(
                    path + " is a descriptor that only the caller has; write to a file first");
        }
        return absolute;
    }

    /// Opens a file of the caller's. What is no regular file (a FIFO would hold this thread until somebody writes) is
    /// refused.
    ///
    /// @throws IllegalArgumentException if it is one of those, or an open file of the caller
    public static InputStream open(String path, Invocation caller) throws IOException {
        Path file = Path.of(readable(path, caller));
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw new IllegalArgumentException("read " + path + ": not a regular file");
        }
        return Files.newInputStream(file);
    }

    /// An absolute path of the box, without `.`, `..` and needless slashes.
    ///
    /// @throws IllegalArgumentException if it isn't absolute
    public static String inBox(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("invalid path '" + path + "': it needs to be an absolute path");
        }
        var names = new ArrayDeque<String>();
        for (String name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return "/" + String.join("/", names);
    }
}
