package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An image's files on the host, without a box.
@EndToEnd
class ImageMountIT {
    private static final String AMD64 = "linux/amd64";

    @TempDir
    Path directory;

    private ImageStore store;
    private Path[] layers;

    /// The image `one` has one layer; `many` has 40, of which each says its number, the second hides a file and the
    /// third replaces a directory.
    @BeforeEach
    void makeImages() throws IOException {
        store = new ImageStore(directory.resolve("data"));
        layers = new Path[40];
        for (int i = 0; i < layers.length; i++) {
            Path files = Files.createDirectories(directory.resolve("layer" + i));
            Files.writeString(files.resolve("which"), i + "\n");
            Files.writeString(files.resolve("of" + i), i + "\n");
            layers[i] = files;
        }
        Files.writeString(layers[0].resolve("gone"), "here\n");
        Files.writeString(layers[1].resolve(".wh.gone"), "");
        Files.writeString(Files.createDirectory(layers[0].resolve("dir")).resolve("old"), "old\n");
        Files.writeString(Files.createDirectory(layers[2].resolve("dir")).resolve(".wh..wh..opq"), "");
        Files.writeString(layers[2].resolve("dir/new"), "new\n");
        for (int i = 0; i < layers.length; i++) {
            layers[i] = ImageStore.layer(layers[i]);
        }
        store.image("localhost/one:1", AMD64, "{}", layers[0]).image("localhost/many:1", AMD64, "{}", layers);
    }

    @AfterEach
    void unmountWhatAFailureLeft() {
        store.carafe("image", "unmount", "-a", "-f");
    }

    private String get(String script) {
        Run run = store.shell("set -e\n" + script);
        assertThat(run.code()).as(run.toString()).isZero();
        return run.line();
    }

    private List<Path> left() throws IOException {
        try (var files = Files.list(store.root.resolve("mounts"))) {
            return files.toList();
        }
    }

    @Test
    void theFilesAreThereAndStayAsTheyAre() throws IOException {
        assertThat(get("""
                m=$($carafe image mount localhost/many:1)
                cat $m/which $m/of0 $m/of39
                [ ! -e $m/gone ]
                ls $m/dir
                ! touch $m/new 2>&1
                stat -c %%a ${m%%/*}
                findmnt -n -o VFS-OPTIONS $m
                [ "$($carafe image mount localhost/many:1)" = $m ]
                [ $(grep -c " $m " /proc/self/mountinfo) = 1 ]
                """.replace("%%", "%")))
                .matches("(?s)39\n0\n39\nnew\ntouch: .*Read-only file system\n700\nro,nosuid,nodev.*");
        assertThat(get("""
                m=$($carafe image mount localhost/one:1)
                cat $m/which $m/dir/old
                ! touch $m/new 2>&1
                findmnt -n -o VFS-OPTIONS $m
                """)).matches("(?s)0\nold\ntouch: .*Read-only file system\nro,nosuid,nodev.*");
        assertThat(get("$carafe image mount --format '{{.Image}} {{.Path}}' | sort"))
                .matches("(?s)localhost/many:1 .*/merged\nlocalhost/one:1 .*/merged");
        assertThat(get("$carafe image mount --format json | wc -l")).isEqualTo("2");
        assertThat(get("$carafe image mount | head -1")).startsWith("IMAGE ID");
        get("$carafe image unmount localhost/one:1; $carafe image umount -a");
        assertThat(left()).isEmpty();
        assertThat(get("$carafe image mount --format json")).isEmpty();
        Run again = store.carafe("image", "unmount", "localhost/one:1");
        assertThat(again.code()).isEqualTo(125);
        assertThat(again.err()).isEqualTo("carafe: image localhost/one:1 is not mounted\n");
        assertThat(store.carafe("image", "unmount", "-f", "localhost/one:1").code())
                .isZero();
    }

    @Test
    void longPathsAndSeveralAtOnce() throws IOException {
        Path deep = directory.resolve("a".repeat(200)).resolve("b".repeat(50));
        Files.createDirectories(deep.getParent());
        get("mv %1$s %2$s; export CARAFE_DATA_ROOT=%2$s; m=$($carafe image mount localhost/one:1 localhost/many:1);"
                        .formatted(store.root, deep)
                + "for i in $m; do cat $i/which; done >which; [ \"$(cat which)\" = $'0\\n39' ]; rm which;"
                + "$carafe image unmount -a; [ -z \"$(ls %2$s/mounts)\" ]; mv %2$s %1$s".formatted(store.root, deep));
        assertThat(left()).isEmpty();
    }

    @Test
    void whatIsMountedIsKept() throws IOException {
        get("$carafe image mount localhost/many:1");
        Run refused = store.carafe("rmi", "localhost/many:1");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.err()).contains("image localhost/many:1 is mounted at " + store.root + "/mounts/");
        get("$carafe prune -a -f");
        assertThat(get("$carafe images --format '{{.Repository}}'")).isEqualTo("localhost/many");
        get("""
                m=$($carafe image mount localhost/many:1)
                $carafe rmi -f localhost/many:1
                $carafe prune -a -f
                cat $m/of7 $m/of39
                [ $(ls $CARAFE_DATA_ROOT/layers/sha256 | wc -l) = 40 ]
                $carafe image mount | grep '<none>'
                id=${m%/merged}
                $carafe image unmount $(basename $id | cut -c 1-12)
                $carafe prune -f
                [ $(ls $CARAFE_DATA_ROOT/layers/sha256 | wc -l) = 0 ]
                """);
        assertThat(left()).isEmpty();
    }

    /// A directory that nothing is mounted on, as somebody killed or the machine's end leaves it.
    @Test
    void whatIsLeftBehindGoes() throws IOException {
        String unmounted = "m=$($carafe image mount localhost/many:1); umount $m; [ -d $m ]\n";
        assertThat(get(unmounted + "cat $($carafe image mount localhost/many:1)/which; $carafe image unmount -a"))
                .startsWith("39");
        get(unmounted + "[ -z \"$($carafe image mount --format json)\" ]; $carafe prune -f");
        assertThat(left()).isEmpty();
        get(unmounted + "$carafe image unmount localhost/many:1");
        assertThat(left()).isEmpty();
    }

    @Test
    void whoeverIsKilledLeavesNothingThatCanNotBeRemoved() throws IOException {
        get("""
                $carafe image mount localhost/many:1 && $carafe image unmount -a
                set +e
                for i in $(seq 30); do
                    timeout -s KILL 0.0$((RANDOM % 60 + 10)) $carafe image mount localhost/many:1 localhost/one:1
                    timeout -s KILL 0.0$((RANDOM % 60 + 10)) $carafe image unmount -a
                done >/dev/null 2>&1
                sleep 0.5
                set -e
                cat $($carafe image mount localhost/many:1)/which
                $carafe image unmount -a
                [ -z "$(ls $CARAFE_DATA_ROOT/mounts)" ]
                """);
        assertThat(left()).isEmpty();
    }

    @Test
    void whatSomebodyUsesGoesByForceAlone() throws IOException {
        assertThat(get("""
                m=$($carafe image mount localhost/one:1)
                exec 5<$m/which
                ! $carafe image unmount localhost/one:1 2>&1 >/dev/null
                [ -e $m/which ]
                $carafe image unmount -f localhost/one:1 >/dev/null
                cat <&5
                """)).contains("with -f it goes").endsWith("\n0");
        assertThat(left()).isEmpty();
    }

    @Test
    void twoAtOnceMountOnce() throws IOException {
        get("""
                $carafe image mount localhost/one:1 >/dev/null; $carafe image unmount -a >/dev/null
                for i in 1 2 3 4 5 6; do $carafe image mount localhost/one:1 >/dev/null 2>&1 & done
                wait
                m=$($carafe image mount localhost/one:1)
                [ $(grep -c " $m " /proc/self/mountinfo) = 1 ]
                $carafe image unmount -a
                """);
        assertThat(left()).isEmpty();
    }

    @Test
    void anOrdinaryUserIsToldWhatHeCanDo() {
        Run run = OrdinaryUser.withRanges().shell("""
                cd /; export CARAFE_DATA_ROOT=$XDG_RUNTIME_DIR/data
                $carafe image mount anything; echo $?; $carafe image mount --format json; $carafe image unmount -a
                """);
        assertThat(run.out()).isEqualTo("125\n");
        assertThat(run.err()).contains("needs root").contains("carafe export");
    }
}
