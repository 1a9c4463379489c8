package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images become files and files images.
@EndToEnd
class ImageFilesIT {
    @TempDir
    Path directory;

    /// The image `base` has busybox.
    @BeforeEach
    void importAnImage() throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "needs busybox");
        Rootfs.busybox(directory.resolve("files"));
        get("""
                echo here >files/etc/here
                mkdir files/etc/dir
                echo inner >files/etc/dir/inner
                tar -C files -c . | $carafe import -c 'CMD ["cat", "/etc/here"]' -c 'ENV PATH=/bin' - base
                """);
    }

    private Run run(String script) {
        String prologue = "set -e; cd $dir; export CARAFE_DATA_ROOT=$dir/data\n";
        return Carafe.started(Map.of("dir", directory.toString()), directory, List.of("bash", "-c", prologue + script))
                .finish();
    }

    private String get(String script) {
        Run run = run(script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    @Test
    void whatIsImportedRuns() {
        assertThat(get("$carafe run --rm base")).isEqualTo("here");
        assertThat(get("gzip -c <(tar -C files -c .) >files.tar.gz; $carafe import --compression gzip files.tar.gz;"
                        + " $carafe images --filter dangling=true -q | wc -l"))
                .endsWith("\n1");
    }

    @Test
    void whatIsExportedIsWhatABoxSees() {
        get("""
                mkdir out
                $carafe export base | tar -C out -x
                diff -r files out
                $carafe export -o out.tar base
                $carafe import out.tar again
                [ -z "$($carafe diff base again)" ]
                """);
    }

    @Test
    void whatABoxHasChangedBecomesAnImage() {
        String script = """
                mkdir kept
                $carafe run --rm --upper $dir/kept base sh -c \\
                    'echo new >/etc/new; rm -r /etc/dir; echo other >/etc/here; ln /etc/new /etc/link'
                """;
        get(script);
        assertThat(
                        get(
                                "$carafe diff --from base kept | grep -v -E ' /(proc|sys|dev|etc/(hosts|hostname|resolv.conf))$'"))
                .isEqualTo("C /etc\nD /etc/dir\nC /etc/here\nA /etc/link\nA /etc/new");
        String commit = "SOURCE_DATE_EPOCH=1700000000 $carafe commit --from base -m why -a me kept ";
        String id = get(commit + "next");
        assertThat(get(commit + "same"))
                .as("the same changes make the same image")
                .isEqualTo(id);
        assertThat(get("$carafe run --rm next")).isEqualTo("other");
        assertThat(get("$carafe run --rm next sh -c 'cat /etc/new; ls /etc/dir; stat -c %h /etc/link' 2>&1 || true"))
                .startsWith("new\n")
                .contains("No such file", "\n2"); // two streams of a container come in any order
        assertThat(get("$carafe diff next | grep dir")).isEqualTo("D /etc/dir");
        assertThat(get("$carafe diff base next | grep -E 'dir|here|new'"))
                .isEqualTo("D /etc/dir\nC /etc/here\nA /etc/new");
        assertThat(get("$carafe history --format '{{.CreatedBy}} {{.Comment}}' next | head -1"))
                .isEqualTo("carafe commit why");
        assertThat(get("$carafe inspect -f '{{.Config.Env}} {{.Author}} {{.Created}}' next"))
                .isEqualTo("[PATH=/bin] me 2023-11-14T22:13:20Z");
    }

    @Test
    void whatIsNoTarFileBecomesNoImage() {
        Run run = run("head -c 5000 /dev/urandom | $carafe import - rubbish");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).startsWith("carafe: unpack layer sha256:");
        assertThat(get("$carafe images -q rubbish; $carafe prune -f")).isNotEqualTo("Total reclaimed space: 0B");
        assertThat(run("$carafe import -c 'RUN rm' - x </dev/null").err())
                .contains("it begins with one of CMD, ENTRYPOINT, ENV");
    }

    @Test
    void aTarFileThatLeadsOutIsRefused() {
        Run run = run("echo evil >evil; tar -c --transform 's,^evil,../../evil,' -P evil | $carafe import - bad");
        assertThat(run.code()).isEqualTo(125);
        assertThat(run.err()).contains("../../evil");
    }

    @Test
    void anOrdinaryUserHasImagesOfHisOwn() {
        Carafe.open(directory);
        get("$carafe save -o $dir/base.tar base; chmod 644 base.tar");
        Run run = OrdinaryUser.withRanges().shell("""
                set -e; cd /; export CARAFE_DATA_ROOT=$XDG_RUNTIME_DIR/data
                $carafe load -i %1$s/base.tar
                $carafe images --format '{{.Repository}} {{.Size}}'
                $carafe export base | tar -t | grep etc/here
                $carafe diff base | grep etc/here
                $carafe rmi base >/dev/null
                $carafe df --format '{{.Type}} {{.TotalCount}}'
                find $CARAFE_DATA_ROOT -path '*blobs/sha256/*'
                """.formatted(directory));
        assertThat(run.out()).as(run.toString()).startsWith("Loaded image: base:latest\nbase ");
        assertThat(run.out())
                .endsWith(
                        "\netc/here\nA /etc/here\nImages 0\nContainers 0\nLocal Volumes 0\nUnpacked layers 0\nBlobs 0\nDownloads 0\n");
    }
}
