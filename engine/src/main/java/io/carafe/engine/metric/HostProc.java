package io.carafe.engine.metric;

import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The `/proc` of the machine that we are on.
public final class HostProc implements ProcFiles {
    @Override
    public String text(String path, int most) {
        try (InputStream in = Files.newInputStream(Path.of(path))) {
            return Utf8.decode(in.readNBytes(most));
        } catch (IOException | InvalidPathException e) {
            return ""; // it has ended, or is another user's
        }
    }

    @Override
    public List<String> names(String directory) {
        var names = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of(directory))) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (IOException | InvalidPathException | DirectoryIteratorException e) {
            return names; // likewise
        }
        return names;
    }

    @Override
    public String link(String path) {
        try {
            return Files.readSymbolicLink(Path.of(path)).toString();
        } catch (IOException | InvalidPathException e) {
            return "";
        }
    }

    @Override
    public long size(String path) {
        try {
            return Files.size(Path.of(path));
        } catch (IOException | InvalidPathException e) {
            return 0;
        }
    }
}
