package io.carafe.sandbox.cgroup;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The files of the kernel that we run on.
public final class KernelFiles implements GroupFiles {
    /// In reads of some size: [Files#readString] begins with one byte when it can't tell the size.
    @Override
    public String text(String path) {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException | InvalidPathException e) {
            return ""; // groups come and go while we look
        }
    }

    @Override
    public List<String> in(String group) {
        List<String> names = new ArrayList<>();
        if (isLeaf(Path.of(group))) {
            return names;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(group))) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    names.add(entry.getFileName().toString());
                }
            }
        } catch (IOException | InvalidPathException | DirectoryIteratorException e) {
            return List.of(); // likewise
        }
        Collections.sort(names);
        return names;
    }

    /// A directory's links are its own two and one for each directory in it: of most groups a look is enough, where a
    /// list would have every file of it looked at.
    private static boolean isLeaf(Path group) {
        try {
            return Integer.valueOf(2).equals(Files.getAttribute(group, "unix:nlink", LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            return true; // likewise
        }
    }
}
