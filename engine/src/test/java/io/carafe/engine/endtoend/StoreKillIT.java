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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Images are added, removed and cleaned up at the same time, and everybody who does it is killed at some moment or
/// other. What has a name is whole all the while, and nothing stays that nothing leads to.
@EndToEnd
class StoreKillIT {
    private static final int ROUNDS = 40;

    @TempDir
    Path directory;

    @Test
    void whatHasANameIsWholeWhoeverIsKilled() throws IOException {
        for (String program : List.of("skopeo", "umoci", "busybox")) {
            assumeTrue(
                    Files.isExecutable(Path.of("/usr/bin", program)) || Files.isExecutable(Path.of("/bin", program)),
                    "needs " + program);
        }
        Rootfs.busybox(directory.resolve("files"));
        Run run = Carafe.started(Map.of("dir", directory.toString()), directory, List.of("bash", "-c", """
                set -e
                cd $dir
                export CARAFE_DATA_ROOT=$dir/data CARAFE_DAEMON=off
                umoci init --layout layout
                umoci new --image layout:base
                umoci unpack --image layout:base box >/dev/null
                cp -a files/. box/rootfs
                umoci repack --refresh-bundle --image layout:base box >/dev/null
                for i in 1 2 3 4; do
                    umoci unpack --image layout:base box$i >/dev/null
                    head -c ${i}000000 /dev/urandom >box$i/rootfs/etc/own
                    umoci repack --image layout:image$i box$i >/dev/null
                    skopeo copy -q oci:layout:image$i oci-archive:$i.tar:example.com/image:$i
                done

                whole() { # IMAGE: skopeo checks every digest
                    rm -rf copy
                    skopeo copy -q oci:data/images:$1 dir:copy
                    for layer in $($carafe inspect -f '{{join .RootFS.Layers " "}}' $1); do
                        [ -f data/layers/sha256/${layer#sha256:}/layer.json ]
                        [ -d data/layers/sha256/${layer#sha256:}/diff ]
                    done
                }
                RANDOM=%1$d
                for round in $(seq %2$d); do
                    image=$((RANDOM %% 4 + 1))
                    setsid $carafe load -q -i $image.tar >>log 2>&1 & load=$!
                    if [ $((RANDOM %% 2)) = 0 ]; then
                        setsid $carafe rmi -f example.com/image:$((RANDOM %% 4 + 1)) >>log 2>&1 & other=$!
                    else
                        setsid $carafe prune -f >>log 2>&1 & other=$!
                    fi
                    sleep 0.$((RANDOM %% 10))
                    [ $((RANDOM %% 4)) = 0 ] || kill -9 -$load 2>/dev/null || true
                    [ $((RANDOM %% 4)) = 0 ] || kill -9 -$other 2>/dev/null || true
                    wait $load || true
                    wait $other || true
                    for name in $($carafe images --format '{{.Repository}}:{{.Tag}}'); do
                        whole $name || { echo "round $round: $name is not whole"; exit 1; }
                        echo $name >>seen
                    done
                done
                ! grep -v -E '^(Untagged|Deleted|Total reclaimed|deleted)|being added|^$' log
                for i in 1 2 3 4; do
                    $carafe load -q -i $i.tar
                    whole example.com/image:$i
                done
                $carafe prune -f >/dev/null
                [ -z "$(ls data/images/incoming)" ]
                [ $(ls data/images/blobs/sha256 | wc -l) = 13 ] # four manifests, configurations, own layers, and the base
                [ $(ls data/layers/sha256 | wc -l) = 5 ]
                [ -z "$(find data/layers/incoming -mindepth 1 -type d)" ]
                sort seen | uniq -c
                """.formatted(
                                System.nanoTime() & 0x7fff, ROUNDS)))
                .finish(Duration.ofMinutes(9));
        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.out().lines()).as("images that were there").hasSize(4);
    }
}
