package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Images go to others and come back: skopeo, umoci, Podman and Docker read what we write, and we what they write. The
/// same image has the same digest everywhere.
@EndToEnd
class ArchiveIT {
    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final String PROLOGUE = """
            set -e
            cd $dir
            export CARAFE_DATA_ROOT=$dir/data
            digest() { skopeo inspect --raw $1 | sha256sum | cut -d ' ' -f 1; }
            """;

    @TempDir
    static Path made;

    @TempDir
    Path directory;

    /// `layout` is a layout of umoci's with an image `box` of two layers.
    @BeforeAll
    static void makeAnImage() throws IOException {
        for (String program : new String[] {"skopeo", "umoci", "busybox"}) {
            assumeTrue(
                    Stream.of("/usr/sbin", "/usr/bin", "/bin").anyMatch(d -> Files.isExecutable(Path.of(d, program))),
                    "needs " + program);
        }
        Rootfs.busybox(made.resolve("files"));
        get(made, """
                umoci init --layout layout
                umoci new --image layout:box
                umoci unpack --image layout:box box >/dev/null
                cp -a files/. box/rootfs
                umoci repack --refresh-bundle --image layout:box box >/dev/null
                echo more >box/rootfs/etc/more
                rm box/rootfs/bin/vi
                umoci repack --image layout:box box >/dev/null
                umoci config --image layout:box --config.cmd /bin/cat --config.cmd /etc/more --config.env A=b
                """);
    }

    @BeforeEach
    void takeIt() {
        get("cp -a " + made + "/layout .");
    }

    private static Run run(Path where, String script) {
        return Carafe.started(Map.of("dir", where.toString()), where, List.of("bash", "-c", PROLOGUE + script))
                .finish(DEADLINE);
    }

    private static String get(Path where, String script) {
        Run run = run(where, script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    private Run run(String script) {
        return run(directory, script);
    }

    private String get(String script) {
        return get(directory, script);
    }

    @Test
    void skopeoReadsTheStoreItself() {
        get("""
                skopeo copy -q oci:layout:box oci-archive:box.tar:docker.io/team/box:1
                [ "$($carafe load -i box.tar)" = 'Loaded image: team/box:1' ]
                [ $(digest oci:layout:box) = $(digest oci:data/images:docker.io/team/box:1) ]
                skopeo copy -q oci:data/images:docker.io/team/box:1 dir:copy
                [ $(digest oci:layout:box) = $(sha256sum <copy/manifest.json | cut -d ' ' -f 1) ]
                """);
    }

    @Test
    void whatWeSaveSkopeoReadsAndWeReadAgain() {
        get("""
                skopeo copy -q oci:layout:box oci-archive:box.tar:docker.io/team/box:1
                $carafe load -q <box.tar
                $carafe save --format oci-archive team/box:1 >oci.tar
                $carafe save -o docker.tar team/box:1
                $carafe save -o again.tar team/box:1
                cmp docker.tar again.tar
                [ $(digest oci:layout:box) = $(digest oci-archive:oci.tar) ]
                skopeo inspect docker-archive:docker.tar:docker.io/team/box:1 >/dev/null
                id=$($carafe images -q --no-trunc team/box:1)
                [ $(skopeo inspect --config --raw docker-archive:docker.tar | sha256sum | cut -d ' ' -f 1) = ${id#sha256:} ]
                for form in oci docker; do
                    rm -r data
                    [ "$($carafe load -i $form.tar)" = 'Loaded image: team/box:1' ]
                    [ $(digest oci:layout:box) = $(digest oci:data/images:docker.io/team/box:1) ]
                done
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gzip", "zstd"})
    void whatSkopeoSavesForDockerIsLoaded(String compression) {
        get("""
                skopeo copy -q oci:layout:box docker-archive:box.tar:team/box:1
                archive=box.tar
                if [ -n '%1$s' ]; then
                    %1$s -q box.tar -c >box.tar.compressed
                    archive=box.tar.compressed
                fi
                [ "$($carafe load -i $archive)" = 'Loaded image: team/box:1' ]
                [ "$($carafe inspect -f '{{.Config.Cmd}} {{.Config.Env}} {{len .RootFS.Layers}}' team/box:1)" = \\
                    '[/bin/cat /etc/more] [A=b] 2' ]
                """.formatted(compression));
    }

    @Test
    void dockersOldReadersGetZstdLayersUncompressed() {
        get("""
                skopeo copy -q --dest-compress-format zstd --dest-oci-accept-uncompressed-layers=false \\
                    oci:layout:box dir:zstd || skopeo copy -q --dest-compress --dest-compress-format zstd oci:layout:box dir:zstd
                skopeo copy -q dir:zstd oci-archive:box.tar:docker.io/team/box:1
                $carafe load -q -i box.tar
                $carafe save -o docker.tar team/box:1
                skopeo copy -q docker-archive:docker.tar oci:back:box
                [ "$(skopeo inspect --config oci:back:box | tr -d ' \\n' | grep -o diff_ids[^]]*)" = \\
                    "$(skopeo inspect --config oci:layout:box | tr -d ' \\n' | grep -o diff_ids[^]]*)" ]
                """);
    }

    @Test
    void severalPlatformsAreKept() {
        get("""
                umoci config --image layout:box --architecture arm64 --tag arm
                amd64=$(digest oci:layout:box) arm64=$(digest oci:layout:arm)
                entry() {
                    printf '{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%s","size":%s,' \\
                        $1 $(stat -c %s layout/blobs/sha256/$1)
                    printf '"platform":{"os":"linux","architecture":"%s"}}' $2
                }
                type=application/vnd.oci.image.index.v1+json
                printf '{"schemaVersion":2,"mediaType":"%s","manifests":[%s,%s]}' $type \\
                    "$(entry $amd64 amd64)" "$(entry $arm64 arm64)" >index
                both=$(sha256sum <index | cut -d ' ' -f 1)
                cp index layout/blobs/sha256/$both
                printf '{"schemaVersion":2,"manifests":[{"mediaType":"%s","digest":"sha256:%s","size":%s,%s}]}' $type $both \\
                    $(stat -c %s index) '"annotations":{"org.opencontainers.image.ref.name":"example.com/both:1"}' >layout/index.json
                tar -C layout -c . | $carafe load
                [ "$($carafe inspect -f '{{.Architecture}}' example.com/both:1)" = amd64 ]
                [ "$($carafe inspect --platform linux/arm64 -f '{{.Architecture}}' example.com/both:1)" = arm64 ]
                $carafe save -o saved.tar example.com/both:1
                rm -r data
                $carafe load -qi saved.tar
                [ "$($carafe inspect --platform linux/arm64 -f '{{.Architecture}}' example.com/both:1)" = arm64 ]
                [ $both = $(digest oci:data/images:example.com/both:1) ]
                $carafe save --platform arm64 -o arm64.tar example.com/both:1
                [ $(digest oci-archive:arm64.tar) = $arm64 ]
                """);
    }

    @Test
    void podmanReadsOursAndWeReadPodmans() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/podman")), "needs podman");
        get("""
                pod() { podman --root $dir/podman --runroot $dir/run --storage-driver vfs "$@"; }
                trap 'pod system reset -f >/dev/null 2>&1 || true' EXIT
                skopeo copy -q oci:layout:box oci-archive:box.tar:docker.io/team/box:1
                $carafe load -qi box.tar
                id=$($carafe images -q --no-trunc team/box:1)
                for form in docker oci; do
                    $carafe save --format $form-archive -o $form.tar team/box:1
                    pod load -qi $form.tar >/dev/null
                    [ $(pod images -q --no-trunc docker.io/team/box:1) = $id ]
                    pod save -q --format $form-archive -o podman-$form.tar docker.io/team/box:1
                    pod rmi docker.io/team/box:1 >/dev/null
                done
                for form in docker oci; do
                    $carafe rmi -f $id >/dev/null
                    [ "$($carafe load -i podman-$form.tar)" = 'Loaded image: team/box:1' ]
                    [ $($carafe images -q --no-trunc team/box:1) = $id ]
                done
                """);
    }

    @Test
    void dockerReadsOursAndWeReadDockers() {
        Machine machine = Machine.with("dockerd", "docker", "containerd", "iptables", "tini", "busybox");
        try (machine) {
            DockerDaemon.start(machine, "");
            String prologue = "export carafe=" + Carafe.PROGRAM
                    + " CARAFE_DAEMON=off CARAFE_DATA_ROOT=$dir/data; set -e;" + " cd " + directory + "\n";
            machine.get(prologue + """
                    skopeo copy -q oci:layout:box oci-archive:box.tar:docker.io/team/box:1
                    $carafe load -qi box.tar
                    id=$($carafe images -q --no-trunc team/box:1)
                    $carafe save team/box:1 | docker load
                    [ $(docker images -q --no-trunc team/box:1) = $id ]
                    [ $(docker run --rm --network none team/box:1) = more ]
                    docker save -o docker.tar team/box:1
                    $carafe rmi team/box:1
                    [ "$($carafe load -i docker.tar)" = 'Loaded image: team/box:1' ]
                    [ $($carafe images -q --no-trunc team/box:1) = $id ]
                    """);
        }
    }

    @Test
    void whatIsNoArchiveIsRefusedAndLeavesNothing() {
        Run run = run("head -c 100000 /dev/urandom | $carafe load");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).startsWith("carafe: load from standard input: it is no tar file");
        assertThat(run("mkdir empty; tar -C empty -c . | $carafe load").err())
                .contains("the archive has neither an index.json nor a manifest.json");
        assertThat(run("""
                skopeo copy -q oci:layout:box oci-archive:box.tar:docker.io/team/box:1
                head -c 300000 box.tar | $carafe load
                """).err()).contains("it is cut");
        assertThat(get("$carafe images -q; $carafe prune -f >/dev/null; find data/images/*/ -type f"))
                .isEmpty();
    }

    @Test
    void anArchiveThatIsNotWrittenLeavesNoFile() {
        Run run = run("$carafe save -o saved.tar nothing");
        assertThat(run.err()).isEqualTo("carafe: image nothing does not exist\n");
        assertThat(get("ls -A | grep saved || true")).isEmpty();
    }
}
