package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `-u`, looked up in the box's own files.
@EndToEnd
class UserIT {
    private static final String IDS = "echo $(id -u) $(id -g) $(id -G) $HOME";

    @ParameterizedTest
    @CsvSource({
        "root, 0 0 0 /root",
        "0, 0 0 0 /root",
        "nobody, 65534 65534 65534 /nonexistent",
        "65534, 65534 65534 65534 /nonexistent",
        "daemon, 1 1 1 /usr/sbin",
        "daemon:audio, 1 29 29 /usr/sbin",
        "daemon:7, 1 7 7 /usr/sbin",
        "4321, 4321 0 0 /",
        "4321:1234, 4321 1234 1234 /",
    })
    void aUserIsNamedOrNumberedWithOrWithoutAGroup(String user, String ids) {
        assertThat(run("-u", user, "host", "sh", "-c", IDS)).isEqualTo(new Run(0, ids + "\n", ""));
    }

    @Test
    void supplementaryGroupsAreThoseOfTheBoxsOwnFiles(@TempDir Path directory) throws Exception {
        Files.writeString(directory.resolve("passwd"), "root:x:0:0::/root:/bin/sh\nme:x:1000:100::/home/me:/bin/sh\n");
        Files.writeString(
                directory.resolve("group"), "users:x:100:\naudio:x:29:you,me\nvideo:x:44:me\nother:x:50:you\n");
        Path root = Rootfs.busybox(directory.resolve("root"));
        Files.copy(directory.resolve("passwd"), root.resolve("etc/passwd"));
        Files.copy(directory.resolve("group"), root.resolve("etc/group"));
        assertThat(run("-u", "me", "--rootfs", root.toString(), "sh", "-c", IDS).out())
                .isEqualTo("1000 100 100 29 44 /home/me\n");
        assertThat(run("-u", "me:other", "--rootfs", root.toString(), "sh", "-c", IDS)
                        .out())
                .isEqualTo("1000 50 50 /home/me\n");
        assertThat(run("-u", "daemon", "--rootfs", root.toString(), "true"))
                .isEqualTo(new Run(
                        125, "", "carafe: --user: unable to find user daemon: no matching entries in passwd file\n"));
    }

    @Test
    void anOrdinaryUserHasNoCapabilityAndReadsNoSecret() {
        Run box = run(
                "-u",
                "nobody",
                "host",
                "sh",
                "-c",
                "grep -E 'Cap(Prm|Eff|Amb)' /proc/self/status | sort -u -k2; cat /etc/shadow");
        assertThat(box.out()).isEqualTo("CapPrm:\t0000000000000000\n");
        assertThat(box.err()).contains("Permission denied");
    }

    @Test
    void theUsersFilesOnTheHostAreWrittenAsThatUser(@TempDir Path directory) throws Exception {
        Carafe.host("chmod", "1777", directory.toString());
        assertThat(run("-u", "1234:2345", "-v", directory + ":/mnt", "host", "touch", "/mnt/file")
                        .code())
                .isZero();
        assertThat(Files.getAttribute(directory.resolve("file"), "unix:uid")).isEqualTo(1234);
        assertThat(Files.getAttribute(directory.resolve("file"), "unix:gid")).isEqualTo(2345);
    }
}
