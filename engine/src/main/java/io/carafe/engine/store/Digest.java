package io.carafe.engine.store;

import java.io.Serial;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/// The name of some content, made of the content: `sha256:HEX` (OCI image specification, descriptor.md, "Digests").
/// It is fit to be part of a path: an algorithm that we know, and lower-case hexadecimal digits.
///
/// @param hex 64 digits, 128 for sha512
public record Digest(Algorithm algorithm, String hex) implements Comparable<Digest> {
    /// The algorithms that the specification registers.
    public enum Algorithm {
        SHA256("sha256", "SHA-256", 64),
        SHA512("sha512", "SHA-512", 128);

        private final String word;
        private final String java;
        private final int digits;

        Algorithm(String word, String java, int digits) {
            this.word = word;
            this.java = java;
            this.digits = digits;
        }

        /// As it stands in a digest.
        public String word() {
            return word;
        }

        /// A fresh computation of it.
        public MessageDigest computation() {
            try {
                return MessageDigest.getInstance(java);
            } catch (NoSuchAlgorithmException e) {
                throw new AssertionError("every JDK has it", e);
            }
        }
    }

    /// A text that is no digest, or one of an algorithm that we don't know.
    public static final class Malformed extends IllegalArgumentException {
        @Serial
        private static final long serialVersionUID = 1;

        private Malformed(String text) {
            super("not a digest, as sha256: and 64 hexadecimal digits: " + text);
        }
    }

    public Digest {
        if (!isHex(hex, algorithm.digits)) {
            throw new Malformed(algorithm.word + ":" + hex);
        }
    }

    /// A digest from its text.
    ///
    /// @throws Malformed if the text is none
    public static Digest of(String text) {
        return parse(text).orElseThrow(() -> new Malformed(text));
    }

    /// Empty if the text is none.
    public static Optional<Digest> parse(String text) {
        for (Algorithm algorithm : Algorithm.values()) {
            String prefix = algorithm.word + ":";
            if (text.startsWith(prefix) && isHex(text.substring(prefix.length()), algorithm.digits)) {
                return Optional.of(new Digest(algorithm, text.substring(prefix.length())));
            }
        }
        return Optional.empty();
    }

    /// The sha256 digest of some bytes.
    public static Digest ofContent(byte[] content) {
        return ofContent(Algorithm.SHA256, content);
    }

    /// The digest of some bytes.
    public static Digest ofContent(Algorithm algorithm, byte[] content) {
        MessageDigest computation = algorithm.computation();
        computation.update(content);
        return of(algorithm, computation);
    }

    /// What a computation has come to. The computation begins anew.
    public static Digest of(Algorithm algorithm, MessageDigest computation) {
        return new Digest(algorithm, HexFormat.of().formatHex(computation.digest()));
    }

    /// The first twelve digits, as lists show them.
    public String brief() {
        return hex.substring(0, 12);
    }

    private static boolean isHex(String hex, int digits) {
        return hex.length() == digits && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }

    @Override
    public int compareTo(Digest other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return algorithm.word + ":" + hex;
    }
}
