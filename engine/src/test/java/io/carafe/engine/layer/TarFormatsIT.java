package io.carafe.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.store.Digest;
import io.carafe.sandbox.host.HostProbe;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// GNU tar writes what we unpack, and reads what we pack: as root, who may give files away.
class TarFormatsIT {
    private static final String TREE = """
            set -e
            umask 022
            mkdir -p a/deep b
            echo 1 >a/file; ln a/file a/deep/linked; ln -s ../a/file b/link
            printf x | dd of=a/sparse bs=1 seek=10000000 conv=notrunc 2>/dev/null
            printf y | dd of=a/sparse bs=1 seek=3000000 conv=notrunc 2>/dev/null
            mkfifo b/fifo; mknod b/null c 1 3
            printf 'no text' >"$(printf 'b/\\377\\n')"
            n=$(printf %090d 0); mkdir -p $n; echo long >$n/${n}0
            chown 12:34 a/file; chmod 4755 a/file; chmod 2775 b; touch -d @1234567890.5 b/link a/deep; touch -hd @5 b/link
            """;

    private static final String LIST =
            "find . -printf '%P %y %m %U:%G %s %n %l %T@\\n' | sed 's/^\\(.* d .*:[0-9]* \\)[0-9]* [0-9]*/\\1/' | sort";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--format=pax -S",
                "--format=pax -S --sparse-version=0.0",
                "--format=pax -S --sparse-version=0.1",
                "--format=gnu -S",
                "--format=gnu",
                "--format=pax --xattrs"
            })
    void unpacksWhatGnuTarPacks(String options) throws Exception {
        Path source = Files.createDirectory(directory.resolve("source"));
        shell(source, TREE);
        shell(directory, "tar " + options + " -C source -cf out.tar .");

        Path files = unpack(Files.readAllBytes(directory.resolve("out.tar")));

        assertSame(source, files, !options.contains("gnu"));
    }

    @Test
    void gnuTarUnpacksWhatWePack() throws Exception {
        Path source = Files.createDirectory(directory.resolve("source"));
        shell(source, TREE);
        var host = new HostProbe(Map.of()).host();
        try (var tar = new TarWriter(Files.newOutputStream(directory.resolve("ours.tar")))) {
            Packing.changes(source, Long.MAX_VALUE, tar, host);
        }
        Path target = Files.createDirectory(directory.resolve("target"));
        shell(target, "tar --xattrs -xpf ../ours.tar");

        assertSame(source, target, true);
    }

    private void assertSame(Path one, Path other, boolean fractions) throws Exception {
        String list = fractions ? LIST : LIST + " | sed 's/[.][0-9]*$//'";
        assertThat(shell(other, list)).isEqualTo(shell(one, list));
        assertThat(shell(directory, "diff -r --no-dereference -x fifo -x null " + one + " " + other))
                .isEmpty();
    }

    private Path unpack(byte[] tar) {
        var layers = new Layers(directory.resolve("layers"), new HostProbe(Map.of())::host);
        return layers.unpack(Digest.ofContent(tar), new ByteArrayInputStream(tar), Bounds.DEFAULT)
                .files();
    }

    private static String shell(Path directory, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }
}
