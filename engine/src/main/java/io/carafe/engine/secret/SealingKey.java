package io.carafe.engine.secret;

import io.carafe.engine.store.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What values are sealed with: AES-256 in Galois/Counter Mode (NIST SP 800-38D), a fresh random nonce each
/// time. Whoever changes a bit of what is sealed, or of what is known beside it, finds that it can't be
/// opened any more.
final class SealingKey {
    static final int NONCE = 12;

    private static final int SIZE = 32;
    private static final int TAG = 128; // bits
    private static final Set<PosixFilePermission> OWNERS_ONLY = PosixFilePermissions.fromString("rw-------");

    private final SecretKeySpec key;

    private SealingKey(byte[] bytes) {
        this.key = new SecretKeySpec(bytes, "AES");
        Arrays.fill(bytes, (byte) 0);
    }

    /// Somebody else's file, which has to be there.
    ///
    /// @throws IOException if it is no key, or others may read it
    static SealingKey of(Path file) throws IOException {
        Set<PosixFilePermission> permissions;
        try {
            permissions = Files.getPosixFilePermissions(file);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no key " + file + "; to make one: (umask 077; head -c " + SIZE
                    + " /dev/urandom >" + file + ")");
        }
        if (permissions.contains(PosixFilePermission.OTHERS_READ)
                || permissions.contains(PosixFilePermission.GROUP_READ)) {
            throw new IOException("others may read the key " + file + ": chmod 600 " + file);
        }
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length != SIZE) {
            throw new IOException("the key " + file + " has " + bytes.length + " bytes, not " + SIZE);
        }
        return new SealingKey(bytes);
    }

    /// Our own, made once. Only one may be at it.
    static SealingKey ofOurOwn(Path file) throws IOException {
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Path beside = file.resolveSibling(file.getFileName() + ".new");
            Files.deleteIfExists(beside); // of one that was killed
            Files.createFile(beside, PosixFilePermissions.asFileAttribute(OWNERS_ONLY));
            WholeFile.write(file, beside, random(SIZE));
        }
        return of(file);
    }

    /// The kernel's own numbers.
    static byte[] random(int count) throws IOException {
        try (var in = Files.newInputStream(Path.of("/dev/urandom"))) {
            return in.readNBytes(count);
        }
    }

    /// @param known what is authenticated and not hidden
    byte[] seal(byte[] value, byte[] nonce, byte[] known) {
        try {
            return cipher(Cipher.ENCRYPT_MODE, nonce, known).doFinal(value);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has AES-GCM", e);
        }
    }

    /// @throws IOException if it was sealed with another key, or it or what is known was changed
    byte[] open(byte[] sealed, byte[] nonce, byte[] known) throws IOException {
        try {
            return cipher(Cipher.DECRYPT_MODE, nonce, known).doFinal(sealed);
        } catch (AEADBadTagException e) {
            throw new IOException("it was sealed with another key, or somebody has changed its file");
        } catch (GeneralSecurityException e) {
            throw new IOException("it can't be opened: " + e.getMessage(), e);
        }
    }

    private Cipher cipher(int mode, byte[] nonce, byte[] known) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG, nonce));
        cipher.updateAAD(known);
        return cipher;
    }
}
