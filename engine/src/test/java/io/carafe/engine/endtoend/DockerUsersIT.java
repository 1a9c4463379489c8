package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import org.junit.jupiter.api.Test;

/// Docker with `--userns-remap`: containers in a user namespace, whose root is nobody on the machine.
@EndToEnd
class DockerUsersIT {
    @Test
    void rootInAContainerIsNobodyOnTheMachine() {
        try (Machine machine = Machine.with("dockerd", "docker", "containerd", "iptables", "tini", "busybox")) {
            machine.get("""
                    set -e
                    mkdir /run/etc
                    cp /etc/passwd /etc/group /run/etc
                    echo "remapped:x:54321:54321::/:/bin/false" >>/run/etc/passwd
                    echo "remapped:x:54321:" >>/run/etc/group
                    echo remapped:500000:65536 | tee /run/etc/subuid >/run/etc/subgid
                    for f in passwd group subuid subgid; do mount --bind /run/etc/$f /etc/$f; done
                    """);
            DockerDaemon.start(machine, "--userns-remap=remapped");
            machine.get("docker run -d --name users -m 64m -v volume:/volume busybox sleep 1000");
            assertThat(machine.run("docker exec users sh -c 'id -u; tr -s \" \" </proc/self/uid_map; touch /volume/x;"
                            + " stat -c %u /volume/x; cat /sys/fs/cgroup/memory/memory.limit_in_bytes'"))
                    .isEqualTo(new Run(0, "0\n 0 500000 65536\n0\n67108864\n", ""));
            assertThat(machine.get("stat -c %u /proc/$(docker inspect -f '{{.State.Pid}}' users)"))
                    .isEqualTo("500000");
            assertThat(machine.get("docker run --rm --userns host busybox sh -c 'tr -s \" \" </proc/self/uid_map'"))
                    .endsWith("0 0 4294967295");
            machine.get("docker rm -f users");
        }
    }
}
