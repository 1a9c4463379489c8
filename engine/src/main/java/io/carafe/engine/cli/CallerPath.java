package io.carafe.engine.cli;

import java.util.ArrayDeque;

/// Paths as the caller means them: relative ones start in the caller's directory, never in the daemon's.
final class CallerPath {
    private CallerPath() {}

    /// An absolute path. Links and `..` stay for the kernel to follow.
    static String absolute(String path, Invocation caller) {
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
    static String readable(String path, Invocation caller) {
        String absolute = absolute(path, caller);
        if (absolute.startsWith("/dev/fd/") || absolute.equals("/dev/stdin") || absolute.startsWith("/proc/self/")) {
            throw new IllegalArgumentException(
                    path + " is a descriptor that only the caller has; write to a file first");
        }
        return absolute;
    }

    /// An absolute path of the box, without `.`, `..` and needless slashes.
    ///
    /// @throws IllegalArgumentException if it isn't absolute
    static String inBox(String path) {
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
