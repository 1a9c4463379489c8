package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Root directories for `--rootfs`.
final class Rootfs {
    /// Kept between runs: making it takes a minute or two.
    private static final Path DEBIAN = Path.of("/var/tmp/carafe-test-debian");

    private static final Path POSTGRESQL = Path.of("/var/tmp/carafe-test-postgresql");

    private Rootfs() {}

    /// A root with busybox and nothing else: no /proc, no /dev, no /etc/passwd.
    static Path busybox(Path directory) throws IOException {
        Files.createDirectories(directory.resolve("bin"));
        Files.createDirectories(directory.resolve("etc"));
        Files.createDirectories(directory.resolve("tmp"));
        assertThat(host("cp", "/bin/busybox", directory + "/bin/busybox").err()).isEmpty();
        assertThat(host("chroot", directory.toString(), "/bin/busybox", "--install", "/bin")
                        .err())
                .isEmpty();
        return Carafe.open(directory);
    }

    /// A real Debian, of this machine's release and from its mirror.
    static Path debian() {
        return made(DEBIAN, "");
    }

    /// The same with its PostgreSQL.
    static Path postgresql() {
        return made(POSTGRESQL, "--include=postgresql");
    }

    private static Path made(Path place, String options) {
        if (!Files.isDirectory(place)) {
            Run made = Carafe.shell("""
                    set -- $(apt-get indextargets --format '$(CODENAME) $(SITE)' 'Identifier: Packages' 'Origin: Debian' | head -1)
                    made=%1$s.$$; trap 'rm -rf $made' EXIT
                    timeout 300 mmdebstrap --quiet --variant=minbase %2$s $1 $made $2 2>&1 && mv $made %1$s
                    """.formatted(place, options), java.time.Duration.ofMinutes(6));
            assumeTrue(
                    made.code() == 0,
                    "no Debian to be had from the mirror: " + made.out().strip());
        }
        return place;
    }
}
