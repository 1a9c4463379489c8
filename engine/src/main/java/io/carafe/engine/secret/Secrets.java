package io.carafe.engine.secret;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.FileLock;
import io.carafe.engine.store.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The secrets of a data root: a file each, which has its value sealed, and the key, unless that is kept elsewhere.
public final class Secrets {
    /// How many bytes a value may have: Docker's and Podman's limit.
    public static final int VALUE_MAX = 512_000;

    private static final String SUFFIX = ".json";
    private static final String KEY = "key";
    private static final int ID = 13; // bytes; as many digits as Docker's and Podman's ids have

    private final Path directory;
    private final Optional<Path> key;
    private final Clock clock;

    /// @param directory is made when it is needed
    /// @param key       of somebody who keeps it elsewhere
    public Secrets(Path directory, Optional<Path> key, Clock clock) {
        this.directory = directory;
        this.key = key;
        this.clock = clock;
    }

    /// Keeps one.
    ///
    /// @param replace one of that name that is there goes
    /// @throws EngineException.Conflict if there is one of that name, or the value is too long, or none
    public Secret create(SecretName name, byte[] value, Map<String, String> labels, boolean replace) {
        if (value.length == 0 || value.length > VALUE_MAX) {
            throw new EngineException.Conflict(
                    "secret " + name + " has " + value.length + " bytes: 1 to " + VALUE_MAX + " can be kept");
        }
        try (FileLock _ = lock()) {
            if (!replace && Files.exists(file(name))) {
                throw new EngineException.Conflict(
                        "secret " + name + " is there already; --replace gives it another" + " value");
            }
            String id = HexFormat.of().formatHex(SealingKey.random(ID)).substring(1);
            String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
            var secret = new Secret(id, name, now, labels);
            SealedSecret sealed = SealedSecret.seal(secret, value, key());
            WholeFile.write(file(name), directory.resolve(".new"), sealed.json().getBytes(StandardCharsets.UTF_8));
            return secret;
        } catch (IOException e) {
            throw new EngineException.Failed("keep secret " + name, e);
        }
    }

    private FileLock lock() throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return FileLock.exclusive(directory.resolve(".lock"), () -> true);
    }

    private SealingKey key() throws IOException {
        return key.isPresent() ? SealingKey.of(key.get()) : SealingKey.ofOurOwn(directory.resolve(KEY));
    }

    private Path file(SecretName name) {
        return directory.resolve(name + SUFFIX);
    }

    /// What may be known of one.
    ///
    /// @throws EngineException.NotFound if there is none
    public Secret get(SecretName name) {
        return sealed(name).secret();
    }

    /// Its value.
    ///
    /// @throws EngineException.NotFound if there is none
    /// @throws EngineException.Failed   if it can't be opened
    public byte[] value(SecretName name) {
        SealedSecret sealed = sealed(name);
        Path file = key.orElse(directory.resolve(KEY));
        try {
            return sealed.open(SealingKey.of(file));
        } catch (IOException e) {
            throw new EngineException.Failed("open secret " + name, e);
        }
    }

    private SealedSecret sealed(SecretName name) {
        try {
            return SealedSecret.read(name, file(name), Files.readString(file(name)));
        } catch (NoSuchFileException e) {
            throw new EngineException.NotFound("secret", name.text());
        } catch (IOException e) {
            throw new EngineException.Failed("read secret " + name, e);
        }
    }

    /// All of them, by name.
    public List<Secret> all() {
        var secrets = new ArrayList<Secret>();
        if (!Files.isDirectory(directory)) {
            return secrets;
        }
        try (var files = Files.newDirectoryStream(directory, "[!.]*" + SUFFIX)) {
            for (Path file : files) {
                String text = file.getFileName().toString();
                secrets.add(get(new SecretName(text.substring(0, text.length() - SUFFIX.length()))));
            }
        } catch (IOException e) {
            throw new EngineException.Failed("list the secrets in " + directory, e);
        }
        secrets.sort((one, other) -> one.name().compareTo(other.name()));
        return secrets;
    }

    /// Removes one. A box that has it keeps it.
    ///
    /// @throws EngineException.NotFound if there is none
    public void remove(SecretName name) {
        get(name);
        try (FileLock _ = lock()) {
            Files.deleteIfExists(file(name));
            WholeFile.synchronise(directory);
        } catch (IOException e) {
            throw new EngineException.Failed("remove secret " + name, e);
        }
    }
}
