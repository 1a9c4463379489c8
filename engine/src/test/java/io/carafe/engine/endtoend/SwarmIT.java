package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Docker Swarm over two machines, our runtime the default of both.
@EndToEnd
class SwarmIT {
    private Machine manager;
    private Machine worker;

    @AfterEach
    void stopBoth() {
        for (Machine machine : new Machine[] {manager, worker}) {
            if (machine != null) {
                machine.close();
            }
        }
    }

    /// Without virtual addresses (`dnsrr`): a kernel may lack IPVS.
    @Test
    void aServiceIsScaledOverBothAndItsTasksMoveWhenANodeIsLost() {
        manager = Machine.with("dockerd", "docker", "containerd", "iptables", "tini", "busybox");
        worker = Machine.with("dockerd");
        manager.cable(worker, "10.77.0.1/24", "10.77.0.2/24");
        DockerDaemon.start(manager, "");
        DockerDaemon.start(worker, "");
        manager.get("hostname manager; docker swarm init --advertise-addr 10.77.0.1 --dispatcher-heartbeat 1s");
        worker.get("docker swarm join --token " + manager.get("docker swarm join-token -q worker")
                + " --advertise-addr 10.77.0.2 10.77.0.1:2377");
        manager.get("docker network create -d overlay --attachable net");
        manager.get("docker service create -d --name web --replicas 4 --endpoint-mode dnsrr --network net"
                + " --restart-delay 0s --stop-grace-period 1s --no-resolve-image busybox"
                + " sh -c 'mkdir /w; hostname >/w/index.html; exec httpd -f -p 80 -h /w'");

        assertRunning(manager, 2);
        assertRunning(worker, 2);
        assertThat(worker.get("docker inspect -f '{{.HostConfig.Runtime}}' $(docker ps -q) | sort -u"))
                .isEqualTo("carafe");
        // a task of one machine reaches all tasks, those of the other machine by VXLAN
        List<String> reached = manager.get("docker exec $(docker ps -q --filter name=web | head -1) sh -c"
                        + " 'for a in $(nslookup tasks.web 127.0.0.11 | sed -n \"s/^Address.*: //p\" | grep -v 127.0);"
                        + " do timeout 5 wget -qO- http://$a; done' | sort -u")
                .lines()
                .toList();
        assertThat(reached).hasSize(4);

        manager.get("docker service scale -d web=6");
        assertRunning(manager, 3);
        assertRunning(worker, 3);

        worker.stop("dockerd", "KILL");
        assertRunning(manager, 6);
        assertThat(manager.get("docker node ls --format '{{.Status}}' | sort")).isEqualTo("Down\nReady");
        manager.get("docker service rm web");
        assertRunning(manager, 0);
    }

    private static void assertRunning(Machine machine, int count) {
        await().atMost(Duration.ofSeconds(40))
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() -> assertThat(machine.get("docker ps -q --filter name=web | wc -l"))
                        .as(machine.log("dockerd"))
                        .isEqualTo(Integer.toString(count)));
    }
}
