package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.pack.LoaderCache.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LoaderCacheTest {
    private static final long SEED = 20261122;
    private static final int MUTATIONS = 50_000;
    private static final int LIB64 = 0x303;

    private static final List<Entry> ENTRIES = List.of(
            new Entry("libb.so.2", "/opt/b/libb.so.2", LIB64, 0, ""),
            new Entry("liba.so.10", "/opt/a/liba.so.10", LIB64, 0, ""),
            new Entry("liba.so.9", "/opt/a/liba.so.9", LIB64, 0, ""),
            new Entry("liba.so.9", "/opt/a/glibc-hwcaps/x86-64-v3/liba.so.9", LIB64, 0, "x86-64-v3"),
            new Entry("liba.so.9", "/opt/a/glibc-hwcaps/x86-64-v2/liba.so.9", LIB64, 0, "x86-64-v2"));

    @Test
    void whatIsWrittenIsReadInTheOrderThatTheLoaderWants() throws IOException {
        for (boolean bigEndian : new boolean[] {false, true}) {
            LoaderCache read = LoaderCache.parse(LoaderCacheFile.of(new LoaderCache(bigEndian, ENTRIES)));
            assertThat(read.bigEndian()).isEqualTo(bigEndian);
            assertThat(read.entries())
                    .extracting(Entry::path)
                    .containsExactly(
                            "/opt/b/libb.so.2",
                            "/opt/a/liba.so.10",
                            "/opt/a/glibc-hwcaps/x86-64-v2/liba.so.9",
                            "/opt/a/glibc-hwcaps/x86-64-v3/liba.so.9",
                            "/opt/a/liba.so.9");
            assertThat(read.entries()).containsExactlyInAnyOrderElementsOf(ENTRIES);
        }
    }

    @Test
    void orderDoesNotDependOnWhatCameFirst() {
        byte[] one = LoaderCacheFile.of(new LoaderCache(false, ENTRIES));
        assertThat(LoaderCacheFile.of(new LoaderCache(false, ENTRIES.reversed())))
                .isEqualTo(one);
    }

    @Test
    void numbersInNamesCountAsNumbers() {
        assertThat(LoaderCacheFile.compareNames("libc.so.6", "libc.so.10")).isNegative();
        assertThat(LoaderCacheFile.compareNames("libc.so.6", "libc.so.6")).isZero();
        assertThat(LoaderCacheFile.compareNames("liba1.so", "liba.so")).isPositive();
        assertThat(LoaderCacheFile.compareNames("liba", "liba.so")).isNegative();
        assertThat(LoaderCacheFile.compareNames("libb", "liba.so")).isPositive();
    }

    @Test
    void tableOfOldBeforeTheNewOneIsPassedBy() throws IOException {
        byte[] newer = LoaderCacheFile.of(new LoaderCache(false, ENTRIES));
        ByteBuffer both = ByteBuffer.allocate(16 + 3 * 12 + 4 + newer.length).order(ByteOrder.LITTLE_ENDIAN);
        both.put("ld.so-1.7.0\0".getBytes(StandardCharsets.UTF_8)).putInt(3);
        both.position(16 + 3 * 12 + 4);
        both.put(newer);
        assertThat(LoaderCache.parse(both.array()).entries()).hasSize(ENTRIES.size());
    }

    @Test
    void otherFilesAreRefused() {
        assertThatThrownBy(() -> LoaderCache.parse("ld.so-1.7.0 and more".getBytes(StandardCharsets.UTF_8)))
                .hasMessage("it isn't in the format of glibc 2.2 or later");
        assertThatThrownBy(() -> LoaderCache.parse(new byte[0])).isInstanceOf(IOException.class);
    }

    @Test
    void everyDamagedFileIsReadOrRefused() {
        var random = new Random(SEED);
        byte[] whole = LoaderCacheFile.of(new LoaderCache(false, ENTRIES));
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = Arrays.copyOf(whole, random.nextInt(8) == 0 ? random.nextInt(whole.length) : whole.length);
            for (int j = random.nextInt(4); j >= 0 && damaged.length > 20; j--) {
                damaged[20 + random.nextInt(damaged.length - 20)] = (byte) random.nextInt();
            }
            try {
                LoaderCache.parse(damaged);
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }
}
