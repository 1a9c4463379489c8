package io.carafe.engine.layer;

import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/// Whatever a layer holds, reading it ends, with its entries or with a sentence. `-Dfuzz.rounds=1000000` looks longer,
/// `-Dfuzz.seed=N` elsewhere.
class TarReaderFuzzTest {
    private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000);
    private static final int READS_MAX = 100_000;

    private final Random random = new Random(Long.getLong("fuzz.seed", 1));

    @Test
    void anythingIsReadToAnEnd() throws IOException {
        List<byte[]> seeds = seeds();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
            long seed = random.nextLong();
            byte[] changed = change(bytes, new Random(seed));
            try {
                read(changed);
            } catch (IOException e) {
                // told as it should be
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                fail("round %d, seed %d".formatted(round, seed), e);
            }
        }
    }

    private static void read(byte[] bytes) throws IOException {
        var reader = new TarReader(Compression.of(bytes, bytes.length).open(new ByteArrayInputStream(bytes)));
        byte[] buffer = new byte[4096];
        int reads = 0;
        for (TarEntry entry = reader.next(); entry != null; entry = reader.next()) {
            FileName.of(entry.path());
            while (reader.read(buffer, 0, buffer.length) >= 0) {
                if (++reads > READS_MAX) {
                    fail("it doesn't end");
                }
            }
        }
    }

    /// Some bytes changed, some cut out or doubled; half the time the headers' checksums are right again.
    private static byte[] change(byte[] bytes, Random random) {
        byte[] changed = bytes;
        for (int i = random.nextInt(6); i >= 0 && changed.length > 0; i--) {
            int at = random.nextInt(changed.length);
            switch (random.nextInt(5)) {
                case 0 -> changed[at] = (byte) random.nextInt(256);
                case 1 -> changed[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> changed[at] = (byte) "0179 =\n/.".charAt(random.nextInt(9));
                case 3 -> changed = without(changed, at, 1 + random.nextInt(600));
                default -> changed[at] = 0;
            }
        }
        if (random.nextBoolean()) {
            for (int at = 0; at + 512 <= changed.length; at += 512) {
                if (changed[at + 257] == 'u') {
                    byte[] header = Arrays.copyOfRange(changed, at, at + 512);
                    TarBuilder.sum(header);
                    System.arraycopy(header, 0, changed, at, 512);
                }
            }
        }
        return changed;
    }

    private static byte[] without(byte[] bytes, int at, int length) {
        var shorter = new ByteArrayOutputStream();
        shorter.write(bytes, 0, at);
        int rest = Math.min(bytes.length, at + length);
        shorter.write(bytes, rest, bytes.length - rest);
        return shorter.toByteArray();
    }

    private static List<byte[]> seeds() throws IOException {
        byte[] plain = new TarBuilder()
                .directory("./")
                .file("a", "content")
                .symbolicLink("b", "a")
                .hardLink("c", "a")
                .device('3', "null", 1, 3)
                .pax("mtime", "-1234567890.123456789")
                .pax("uid", "4000000000")
                .pax("SCHILY.xattr.user.a", new byte[] {0, '\n', '='})
                .pax("path", "long/".repeat(100) + "x")
                .file("x", "y".repeat(1000))
                .entry('L', "././@LongLink", "", "gnu/long".repeat(20).getBytes(StandardCharsets.UTF_8))
                .file("short", "")
                .bytes();
        byte[] sparse = new TarBuilder()
                .pax("GNU.sparse.major", "1")
                .pax("GNU.sparse.minor", "0")
                .pax("GNU.sparse.name", "sparse")
                .pax("GNU.sparse.realsize", "100000")
                .file("s/sparse", "2\n0\n3\n99997\n3\n" + "\0".repeat(498) + "abcdef")
                .pax("GNU.sparse.map", "0,1,7,2")
                .pax("GNU.sparse.size", "20")
                .file("older", "abc")
                .bytes();
        byte[] old = new TarBuilder().entry('S', "old", "", new byte[600]).bytes();
        var gzip = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(gzip)) {
            out.write(plain);
        }
        return List.of(plain, sparse, old, gzip.toByteArray());
    }
}
