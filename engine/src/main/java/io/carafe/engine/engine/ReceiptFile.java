package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.repro.Receipt;
import io.carafe.engine.repro.ReceiptJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Where a receipt is kept.
public final class ReceiptFile implements AutoCloseable {
    private final String file;
    private final Path draft;

    private ReceiptFile(String file, Path draft) {
        this.file = file;
        this.draft = draft;
    }

    /// Reads one.
    ///
    /// @param in the file, which is not closed
    /// @throws EngineException if there is no receipt in it
    public static Receipt read(InputStream in, String name) {
        try {
            byte[] bytes = in.readNBytes(ReceiptJson.SIZE_MAX + 1);
            if (bytes.length > ReceiptJson.SIZE_MAX) {
                throw new IOException("larger than any receipt");
            }
            return ReceiptJson.read(new String(bytes, StandardCharsets.UTF_8), name);
        } catch (IOException e) {
            throw new EngineException.Failed("read receipt " + name, e);
        }
    }

    /// Begins one: whether it can be written is known before the box runs.
    ///
    /// @param file absolute
    public static ReceiptFile begin(String file) {
        if (Files.isDirectory(Path.of(file))) {
            throw new EngineException.Conflict(file + " is a directory, and no file for a receipt");
        }
        try {
            return new ReceiptFile(file, Files.write(Path.of(file + ".part"), new byte[0]));
        } catch (IOException e) {
            throw new EngineException.Failed("write receipt " + file, e);
        }
    }

    /// Writes it, in the place of an older one.
    public void write(Receipt receipt) {
        try {
            Files.writeString(draft, ReceiptJson.text(receipt));
            Files.move(draft, Path.of(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new EngineException.Failed("write receipt " + file, e);
        }
    }

    /// Without a receipt nothing is left of it.
    @Override
    public void close() {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + draft, e);
        }
    }
}
