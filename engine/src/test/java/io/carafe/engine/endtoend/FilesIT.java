package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `host` is copy-on-write: the box may change every file, and the host's never change.
@EndToEnd
class FilesIT {
    @Test
    void whatIsWrittenInsideIsThereInsideAndGoneAfterwards(@TempDir Path directory) {
        Path file = directory.resolve("file");
        assertThat(run("host", "sh", "-c", "echo kept >" + file + "; cat " + file))
                .isEqualTo(new Run(0, "kept\n", ""));
        assertThat(file).doesNotExist();
        assertThat(run("host", "ls", "-A", directory.toString())).isEqualTo(new Run(0, "", ""));
    }

    @Test
    void nothingDoneToTheHostsFilesReachesThem(@TempDir Path directory) throws Exception {
        for (String name :
                new String[] {"overwritten", "appended", "deleted", "renamed", "opened", "given", "linked"}) {
            Files.writeString(directory.resolve(name), name);
        }
        Files.createDirectories(directory.resolve("removed/with/all"));
        String before = fingerprint(directory);
        Run box = run("host", "sh", "-ec", "cd " + directory + """

                echo other >overwritten
                echo more >>appended
                rm deleted
                mv renamed elsewhere
                chmod 0777 opened
                chown 1:1 given
                ln linked another
                rm -r removed
                mkdir new
                touch -d 2001-01-01 .
                ls
                """);
        assertThat(box.err()).isEmpty();
        assertThat(box.out()).isEqualTo("another\nappended\nelsewhere\ngiven\nlinked\nnew\nopened\noverwritten\n");
        assertThat(fingerprint(directory)).isEqualTo(before);
    }

    @Test
    void evenTheSystemsOwnFilesCanBeDeletedInside() {
        String before = host("sha256sum", "/etc/passwd", "/etc/hostname").out();
        Run box = run(
                "host", "bash", "-c", "rm -rf --no-preserve-root /etc /usr/lib/apt 2>/dev/null; [ ! -e /etc/passwd ]");
        assertThat(box.code()).isZero();
        assertThat(host("sha256sum", "/etc/passwd", "/etc/hostname").out()).isEqualTo(before);
    }

    @Test
    void twoBoxesDoNotSeeEachOthersFiles(@TempDir Path directory) {
        Path file = directory.resolve("file");
        var first = Carafe.start(
                "run", "-i", "host", "sh", "-c", "echo 1 >" + file + "; echo written; read x; cat " + file);
        first.says("written");
        assertThat(run("host", "sh", "-c", "[ ! -e " + file + " ] && echo 2 >" + file)
                        .code())
                .isZero();
        assertThat(first.input("\n").finish().out()).isEqualTo("written\n1\n");
    }

    /// Names, types, modes, owners, times and contents.
    private static String fingerprint(Path directory) {
        return host(
                        "sh",
                        "-c",
                        "cd " + directory
                                + " && find . -printf '%p %y %m %U %G %n %T@ %C@\\n' | sort; find . -type f -exec sha256sum {} + | sort")
                .out();
    }
}
