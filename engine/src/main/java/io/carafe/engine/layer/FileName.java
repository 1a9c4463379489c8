package io.carafe.engine.layer;

import java.util.ArrayList;
import java.util.List;

/// Where a file is in a layer: parts without `.` and `..`, which no slash precedes or follows. Empty for the root.
public final class FileName {
    static final FileName ROOT = new FileName(ByteString.EMPTY);
    static final int PATH_MAX = 4095; // native/files.h
    private static final int PART_MAX = 255; // NAME_MAX of <linux/limits.h>

    private final ByteString path;

    private FileName(ByteString path) {
        this.path = path;
    }

    /// A name as a tar file has it: what is absolute is meant from the root, as every reader has it.
    ///
    /// @throws MalformedLayer if it leads out of the root, or no file could have it
    static FileName of(ByteString raw) throws MalformedLayer {
        ByteString path = ByteString.EMPTY;
        int from = 0;
        for (int at = 0; at <= raw.length(); at++) {
            if (at < raw.length() && raw.at(at) == 0) {
                throw new MalformedLayer("the name " + raw + " has a NUL in it");
            }
            if (at < raw.length() && raw.at(at) != '/') {
                continue;
            }
            ByteString part = raw.substring(from, at);
            from = at + 1;
            if (part.isEmpty() || part.equals(DOT)) {
                continue;
            }
            if (part.equals(DOTS)) {
                throw new MalformedLayer("the name " + raw + " has .. in it");
            }
            if (part.length() > PART_MAX) {
                throw new MalformedLayer("a name of " + part.length() + " bytes is longer than the kernel takes");
            }
            path = path.isEmpty() ? part : path.with(SLASH).with(part);
        }
        if (path.length() > PATH_MAX) {
            throw new MalformedLayer("a path of " + path.length() + " bytes is longer than the kernel takes");
        }
        return new FileName(path);
    }

    private static final ByteString DOT = ByteString.of(".");
    private static final ByteString DOTS = ByteString.of("..");
    private static final ByteString SLASH = ByteString.of("/");

    boolean isRoot() {
        return path.isEmpty();
    }

    ByteString path() {
        return path;
    }

    /// What it becomes when a file that it lies in, or is, gets another name.
    FileName moved(FileName from, FileName to) {
        if (from.isRoot() ? isRoot() : equals(from)) {
            return to;
        }
        ByteString below = path.substring(from.isRoot() ? 0 : from.path.length() + 1);
        return to.child(below);
    }

    /// Its last part.
    ByteString name() {
        return path.substring(path.lastIndexOf((byte) '/') + 1);
    }

    FileName parent() {
        int slash = path.lastIndexOf((byte) '/');
        return slash < 0 ? ROOT : new FileName(path.substring(0, slash));
    }

    /// A file in this directory.
    FileName child(ByteString name) {
        return new FileName(path.isEmpty() ? name : path.with(SLASH).with(name));
    }

    List<ByteString> parts() {
        var parts = new ArrayList<ByteString>();
        int from = 0;
        for (int at = 0; at <= path.length(); at++) {
            if (at == path.length() || path.at(at) == '/') {
                parts.add(path.substring(from, at));
                from = at + 1;
            }
        }
        return parts;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileName that && path.equals(that.path);
    }

    @Override
    public int hashCode() {
        return path.hashCode();
    }

    @Override
    public String toString() {
        return path.isEmpty() ? "/" : path.toString();
    }
}
