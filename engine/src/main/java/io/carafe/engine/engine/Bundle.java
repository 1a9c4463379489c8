package io.carafe.engine.engine;

import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.ConfigJson;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Spec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// An OCI bundle: a directory with a `config.json` (runtime specification, bundle.md). The file is hostile data.
final class Bundle {
    private static final int SIZE_MAX = 4 << 20;

    private Bundle() {}

    /// @param path the directory or the file, absolute
    /// @throws Refused if it can't be read, or with everything that is wrong in it
    static Spec spec(String path, String id) {
        return config(path, "carafe-" + id).spec();
    }

    /// What a `config.json` says, and its text.
    ///
    /// @param warnings what of it is left out
    record Config(Spec spec, String text, List<Problem> warnings) {}

    /// Likewise.
    ///
    /// @param cgroupsPath where the groups are if the file doesn't say
    static Config config(String path, String cgroupsPath) {
        try {
            Path file = Path.of(path);
            if (Files.isDirectory(file)) {
                file = file.resolve("config.json");
            }
            Path bundle = file.toAbsolutePath().getParent();
            String text = text(file);
            var warnings = new ArrayList<Problem>();
            Spec spec = ConfigJson.read(text, String.valueOf(bundle), cgroupsPath, warnings);
            return new Config(spec, text, warnings);
        } catch (InvalidSpec e) {
            throw new Refused(e.problems());
        } catch (NoSuchFileException e) {
            throw refused(path, e.getFile() + " does not exist; runc spec makes one");
        } catch (InvalidPathException | CharacterCodingException e) {
            throw refused(path, "not in UTF-8");
        } catch (IOException e) {
            throw refused(path, String.valueOf(e.getMessage()));
        }
    }

    private static Refused refused(String path, String what) {
        return new Refused(List.of(new Problem(path, what)));
    }

    private static String text(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file)) { // opening a FIFO would wait for ever
            throw new IOException("not a regular file");
        }
        try (var in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(SIZE_MAX + 1);
            if (bytes.length > SIZE_MAX) {
                throw new IOException("larger than " + SIZE_MAX + " bytes");
            }
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        }
    }
}
