package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.pack.LoaderCache.Entry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// This machine's cache, against ldconfig(8), which wrote it.
class LoaderCacheIT {
    private static final Path CACHE = Path.of(LoaderCache.PATH);

    @Test
    void isReadAsLdconfigReadsIt() throws Exception {
        assertThat(pairs(LoaderCache.parse(bytes()))).isNotEmpty().isEqualTo(told(CACHE));
    }

    @Test
    void ldconfigReadsWhatIsWritten(@TempDir Path directory) throws Exception {
        var entries = new ArrayList<>(LoaderCache.parse(bytes()).entries());
        entries.removeIf(it -> it.name().hashCode() % 2 == 0);
        entries.addFirst(new Entry("libx.so.1", "/opt/glibc-hwcaps/x86-64-v3/libx.so.1", 0x303, 0, "x86-64-v3"));
        byte[] written = LoaderCacheFile.of(new LoaderCache(false, entries));
        Path file = Files.write(directory.resolve("cache"), written);
        assertThat(told(file)).isEqualTo(pairs(LoaderCache.parse(written))).hasSize(entries.size());
    }

    /// ldconfig's own order is the loader's.
    @Test
    void orderIsLdconfigs() throws Exception {
        LoaderCache cache = LoaderCache.parse(bytes());
        LoaderCache ours = LoaderCache.parse(
                LoaderCacheFile.of(new LoaderCache(false, cache.entries().reversed())));
        assertThat(ours.entries())
                .extracting(Entry::name)
                .isEqualTo(cache.entries().stream().map(Entry::name).toList());
    }

    private static byte[] bytes() throws IOException {
        assumeTrue(Files.exists(CACHE), "there is no " + CACHE + " here");
        return Files.readAllBytes(CACHE);
    }

    private static List<String> pairs(LoaderCache cache) {
        return cache.entries().stream().map(it -> it.name() + " " + it.path()).toList();
    }

    private static List<String> told(Path cache) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("/sbin/ldconfig", "-p", "-C", cache.toString()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return out.lines()
                .filter(it -> it.contains(" => "))
                .map(it -> it.strip().replaceFirst(" \\(.*\\) => ", " "))
                .toList();
    }
}
