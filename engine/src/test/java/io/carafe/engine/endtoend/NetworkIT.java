package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.host;
import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import org.junit.jupiter.api.Test;

/// `--network none` and `--network host`.
@EndToEnd
class NetworkIT {
    @Test
    void withoutANetworkThereIsALoopbackThatWorks() {
        Run box = run("host", "sh", "-c", """
                ls /sys/class/net; cat /sys/class/net/lo/flags
                (echo hello | busybox nc -l -p 80) & until busybox nc 127.0.0.1 80; do sleep 0.02; done 2>/dev/null""");
        assertThat(box.out()).isEqualTo("lo\n0x9\nhello\n"); // IFF_UP|IFF_LOOPBACK
    }

    @Test
    void withoutANetworkNothingElseIsReached() {
        assertThat(run("--network", "none", "host", "busybox", "nc", "-w", "1", "192.0.2.1", "80")
                        .err())
                .contains("Network is unreachable");
        assertThat(run("host", "sh", "-c", "wc -l </proc/net/route").line()).isEqualTo("1"); // its heading
    }

    @Test
    void theHostsNetworkIsTheHosts() {
        String names = "cd /sys/class/net && ls && readlink /proc/self/ns/net";
        assertThat(run("--network=host", "host", "sh", "-c", names).out())
                .isEqualTo(host("sh", "-c", names).out());
    }

    @Test
    void theHostsNetworkIsUsedAndNotChanged() {
        Run box = run("--network", "host", "host", "sh", "-c", "ip link set lo down 2>&1 || busybox ifconfig lo down");
        assertThat(box.code()).isNotZero();
    }
}
