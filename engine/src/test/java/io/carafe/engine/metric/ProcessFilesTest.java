package io.carafe.engine.metric;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.seccomp.Architecture;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The parsers of what the kernel says of a process.
class ProcessFilesTest {
    private static final String STAT =
            "%d (%s) S 4567 4711 4700 34819 4711 4194304 1 2 0 0 123 45 0 0 20 -5 3 0 8731234"
                    + " 2494464 440 18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0\n";

    @Test
    void statIsRead() {
        assertThat(Stat.parse(STAT.formatted(4711, "sh")))
                .hasValue(new Stat(
                        4711,
                        "sh",
                        'S',
                        4567,
                        4711,
                        4700,
                        34819,
                        Duration.ofMillis(1230),
                        Duration.ofMillis(450),
                        -5,
                        3,
                        8731234,
                        2494464));
        assertThat(Stat.parse(STAT.formatted(4711, "sh")).orElseThrow().terminal())
                .isEqualTo("pts/3");
    }

    @Test
    void aNameThatLooksLikeTheRestOfTheLineIsAName() {
        assertThat(Stat.parse(STAT.formatted(7, ") R 1 1 1 (")).orElseThrow().name())
                .isEqualTo(") R 1 1 1 (");
        assertThat(Stat.parse(STAT.formatted(7, "a\nb")).orElseThrow().parent()).isEqualTo(4567);
    }

    @Test
    void whatHasEndedIsNothing() {
        assertThat(Stat.parse("")).isEmpty();
        assertThat(Stat.parse("12 (sh) S 1")).isEmpty();
        assertThat(Status.parse("").pids()).isEmpty();
        assertThat(Descriptors.limit("")).isZero();
        assertThat(SystemCall.of("", Architecture.X86_64)).isEqualTo("-");
    }

    @Test
    void statusIsRead() {
        Status status = Status.parse("""
                Name:\tpostgres: a\\nb
                Umask:\t0077
                State:\tS (sleeping)
                Pid:\t4711
                Uid:\t100999\t100999\t100999\t100999
                Gid:\t4294967294\t4294967294\t4294967294\t4294967294
                Groups:\t100999 65534
                NStgid:\t4711\t12
                NSpid:\t4711\t12
                VmRSS:\t    1760 kB
                VmSwap:\t       4 kB
                CapInh:\t0000000000000000
                CapPrm:\t00000000a80425fb
                CapEff:\t00000000a80425fb
                CapBnd:\t00000000a80425fb
                CapAmb:\t0000000000000000
                NoNewPrivs:\t1
                Seccomp:\t2
                Seccomp_filters:\t3
                voluntary_ctxt_switches:\t42
                nonvoluntary_ctxt_switches:\t1
                """);
        assertThat(status.pids()).containsExactly(4711, 12);
        assertThat(status.uids().get(1)).isEqualTo(100999);
        assertThat(Integer.toUnsignedString(status.gids().getFirst())).isEqualTo("4294967294");
        assertThat(status.resident()).isEqualTo(1760 << 10);
        assertThat(status.effective()).isEqualTo(0xa80425fbL);
        assertThat(status.noNewPrivileges()).isTrue();
        assertThat(status.seccomp()).isEqualTo(2);
        assertThat(status.filters()).isEqualTo(3);
        assertThat(status.voluntary()).isEqualTo(42);
    }

    @ParameterizedTest
    @CsvSource({
        "socket:[1234], SOCKET",
        "pipe:[1234], PIPE",
        "anon_inode:[eventfd], EVENTFD",
        "anon_inode:[eventpoll], EPOLL",
        "anon_inode:[timerfd], TIMERFD",
        "anon_inode:inotify, INOTIFY",
        "anon_inode:bpf-map, BPF",
        "anon_inode:[io_uring], IO_URING",
        "anon_inode:[pidfd], PIDFD",
        "pidfd:[17], PIDFD",
        "anon_inode:[new one], ANONYMOUS",
        "mnt:[4026531841], NAMESPACE",
        "/memfd:x (deleted), MEMFD",
        "/tmp/a (deleted), DELETED",
        "/dev/pts/0, TERMINAL",
        "/dev/null, DEVICE",
        "/dev/shm/a, FILE",
        "/etc/passwd, FILE",
        "/, FILE",
        "nonsense, ANONYMOUS",
    })
    void linksTellWhatADescriptorIs(String link, Descriptor kind) {
        assertThat(Descriptor.ofLink(link)).isEqualTo(kind);
    }

    @Test
    void aDirectoryIsWhatWasOpenedAsOne() {
        assertThat(Descriptor.isDirectory("pos:\t0\nflags:\t02300000\nmnt_id:\t29\n"))
                .isTrue();
        assertThat(Descriptor.isDirectory("pos:\t0\nflags:\t0100002\nmnt_id:\t29\n"))
                .isFalse();
        assertThat(Descriptor.isDirectory("")).isFalse();
    }

    @Test
    void descriptorsAreCountedByKind() {
        Recorded proc = new Recorded()
                .link("/proc/7/fd/0", "/dev/null")
                .link("/proc/7/fd/1", "pipe:[5]")
                .link("/proc/7/fd/2", "pipe:[5]")
                .link("/proc/7/fd/3", "socket:[1061]")
                .link("/proc/7/fd/4", "socket:[1057]")
                .link("/proc/7/fd/5", "socket:[9]")
                .link("/proc/7/fd/6", "/srv")
                .file("/proc/7/fdinfo/6", "flags:\t0200000\n")
                .file("/proc/7/limits", """
                        Limit  Soft Limit  Hard Limit  Units
                        Max open files            1024                 1048576              files
                        """)
                .file("/proc/7/net/tcp", """
                          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
                           0: 00000000:07E8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1061 1 0000 100 0 0 10 0
                        """)
                .file("/proc/7/net/unix", """
                        Num       RefCount Protocol Flags    Type St Inode Path
                        000000001585964f: 00000003 00000000 00000000 0001 03  1057 /run/a b
                        """);
        Descriptors descriptors = Descriptors.of(7, proc, () -> Sockets.of(7, proc));
        assertThat(descriptors)
                .isEqualTo(new Descriptors(
                        7,
                        1024,
                        Map.of(
                                Descriptor.PIPE, 2,
                                Descriptor.DEVICE, 1,
                                Descriptor.TCP, 1,
                                Descriptor.UNIX, 1,
                                Descriptor.SOCKET, 1,
                                Descriptor.DIRECTORY, 1)));
        assertThat(descriptors.text()).startsWith("2 pipe, 1 directory");
        assertThat(Descriptors.count(7, proc)).isEqualTo(7);
        assertThat(Descriptors.limit("Max open files            unlimited  unlimited  files\n"))
                .isEqualTo(-1);
    }

    @Test
    void aCallIsNamed() {
        assertThat(SystemCall.of("0 0x3 0x7f702f707000 0x20000 0x1 0x0 0x0 0x7ffe 0x7f70\n", Architecture.X86_64))
                .isEqualTo("read");
        assertThat(SystemCall.of("63 0x3 0x7f702f707000 0x20000 0x1 0x0 0x0 0x7ffe 0x7f70\n", Architecture.AARCH64))
                .isEqualTo("read");
        assertThat(SystemCall.of("running\n", Architecture.X86_64)).isEqualTo("running");
        assertThat(SystemCall.of("-1 0x7ffe6cd00868 0x7f702f8822ad\n", Architecture.X86_64))
                .isEqualTo("-");
    }

    @Test
    void argumentsCanNotMoveACursor() {
        assertThat(ProcessView.arguments("a\0b c\0\u001b[2J\n\udc80\u202e\\\0"))
                .isEqualTo(List.of("a", "b c", "\\x1b[2J\\x0a\\x80\\u202e\\"));
        assertThat(ProcessView.arguments("nginx: worker")).isEqualTo(List.of("nginx: worker"));
        assertThat(ProcessView.arguments("a b\0\0\0\0")).isEqualTo(List.of("a b"));
        assertThat(ProcessView.arguments("")).isEmpty();
        assertThat(ProcessView.arguments("x".repeat(4096))).hasSize(2).last().isEqualTo("…");
    }

    @Test
    void idsAreThoseOfTheContainer() {
        String map = "         0     100000      65536\n     70000       1000          1\n";
        assertThat(ProcessView.inside(map, 100999)).isEqualTo(999);
        assertThat(ProcessView.inside(map, 1000)).isEqualTo(70000);
        assertThat(ProcessView.inside(map, 0)).isEqualTo(-1);
        assertThat(ProcessView.inside("0 0 4294967295\n", 4294967294L)).isEqualTo(4294967294L);
    }

    @Test
    void interfacesAreReadWithoutLoopback() {
        List<Interface> interfaces = Interface.parse("""
                Inter-|   Receive                                                |  Transmit
                 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                    lo: 35942466085  955417    0    0    0     0          0         0 35942466085  955417    0    0    0     0       0          0
                  eth0: 1386736619   32253    1    2    0     0          0         0  1548482   17293    3    4    0     0       0          0
                """);
        assertThat(interfaces).containsExactly(new Interface("eth0", 1386736619, 32253, 1, 2, 1548482, 17293, 3, 4));
    }
}
