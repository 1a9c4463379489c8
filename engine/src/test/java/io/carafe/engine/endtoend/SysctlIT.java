package io.carafe.engine.endtoend;

import static io.carafe.engine.endtoend.Carafe.run;
import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.engine.endtoend.Carafe.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// `--sysctl`: runtime specification, config-linux.md "Sysctl".
@EndToEnd
class SysctlIT {
    @ParameterizedTest
    @CsvSource({
        "net.core.somaxconn=77, net/core/somaxconn, 77",
        "net/ipv4/ip_unprivileged_port_start=0, net/ipv4/ip_unprivileged_port_start, 0",
        "net.ipv4.conf.lo.forwarding=1, net/ipv4/conf/lo/forwarding, 1",
        "kernel.shmmax=1048576, kernel/shmmax, 1048576",
        "kernel/msgmni=11, kernel/msgmni, 11",
        "fs.mqueue.msg_max=13, fs/mqueue/msg_max, 13",
    })
    void itIsSetInTheBoxAndNotOnTheHost(String sysctl, String path, String value) throws Exception {
        Path file = Path.of("/proc/sys", path);
        String before = Files.readString(file);

        assertThat(run("--sysctl", sysctl, "host", "cat", file.toString())).isEqualTo(new Run(0, value + "\n", ""));
        assertThat(Files.readString(file)).isEqualTo(before).isNotEqualTo(value + "\n");
    }

    @Test
    void aUserWithoutCapabilitiesServesALowPort() {
        String serve = "use Socket; socket(S, PF_INET, SOCK_STREAM, 0) or die;"
                + " print bind(S, sockaddr_in(80, INADDR_LOOPBACK)) ? 'bound' : $!";
        assertThat(run("-u", "nobody", "host", "perl", "-e", serve).out()).isEqualTo("Permission denied");
        assertThat(run("-u", "nobody", "--sysctl", "net.ipv4.ip_unprivileged_port_start=0", "host", "perl", "-e", serve)
                        .out())
                .isEqualTo("bound");
    }

    /// CVE-2022-0811.
    @ParameterizedTest
    @CsvSource({
        "kernel.shm_rmid_forced=1+kernel.core_pattern=|/x, is not a number",
        "kernel.core_pattern=|/x, it would change the host",
        "net/../kernel/core_pattern=|/x, not the name of a sysctl",
        "kernel.hostname=x, --hostname",
        "kernel.domainname=x, --domainname",
        "vm.overcommit_memory=1, it would change the host",
        "user.max_user_namespaces=1, needs a user namespace",
    })
    void row33WhatIsTheHostsStaysTheHosts(String sysctl, String words) throws Exception {
        Path file = Path.of("/proc/sys/kernel/core_pattern");
        String before = Files.readString(file);

        Run box = run("--sysctl", sysctl, "host", "echo", "ran");

        assertThat(box.code()).isEqualTo(125);
        assertThat(box.out()).isEmpty();
        assertThat(box.err()).contains(words).hasLineCount(1);
        assertThat(Files.readString(file)).isEqualTo(before);
    }

    @Test
    void withTheHostsNetworkThereIsNothingToSet() {
        assertThat(run("--network", "host", "--sysctl", "net.core.somaxconn=77", "host", "echo", "ran"))
                .isEqualTo(new Run(
                        125,
                        "",
                        "carafe: --sysctl: \"net.core.somaxconn\": needs a network namespace of the box's own: it"
                                + " would change another's\n"));
    }

    @Test
    void aValueThatTheKernelRefusesIsNamedWithItsKey() {
        assertThat(run("--sysctl", "net.core.somaxconn=many", "host", "true").err())
                .endsWith("EINVAL (invalid argument): the kernel takes no many as net/core/somaxconn\n");
        assertThat(run("--sysctl", "net.core.nothing=1", "host", "true").err())
                .endsWith(": this kernel has no net/core/nothing for a namespace of the box's own\n");
    }
}
