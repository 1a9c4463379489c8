package io.carafe.engine.cli;

import io.carafe.engine.command.CallerPath;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
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
final class ReceiptFile {
    private ReceiptFile() {}

    static Receipt read(String file, Invocation caller) {
        try (InputStream in = CallerPath.open(file, caller)) {
            byte[] bytes = in.readNBytes(ReceiptJson.SIZE_MAX + 1);
            if (bytes.length > ReceiptJson.SIZE_MAX) {
                throw new UsageError(file + " is larger than any receipt");
            }
            return ReceiptJson.read(new String(bytes, StandardCharsets.UTF_8), file);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new EngineException.Failed("read receipt " + file, e);
        }
    }

    /// Whether it can be written is known before the box runs.
    ///
    /// @param file absolute
    static Path draft(String file) {
        Path draft = Path.of(file + ".part");
        try {
            if (Files.isDirectory(Path.of(file))) {
                throw new UsageError(UsageError.invalid(BoxFlags.RECEIPT, file, "it is a directory"));
            }
            return Files.write(draft, new byte[0]);
        } catch (IOException e) {
            throw new EngineException.Failed("write receipt " + file, e);
        }
    }

    static void write(Path draft, String file, Receipt receipt) {
        try {
            Files.writeString(draft, ReceiptJson.text(receipt));
            Files.move(draft, Path.of(file), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new EngineException.Failed("write receipt " + file, e);
        }
    }

    static void discard(Path draft) {
        try {
            Files.deleteIfExists(draft);
        } catch (IOException e) {
            throw new EngineException.Failed("remove " + draft, e);
        }
    }
}
