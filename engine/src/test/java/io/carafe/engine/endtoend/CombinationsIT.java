package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.carafe;
import static io.carafe.engine.endtoend.Carafe.run;
import static io.carafe.engine.endtoend.Carafe.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Options of one feature beside those of another: each row's box must show what all of them promise, and be
/// explained as a whole.
@EndToEnd
class CombinationsIT {
    private static final String USERS = "--uidmap 0:100000:65536";
    private static final Pattern NUMBER = Pattern.compile("(?m)^ {0,3}(\\d+)  (.*?)(  #.*)?$");

    @TempDir
    Path directory;

    /// @param options up to the image, with `{}` for the directory of [#files]
    /// @param out     what the script prints; it must not complain
    record Row(String options, String script, String out) {
        @Override
        public String toString() {
            return options;
        }

        boolean needsLandlock() {
            return options.contains("landlock");
        }

        String[] words(Path directory) {
            var words = new ArrayList<>(
                    List.of(options.replace("{}", directory.toString()).split(" ")));
            words.addAll(List.of("sh", "-c", script));
            return words.toArray(new String[0]);
        }
    }

    static List<Row> rows() {
        return List.of(
                new Row(
                        USERS + " --rootfs {}/top --rootfs {}/below --upper {}/kept -v {}/data:/data:O"
                                + " -v /dev/null:/dev/mine:dev -m 64m --pids-limit 50",
                        "id -u; cat /etc/which; echo new >/data/file; cat /data/file; echo x >/dev/mine; touch /mine",
                        "0\ntop\nnew\n"),
                new Row(
                        USERS + " --privileged host",
                        "id -u; mount -t tmpfs none /mnt && echo mounted; mknod /x c 1 3 2>&- || echo no device;"
                                + " (echo 1 >/proc/sys/vm/drop_caches) 2>&- || echo not the host",
                        "0\nmounted\nno device\nnot the host\n"),
                new Row(
                        USERS + " --security-opt landlock --read-only --tmpfs /tmp -v {}/data:/data host",
                        "touch /x 2>&- || echo read-only; touch /tmp/x && echo made; echo more >>/data/file && echo written;"
                                + " mount -t tmpfs none /mnt 2>&- || echo no mount",
                        "read-only\nmade\nwritten\nno mount\n"),
                new Row(
                        USERS + " --no-pivot --read-only --security-opt mask=/etc/passwd --sysctl net.core.somaxconn=77"
                                + " --ulimit nofile=64 -u 7:8 host",
                        "id -u; cat /etc/passwd; cat /proc/sys/net/core/somaxconn; ulimit -n; (: >/x) 2>&- || echo read-only",
                        "7\n77\n64\nread-only\n"),
                new Row(
                        USERS + " --network host --uts host --time-offset boottime=1000h --init=false host",
                        "echo $$; cut -d. -f1 /proc/uptime | grep -c '^3[6-9]......*'",
                        "1\n1\n"),
                new Row(
                        "--pid host -m 64m --cpus 0.5 --pids-limit 50 --read-only --cgroupns host host",
                        "[ $$ -gt 2 ] && echo shared; (: >/x) 2>&- || echo read-only;"
                                + " grep -c 'carafe-[0-9a-f]*$' /proc/self/cgroup >/dev/null && echo in its groups",
                        "shared\nread-only\nin its groups\n"),
                new Row(
                        "--pid host --privileged --no-pivot --memory 64m host",
                        "mount -t tmpfs none /mnt && echo mounted; kill -0 1 && echo root outside",
                        "mounted\nroot outside\n"),
                new Row(
                        "--privileged --security-opt landlock --device /dev/null:/dev/mine host",
                        "mount -t tmpfs none /mnt 2>&- || echo no mount; mknod /x c 1 3 2>&- || echo no device;"
                                + " echo x >/dev/mine && echo written",
                        "no mount\nno device\nwritten\n"),
                new Row(
                        "--cap-add MKNOD --device /dev/null:/dev/mine:r --upper {}/kept --rootfs {}/below",
                        "mknod /zero c 1 5 && head -c1 /zero | wc -c; mknod /disk b 7 0 2>&- || echo no disk; cat /dev/mine;"
                                + " rm /zero",
                        "1\nno disk\n"),
                new Row(
                        "--read-only -v {}/data:/mnt:ro --tmpfs /mnt/below -v {}/top:/mnt/over:O"
                                + " --security-opt mask=/mnt/file host",
                        "cat /mnt/file; touch /mnt/below/x && echo tmpfs; echo new >/mnt/over/etc/which && cat /mnt/over/etc/which;"
                                + " touch /mnt/x 2>&- || echo read-only",
                        "tmpfs\nnew\nread-only\n"),
                new Row(
                        "--scheduler batch --nice 5 --oom-score-adj 500 --umask 077 --group-add 9 -u 7:8 --cap-drop ALL"
                                + " --security-opt no-new-privileges --tmpfs /tmp:mode=1777 --cpus 0.5 host",
                        "id -G; cat /proc/self/oom_score_adj; touch /tmp/x; stat -c %a /tmp/x; cut -d' ' -f19,41 /proc/self/stat;"
                                + " grep -c '^Cap.*0000000000000000$' /proc/self/status",
                        "8 9\n500\n600\n5 3\n5\n"),
                new Row("-t " + USERS + " --security-opt landlock host", "tty", "/dev/pts/0\r\n"));
    }

    @BeforeEach
    void files() throws IOException {
        Carafe.open(directory);
        Path below = Rootfs.busybox(directory.resolve("below"));
        Files.writeString(below.resolve("etc/which"), "below\n");
        Path top = Files.createDirectories(directory.resolve("top/etc"));
        Files.writeString(top.resolve("which"), "top\n");
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(data.resolve("below"));
        Files.createDirectories(data.resolve("over"));
        Files.createDirectories(directory.resolve("kept"));
        Path file = Files.writeString(data.resolve("file"), "old\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setAttribute(file, "unix:uid", 100_000); // somebody whom a box with a user namespace has
        Files.setAttribute(file, "unix:gid", 100_000);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void eachHoldsBesideTheOthers(Row row) throws IOException {
        String[] words = row.words(directory);
        Run box = run(words);
        assumeFalse(row.needsLandlock() && box.err().contains("this kernel has none"), box.err());

        assertThat(box).isEqualTo(new Run(0, row.out(), ""));
        assertThat(Files.readString(directory.resolve("top/etc/which"))).isEqualTo("top\n");
        List<Integer> numbers = numbers(carafe(words("explain", words)).out());
        assertThat(numbers)
                .hasSizeGreaterThan(30)
                .isEqualTo(IntStream.rangeClosed(1, numbers.size()).boxed().toList());
    }

    private static List<Integer> numbers(String explained) {
        return NUMBER.matcher(explained)
                .results()
                .map(step -> Integer.valueOf(step.group(1)))
                .toList();
    }

    /// What one box keeps another one has, with a user namespace or without: the owners on disk are the same.
    @Test
    void whatIsKeptWithAUserNamespaceIsKeptWithoutOneToo() throws IOException {
        String kept = directory + "/kept";
        String below = directory + "/below";
        assertThat(run("--uidmap", "0:100000:65536", "--upper", kept, "--rootfs", below, "touch", "/mine"))
                .isEqualTo(new Run(0, "", ""));
        assertThat(Files.getAttribute(directory.resolve("kept/upper/mine"), "unix:uid"))
                .isEqualTo(0);
        assertThat(run("--upper", kept + ":volatile", "--rootfs", below, "stat", "-c", "%u", "/mine"))
                .isEqualTo(new Run(0, "0\n", ""));
        assertThat(run(
                        "--uidmap",
                        "0:100000:65536",
                        "--upper",
                        kept + ":volatile",
                        "--rootfs",
                        below,
                        "stat",
                        "-c",
                        "%u",
                        "/mine"))
                .isEqualTo(new Run(0, "0\n", ""));
    }

    @Test
    void aFailedStepHasTheNumberThatIsExplained() {
        String[] words = new Row(USERS + " -m 64m --pid host -v {}/data/file:/etc host", "true", "").words(directory);
        Run box = run(words);
        assertThat(box.code()).isEqualTo(125);
        String told = box.err().replaceFirst("(?s)carafe: step (\\d+, [^:]*): EINVAL.*", "$1");
        String explained = carafe(words("explain", words)).out();
        assertThat(NUMBER.matcher(explained)
                        .results()
                        .map(step -> step.group(1) + ", " + step.group(2).strip()))
                .contains(told);
    }
}
