package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `carafe run IMAGE`: what an image says of its boxes, and that it can say no more (docs/attacks.md 22, 26, 27).
@EndToEnd
class ImageRunIT {
    private static final String AMD64 = "linux/amd64";
    private static final String CONFIG = """
            {"Entrypoint":["/bin/echo","entry"],"Cmd":["cmd"],"Env":["PATH=/bin","A=image","NOT_A_VARIABLE"],
             "WorkingDir":"/work/dir","User":"guest","Volumes":{"/data":{},"/../../new":{}},
             "ExposedPorts":{"80/tcp":{}},"StopSignal":"SIGQUIT",
             "Labels":{"carafe.privileged":"true","containerd.io/restart.logpath":"binary:///bin/sh"}}""";

    @TempDir
    Path directory;

    private Path base;
    private Path changes;
    private ImageStore store;

    @BeforeEach
    void image() throws IOException {
        Path root = Rootfs.busybox(directory.resolve("base"));
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0::/root:/bin/sh\nguest:x:1000:1000::/:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "guest:x:1000:\nothers:x:2000:guest\n");
        Files.createDirectories(root.resolve("data"));
        Files.writeString(root.resolve("data/file"), "of the image\n");
        Files.createDirectories(root.resolve("opaque/below"));
        Files.createFile(root.resolve("below-only"));
        host("chown", "-R", "1001:1001", root + "/data");
        base = ImageStore.layer(root);
        Path upper = Files.createDirectories(directory.resolve("changes"));
        Files.createDirectories(upper.resolve("etc"));
        Files.writeString(upper.resolve("etc/passwd"), "guest:x:1001:1001::/home/guest:/bin/sh\n");
        Files.createFile(upper.resolve("etc/.wh.group"));
        Files.createFile(upper.resolve(".wh.below-only"));
        Files.createDirectories(upper.resolve("opaque"));
        Files.createFile(upper.resolve("opaque/.wh..wh..opq"));
        changes = ImageStore.layer(upper);
        store = new ImageStore(directory.resolve("data root"));
        store.image("docker.io/library/web:latest", AMD64, CONFIG, base, changes, base, changes);
    }

    @Test
    void theImageSaysWhatRunsAndHow() {
        assertThat(store.run("web")).isEqualTo(new Run(0, "entry cmd\n", ""));
        assertThat(store.run("web", "a", "b").out()).isEqualTo("entry a b\n");
        assertThat(store.run("--entrypoint", "/bin/pwd", "docker.io/library/web:latest")
                        .out())
                .isEqualTo("/work/dir\n");
        assertThat(store.run("--entrypoint", "", "web", "/bin/echo", "alone").out())
                .isEqualTo("alone\n");
        assertThat(store.run("--entrypoint", "", "web").err()).contains("no command specified");
    }

    @Test
    void itsUserIsLookedUpInAllItsLayers() {
        assertThat(store.run("--entrypoint", "id", "web").line()).isEqualTo("uid=1001(guest) gid=1001");
        assertThat(store.run("-u", "0", "--entrypoint", "id", "web").line()).isEqualTo("uid=0 gid=0");
        assertThat(store.run("-u", "guest:others", "web").err()).contains("unable to find group others");
        assertThat(store.run("--entrypoint", "ls", "web", "/opaque", "/below-only")
                        .out())
                .isEqualTo("/opaque:\n");
    }

    @Test
    void itsEnvironmentLiesBelowTheCallers() {
        assertThat(store.run("-e", "B=caller", "--entrypoint", "env", "web")
                        .out()
                        .lines())
                .contains("A=image", "B=caller", "PATH=/bin", "HOME=/home/guest")
                .doesNotContain("NOT_A_VARIABLE");
        assertThat(store.run("-e", "A=caller", "--entrypoint", "env", "web")
                        .out()
                        .lines())
                .contains("A=caller");
    }

    @Test
    void aVolumeIsInTheBoxAndBeginsWithWhatTheImageHas() {
        Run run = store.run(
                "--read-only",
                "--entrypoint",
                "sh",
                "web",
                "-c",
                "cat /data/file; echo x >/data/new && cat /data/new; stat -c %u /data; ls -d /new; touch /x");
        assertThat(run.out()).isEqualTo("of the image\nx\n1001\n/new\n");
        assertThat(run.err()).contains("Read-only file system");
        assertThat(Path.of("/new")).doesNotExist();
        assertThat(store.run("-v", directory + ":/data", "-u", "0", "--entrypoint", "ls", "web", "/data")
                        .out())
                .contains("base.tar");
    }

    @Test
    void aVolumeOverProcIsRefused() throws IOException {
        store.image("localhost/evil:1", AMD64, "{\"Cmd\":[\"/bin/true\"],\"Volumes\":{\"/proc/sys\":{}}}", base);
        assertThat(store.run("localhost/evil:1").err()).contains("it wants a volume at /proc/sys");
    }

    /// A working directory is made inside the root, wherever links in the image lead.
    @Test
    void aWorkingDirectoryThroughALinkStaysInside() throws IOException {
        Path links = Files.createDirectories(directory.resolve("links"));
        Files.createSymbolicLink(links.resolve("out"), Path.of("../../.." + directory));
        store.image(
                "localhost/links:1",
                AMD64,
                "{\"Cmd\":[\"/bin/pwd\"],\"WorkingDir\":\"/out/escaped\"}",
                base,
                ImageStore.layer(links));
        assertThat(store.run("localhost/links:1").code()).isEqualTo(125);
        assertThat(directory.resolve("escaped")).doesNotExist();
    }

    @Test
    void labelsMeanNothing() throws IOException {
        String labels = ",\"Labels\":{\"carafe.privileged\":\"true\",\"io.carafe.mount\":\"/:/host\"}";
        store.image("localhost/plain:1", AMD64, "{\"Cmd\":[\"/bin/true\"]}", base);
        store.image("localhost/labelled:1", AMD64, "{\"Cmd\":[\"/bin/true\"]" + labels + "}", base);
        String plain = store.carafe("explain", "--network", "none", "-h", "box", "localhost/plain:1")
                .out();
        String labelled = store.carafe("explain", "--network", "none", "-h", "box", "localhost/labelled:1")
                .out();
        String id = "carafe-[0-9a-f]{16}";
        assertThat(labelled.replaceAll(id, "ID")).isEqualTo(plain.replaceAll(id, "ID"));
    }

    @Test
    void layersStayWhileABoxRuns() {
        Run run = store.shell("""
                exec 3< <("$carafe" run --entrypoint sh web -c 'echo up; sleep 1000' & echo $!)
                read pid <&3; read up <&3
                cd "$CARAFE_DATA_ROOT/layers/sha256"
                for layer in *; do flock -n -x $layer true && echo "$layer can go"; done
                kill $pid
                for layer in *; do flock -w 10 -x $layer true || echo "$layer is still held"; done
                """);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aUserNamespaceTakesTheLayersAlong() {
        assertThat(store.run(
                                "--uidmap",
                                "0:100000:65536",
                                "--entrypoint",
                                "sh",
                                "web",
                                "-c",
                                "id -u; stat -c %u /bin/busybox /data; cat /proc/self/uid_map")
                        .out())
                .startsWith("1001\n0\n1001\n")
                .contains("100000");
    }

    @Test
    void anOrdinaryUserHasImagesToo() throws IOException {
        host("chown", "-R", OrdinaryUser.UID + ":" + OrdinaryUser.UID, store.root.toString());
        Carafe.open(directory);
        Run run = OrdinaryUser.withRanges()
                .shell("export CARAFE_DATA_ROOT='" + store.root
                        + "'; $carafe run web; $carafe run --entrypoint sh web -c"
                        + " 'id -u; stat -c %u /bin/busybox /data; ls /opaque; echo x >/data/y && cat /data/y'");
        assertThat(run.out()).as(run.err()).isEqualTo("entry cmd\n1001\n0\n1001\nx\n");
    }

    @Test
    void fortyLayersAreAsGoodAsOne() throws IOException {
        var layers = new ArrayList<>(List.of(base));
        for (int i = 1; i < 40; i++) {
            Path layer = Files.createDirectories(directory.resolve("layer" + i));
            Files.writeString(layer.resolve("only-" + i), i + "\n");
            Files.writeString(layer.resolve("which"), i + "\n");
            layers.add(ImageStore.layer(layer));
        }
        store.image("localhost/forty:1", AMD64, "{\"Cmd\":[\"/bin/cat\",\"/which\"]}", layers.toArray(new Path[0]));
        assertThat(store.run("localhost/forty:1")).isEqualTo(new Run(0, "39\n", ""));
        assertThat(store.run("localhost/forty:1", "sh", "-c", "ls / | grep -c ^only")
                        .out())
                .isEqualTo("39\n");
    }

    @Test
    void whatIsNotThereIsSaidAndHowToGetIt() throws IOException {
        Run never = store.run("--pull", "never", "nosuch", "true");
        assertThat(never.code()).isEqualTo(125);
        assertThat(never.err()).contains("unable to find image 'nosuch'", "carafe pull nosuch");
        store.image("docker.io/library/host:latest", AMD64, "{\"Cmd\":[\"/bin/ls\",\"/\"]}", base);
        assertThat(store.run("docker.io/library/host").out().lines()).contains("below-only");
        store.image("localhost/empty:1", AMD64, "{\"Cmd\":[\"/bin/true\"]}");
        assertThat(store.run("localhost/empty:1").err()).contains("has no layers");
        assertThat(store.run("--pull=never", "--platform=linux/arm64", "web").err())
                .contains("unable to find image 'web' for linux/arm64");
    }
}
