package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import io.carafe.engine.endtoend.Carafe.Started;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Volumes: what is in them outlives its boxes, begins with what the image has, and leads nowhere else
/// (docs/volumes.md; docs/attacks.md 7, 18, 23).
@EndToEnd
class VolumeIT {
    @TempDir
    Path directory;

    private ImageStore store;

    @BeforeEach
    void image() throws IOException {
        Path root = Rootfs.busybox(directory.resolve("base"));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\nguest:x:1000:1000::/:/bin/sh\n");
        Path data = Files.createDirectories(root.resolve("var/data/sub"));
        Files.writeString(data.resolve("file"), "of the image\n");
        Files.createLink(data.resolve("linked"), data.resolve("file"));
        Files.createSymbolicLink(data.resolve("host"), Path.of("/etc/passwd"));
        Files.createSymbolicLink(root.resolve("data"), Path.of("/var/data")); // links on the way lead on in the image
        host("chown", "-R", "1000:1000", root + "/var/data");
        host("chmod", "2750", root + "/var/data");
        store = new ImageStore(directory.resolve("root"));
        store.image("docker.io/library/web:latest", "linux/amd64", "{\"Env\":[\"PATH=/bin\"]}", ImageStore.layer(root));
    }

    private Run sh(String options, String script) {
        var words = new ArrayList<>(List.of("--rm"));
        words.addAll(List.of(options.split(" ")));
        words.addAll(List.of("web", "sh", "-c", script));
        return store.run(words.toArray(String[]::new));
    }

    private Path files(String volume) {
        return directory.resolve("root/volumes").resolve(volume).resolve("_data");
    }

    @Test
    void whatABoxWritesTheNextOneHas() {
        assertThat(sh("-v keep:/keep", "echo one >/keep/a; sync").code()).isZero();
        assertThat(sh("-v keep:/srv/other:ro", "cat /srv/other/a; echo >/srv/other/b"))
                .isEqualTo(new Run(1, "one\n", "sh: can't create /srv/other/b: Read-only file system\n"));
        assertThat(sh("--mount type=volume,src=keep,dst=/k", "echo two >>/k/a; cat /k/a")
                        .out())
                .isEqualTo("one\ntwo\n");
        assertThat(store.carafe("volume", "ls").out()).isEqualTo("DRIVER   VOLUME NAME\nlocal    keep\n");
        assertThat(store.carafe("volume", "inspect", "-f", "{{.Mountpoint}}", "keep")
                        .line())
                .isEqualTo(files("keep").toString());
    }

    @Test
    void aNewOneBeginsWithWhatTheImageHas() throws IOException {
        String look = "stat -c '%u:%g %a' /var/data; cat /var/data/sub/linked; stat -c %h /var/data/sub/file;"
                + " readlink /var/data/sub/host; rm -r /var/data/sub; ls /var/data";
        assertThat(sh("-v new:/data", look).out()).isEqualTo("1000:1000 2750\nof the image\n2\n/etc/passwd\n");
        assertThat(sh("-v new:/data", "ls /var/data").out()).isEmpty(); // once and for all
        assertThat(sh("-v empty:/data:nocopy", "ls /data").out()).isEmpty();
        assertThat(sh("-v none:/nothing-there", "ls /nothing-there").code()).isZero();
        assertThat(sh("-v own:/x -v /data", "ls /data").out()).isEqualTo("sub\n");
        assertThat(store.carafe("volume", "ls", "-q").out().lines()).containsExactly("empty", "new", "none", "own");
    }

    @Test
    void boxesThatBeginAtOnceHaveItWhole() throws Exception {
        for (int round = 0; round < 5; round++) {
            String volume = "race" + round;
            var boxes = new ArrayList<Started>();
            for (int i = 0; i < 4; i++) {
                boxes.add(Carafe.started(
                        Map.of("CARAFE_DATA_ROOT", store.root.toString()),
                        Path.of("/"),
                        List.of(Carafe.words(
                                Carafe.PROGRAM.toString(),
                                "run",
                                "--rm",
                                "-v",
                                volume + ":/data",
                                "web",
                                "cat",
                                "/data/sub/file"))));
            }
            for (Started box : boxes) {
                assertThat(box.finish()).isEqualTo(new Run(0, "of the image\n", ""));
            }
        }
    }

    @Test
    void itIsNotTakenAwayWhileABoxHasIt() {
        Run run = store.shell("""
                mkfifo %1$s/hold
                %2$s run --rm --name holder -v used:/x -v %1$s:/d web sh -c 'echo in >/x/file; read a </d/hold; cat /x/file' &
                until [ -s %3$s/file ]; do sleep 0.02; done
                %2$s volume rm used
                %2$s volume prune -af
                echo go >%1$s/hold
                wait
                %2$s volume rm used
                """.formatted(directory, Carafe.PROGRAM, files("used")));
        assertThat(run.out()).isEqualTo("Total reclaimed space: 0B\nin\nused\n");
        assertThat(run.err()).isEqualTo("carafe: volume used is in use by holder\n");
        assertThat(store.carafe("volume", "rm", "used").code()).isEqualTo(1);
        assertThat(store.carafe("volume", "rm", "-f", "used").code()).isZero();
    }

    @Test
    void aPartOfItIsMountedAndNoLinkLeadsOut() throws IOException {
        assertThat(sh(
                                "-v parts:/p",
                                "mkdir -p /p/a/b; echo x >/p/a/b/c; ln -s /etc /p/out; ln -s / /p/a/up; ln -s a/b /p/short")
                        .code())
                .isZero();
        assertThat(sh("--mount src=parts,dst=/m,volume-subpath=a/b", "cat /m/c").out())
                .isEqualTo("x\n");
        assertThat(sh("--mount src=parts,dst=/m,volume-subpath=short/c", "cat /m")
                        .out())
                .isEqualTo("x\n");
        assertThat(sh("--mount src=parts,dst=/m,volume-subpath=a/up/a", "ls /m").out())
                .isEqualTo("b\nup\n");
        Run out = sh("--mount src=parts,dst=/m,volume-subpath=out", "cat /m/passwd");
        assertThat(out.code()).isEqualTo(125);
        assertThat(out.err()).contains("the volume has no out: a subpath has to be there");
        assertThat(sh("--mount src=parts,dst=/m,volume-subpath=a/../../etc", "true")
                        .err())
                .contains("leads out of the volume");
    }

    /// CVE-2017-1002101: a part is exchanged for a link to the host's files, again and again.
    @Test
    void aPartThatIsExchangedForALinkMeanwhileLeadsNowhereElse() throws Exception {
        assertThat(sh(
                                "-v race:/r",
                                "mkdir -p /r/part /r/etc; echo inside >/r/etc/hostname; echo inside >/r/part/hostname")
                        .code())
                .isZero();
        Path part = files("race").resolve("part");
        Path link = files("race").resolve("link");
        Files.createSymbolicLink(link, Path.of("/etc"));
        var swaps = Thread.ofPlatform().daemon().start(() -> {
            Path spare = files("race").resolve("spare");
            try {
                while (!Thread.interrupted()) {
                    Files.move(part, spare);
                    Files.move(link, part);
                    Files.move(part, link);
                    Files.move(spare, part);
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        for (int i = 0; i < 40; i++) {
            Run run = sh("--mount src=race,dst=/m,volume-subpath=part", "cat /m/hostname");
            assertThat(run.code()).as(run.err()).isIn(0, 125); // for a moment there is none
            assertThat(run.out()).isIn("inside\n", "");
        }
        swaps.interrupt();
        swaps.join(Duration.ofSeconds(10));
    }

    @Test
    void itsFilesBelongToTheSameInEveryBox() throws IOException {
        assertThat(sh("-v mine:/m --uidmap 0:200000:65536", "touch /m/root; touch /m/guest; chown 1000 /m/guest")
                        .code())
                .isZero();
        assertThat(Files.getAttribute(files("mine").resolve("root"), "unix:uid"))
                .isEqualTo(0);
        assertThat(Files.getAttribute(files("mine").resolve("guest"), "unix:uid"))
                .isEqualTo(1000);
        assertThat(sh("-v mine:/m --uidmap 0:300000:65536", "stat -c %u /m/root /m/guest")
                        .out())
                .isEqualTo("0\n1000\n");
        assertThat(sh("-v mine:/m", "stat -c %u /m/root /m/guest").out()).isEqualTo("0\n1000\n");
    }

    @Test
    void itIsGivenToTheProgramsUser() throws IOException {
        assertThat(sh("-v given:/g", "mkdir /g/a; touch /g/a/b; ln -s /etc/passwd /g/l")
                        .code())
                .isZero();
        assertThat(sh("-v given:/g:U -u guest", "touch /g/a/new; stat -c %u /g /g/a/b")
                        .out())
                .isEqualTo("1000\n1000\n");
        assertThat(Files.getAttribute(Path.of("/etc/passwd"), "unix:uid")).isEqualTo(0);
        assertThat(sh("-v given:/g:U -u guest --uidmap 0:300000:65536", "touch /g/a/newer; stat -c %u /g /g/a/b")
                        .out())
                .isEqualTo("1000\n1000\n");
        assertThat(Files.getAttribute(files("given").resolve("a/b"), "unix:uid"))
                .isEqualTo(301000);
    }

    @Test
    void aFileSystemThatCanNotShowOtherOwnersIsNamed() {
        Run run = Carafe.shell("""
                unshare -m sh -c 'mkdir %1$s/l %1$s/u %1$s/w %1$s/o
                mount -t overlay overlay -o lowerdir=%1$s/l,upperdir=%1$s/u,workdir=%1$s/w %1$s/o
                %2$s volume create -o o=bind -o device=%1$s/o far
                CARAFE_DAEMON=off %2$s run --uidmap 0:200000:65536 -v far:/x host true
                CARAFE_DAEMON=off %2$s run --uidmap 0:200000:65536 -v far:/x:U host touch /x/a && stat -c ok %1$s/o/a'
                """.formatted(directory, "CARAFE_DATA_ROOT=" + store.root + " " + Carafe.PROGRAM));
        assertThat(run.err()).contains("this file system can't show its files with other owners");
        assertThat(run.out()).isEqualTo("far\nok\n");
    }

    @Test
    void anOrdinaryUsersHasTheUsersOwnFiles() {
        Run run = OrdinaryUser.withRanges().shell("""
                export CARAFE_DATA_ROOT=$XDG_RUNTIME_DIR/data
                $carafe volume create data
                $carafe run -v data:/d host sh -c 'echo a >/d/root; touch /d/other; chown 7:8 /d/other'
                $carafe run -v data:/d:U -u 7:8 host stat -c '%u:%g' /d/root /d/other
                $carafe run -v data:/d:ro host touch /d/x || echo read-only
                $carafe volume export data | tar -t
                $carafe volume rm data
                """);
        assertThat(run.out()).isEqualTo("data\n7:8\n7:8\nread-only\n./\nother\nroot\ndata\n");
    }

    @Test
    void itsFilesGoToAnotherAsATarFile() throws IOException {
        assertThat(sh("-v from:/f", "mkdir /f/a; echo x >/f/a/b; chown 5:6 /f/a/b; chmod 4750 /f/a/b")
                        .code())
                .isZero();
        Run run = store.shell("""
                %1$s volume create to
                %1$s volume export from | gzip | %1$s volume import to -
                %1$s volume export -o %2$s/from.tar from
                %1$s volume import to %2$s/from.tar
                %1$s volume import to %2$s/nothing
                """.formatted(Carafe.PROGRAM, directory));
        assertThat(run.out()).isEqualTo("to\n");
        assertThat(run.err()).isEqualTo("carafe: import " + directory + "/nothing: no such file\n");
        Path copy = files("to").resolve("a/b");
        assertThat(copy).hasContent("x");
        assertThat(Files.getAttribute(copy, "unix:uid")).isEqualTo(5);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rwxr-x---");
    }

    @Test
    void explainingOneMakesNone() {
        Run run = store.carafe("explain", "-v", "later:/x:ro,U", "web", "true");
        assertThat(run.out())
                .contains(
                        "lock directory " + directory + "/root/volumes/later with others",
                        "clone mount " + files("later") + " and all below it",
                        "give all of mount to user 0, group 0");
        assertThat(store.carafe("volume", "ls", "-q").out()).isEmpty();
    }

    @Test
    void whichAreMeant() {
        store.shell("""
                %1$s volume create --label team=a one
                %1$s volume create --label team=b two
                %1$s volume create
                """.formatted(Carafe.PROGRAM));
        assertThat(store.carafe("volume", "ls", "-q", "--filter", "label=team=b")
                        .out())
                .isEqualTo("two\n");
        assertThat(store.carafe("volume", "ls", "-q", "--filter", "name=wo").out())
                .isEqualTo("two\n");
        assertThat(store.carafe("volume", "ls", "--format", "{{.Name}} {{.Labels}}", "--filter", "label=team")
                        .out())
                .isEqualTo("one team=a\ntwo team=b\n");
        assertThat(store.carafe("volume", "prune", "-f").out().lines()).hasSize(4); // one of them is it
        assertThat(store.carafe("volume", "prune", "-af", "--filter", "label!=team=a")
                        .out())
                .isEqualTo("Deleted Volumes:\ntwo\n\nTotal reclaimed space: 0B\n");
        assertThat(store.carafe("volume", "rm", "../../images").err())
                .isEqualTo("carafe: volume ../../images does not exist\n");
        assertThat(store.carafe("volume", "create", "a/b").err()).contains("no volume can be called 'a/b'");
        assertThat(store.carafe("volume", "mend").err())
                .contains("'mend' is not a carafe volume command; there are create, ls, inspect, rm");
    }
}
