package io.carafe.engine.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Callers;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.engine.ImageRequest;
import io.carafe.engine.engine.ImageRequest.Pull;
import io.carafe.engine.engine.Presets;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.engine.RunOptions.Control;
import io.carafe.engine.engine.RunOptions.DeviceFile;
import io.carafe.engine.engine.RunOptions.DiskLimit;
import io.carafe.engine.engine.RunOptions.Fences;
import io.carafe.engine.engine.RunOptions.Filter;
import io.carafe.engine.engine.RunOptions.Image;
import io.carafe.engine.engine.RunOptions.Names;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.engine.RunOptions.Streams;
import io.carafe.engine.engine.RunOptions.Traits;
import io.carafe.engine.image.Platform;
import io.carafe.engine.image.Reference;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Resources.DeviceRule;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.IoPriority;
import io.carafe.sandbox.spec.Spec.Landlock;
import io.carafe.sandbox.spec.Spec.Personality;
import io.carafe.sandbox.spec.Spec.Rlimit;
import io.carafe.sandbox.spec.Spec.Scheduler;
import io.carafe.sandbox.spec.Spec.Upper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BoxArgumentsTest {
    @Test
    void pastaTakesItsOptionsWithCommas() {
        assertThat(read("--network", "pasta", "host", "true").network()).isEqualTo(new Network.Pasta(List.of()));
        assertThat(read("--network", "pasta:-t,8080,--map-gw", "host", "true").network())
                .isEqualTo(new Network.Pasta(List.of("-t", "8080", "--map-gw")));
    }

    @Test
    void nestingOpensWhatItTakesAndAProfileOfOnesOwnStays() {
        assertThat(read("--security-opt", "nesting", "host", "true").security().filter())
                .isEqualTo(new Filter.Nesting());
        assertThat(read("--security-opt", "nesting", "host", "true")
                        .security()
                        .fences()
                        .unmasked())
                .containsExactly("ALL");
        assertThat(read("--security-opt", "seccomp=unconfined", "--security-opt", "nesting", "host", "true")
                        .security()
                        .filter())
                .isEqualTo(new Filter.Unconfined());
        assertThat(read("--security-opt", "nesting=false", "host", "true")
                        .security()
                        .filter())
                .isEqualTo(new Filter.Default());
    }

    @Test
    void sharedMemoryOfASizeIsAMountInTheUsualOnesPlace() {
        assertThat(read("--shm-size", "1m", "host", "true").mounts())
                .singleElement()
                .satisfies(it -> {
                    assertThat(it.destination()).isEqualTo("/dev/shm");
                    assertThat(it.options()).contains("size=1048576", "mode=1777", "noexec");
                });
        assertThat(read("--shm-size", "0", "host", "true").mounts()).isEmpty();
        assertThatThrownBy(() -> read("--shm-size", "1m", "--ipc", "host", "host", "true"))
                .hasMessageContaining("conflicting options: --shm-size and --ipc host: its shared memory is somebody");
    }

    @Test
    void annotationsAreKeptInTheirOrder() {
        assertThat(read("--annotation", "b=1", "--annotation", "a=", "host", "true")
                        .control()
                        .annotations())
                .containsExactly(entry("b", "1"), entry("a", ""));
    }

    @Test
    void theDefaults() {
        RunOptions options = read("host", "ps", "-e", "aux");
        assertThat(options.image()).isEqualTo(new Image.Host());
        assertThat(options.command()).containsExactly("ps", "-e", "aux");
        assertThat(options.environment()).isEmpty();
        assertThat(options.user()).isEmpty();
        assertThat(options.workdir()).isEmpty();
        assertThat(options.entrypoint()).isNull();
        assertThat(options.readOnly()).isFalse();
        assertThat(options.network()).isEqualTo(Network.NONE);
        assertThat(options.security()).isEqualTo(new RunOptions.Security(0, 0, false, new Filter.Default()));
        assertThat(options.limits()).isEqualTo(new RunOptions.Limits(null, null, null, List.of(), Duration.ZERO));
        assertThat(options.streams()).isEqualTo(new Streams(false, false, 0, 0));
        assertThat(options.init()).isNull();
        assertThat(options.traits()).isEqualTo(Traits.USUAL);
    }

    @Test
    void whatAllProcessesHave() {
        RunOptions options = read(
                "--umask",
                "0077",
                "--group-add",
                "audio",
                "--group-add",
                "29",
                "--oom-score-adj",
                "-17",
                "--scheduler",
                "batch,reset-on-fork",
                "--nice",
                "-5",
                "--ioprio",
                "best-effort:7",
                "--personality",
                "linux32,addr-no-randomize",
                "--sysctl",
                "net.core.somaxconn=77",
                "--sysctl",
                "kernel.sem=1 2=3",
                "host",
                "true");

        assertThat(options.traits())
                .isEqualTo(new Traits(
                        077,
                        List.of("audio", "29"),
                        -17,
                        new Scheduler("SCHED_BATCH", -5, 0, List.of("SCHED_FLAG_RESET_ON_FORK"), 0, 0, 0),
                        new IoPriority("IOPRIO_CLASS_BE", 7),
                        new Personality("LINUX32", List.of("ADDR_NO_RANDOMIZE")),
                        Map.of("net.core.somaxconn", "77", "kernel.sem", "1 2=3")));
    }

    @Test
    void schedulers() {
        assertThat(scheduler("fifo:10")).isEqualTo(new Scheduler("SCHED_FIFO", 0, 10, List.of(), 0, 0, 0));
        assertThat(scheduler("IDLE")).isEqualTo(new Scheduler("SCHED_IDLE", 0, 0, List.of(), 0, 0, 0));
        assertThat(scheduler("deadline,runtime=500us,deadline=10ms,period=1s,reclaim"))
                .isEqualTo(new Scheduler(
                        "SCHED_DEADLINE", 0, 0, List.of("SCHED_FLAG_RECLAIM"), 500_000, 10_000_000, 1_000_000_000));
        assertThat(read("--nice", "3", "host", "true").traits().scheduler())
                .isEqualTo(new Scheduler("SCHED_OTHER", 3, 0, List.of(), 0, 0, 0));
    }

    private static Scheduler scheduler(String word) {
        return read("--scheduler", word, "host", "true").traits().scheduler();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--scheduler | iso                | no such policy; there are other, batch, idle, fifo, rr, deadline",
                "--scheduler | fifo:x             | invalid number: 'x'",
                "--scheduler | fifo:10,nice=4     | no such field: 'nice=4'",
                "--scheduler | deadline,runtime   | write it as runtime=10ms",
                "--scheduler | deadline,runtime=x | invalid duration: 'x'",
                "--nice      | 1.5                | invalid number: '1.5'",
                "--nice      | 99999999999        | out of range",
                "--ioprio    | idle:3             | the class idle has no priorities",
                "--ioprio    | best               | no such class; there are rt (realtime), be (best-effort) and idle",
                "--umask     | 8                  | a umask is three octal digits",
                "--umask     | 1777               | a umask is three octal digits",
                "--oom-score-adj | 1001           | the range is -1000 to 1000",
                "--sysctl    | net.core.somaxconn | write it as KEY=VALUE",
                "--sysctl    | =1                 | write it as KEY=VALUE",
                "--security-opt | landlock=maybe  | landlock",
                "--annotation | note              | write it as NAME=VALUE",
                "--annotation | =note             | write it as NAME=VALUE",
                "--shm-size   | much              | invalid size: 'much'",
                "--volumes-from | :ro             | the name of a container is missing",
                "--volumes-from | web:rx          | is none of ro and rw",
                "--volumes-from | web:z           | SELinux labels are not there yet: z",
                "--security-opt | mask=proc       | it needs to be an absolute path",
                "--security-opt | systempaths=all | systempaths can only be unconfined",
                "--security-opt | apparmor=       | apparmor needs a value",
            })
    void wordsThatMeanNothing(String flag, String word, String problem) {
        assertThatThrownBy(() -> read(flag, word, "host", "true"))
                .isInstanceOf(UsageError.class)
                .hasMessageStartingWith("invalid argument \"" + word + "\" for \"" + flag + "\" flag: ")
                .hasMessageContaining(problem);
    }

    @Test
    void fencesThatCanBeMoved() {
        RunOptions options = read(
                "--security-opt",
                "mask=/a:/b/../c",
                "--security-opt",
                "unmask=/proc/keys",
                "--security-opt",
                "systempaths=unconfined",
                "--security-opt",
                "apparmor=mine",
                "--security-opt",
                "label=disable",
                "--security-opt",
                "landlock=no-tcp",
                "host",
                "true");

        assertThat(options.security().fences())
                .isEqualTo(new Fences(
                        false,
                        List.of("/a", "/c"),
                        List.of("/proc/keys", "ALL"),
                        "mine",
                        List.of("disable"),
                        new Landlock(true)));
    }

    @Test
    void aPrivilegedBoxHasNoFilterUnlessOneIsNamed() {
        assertThat(read("--privileged", "host", "true").security().filter()).isEqualTo(new Filter.Unconfined());
        assertThat(read("--privileged", "--security-opt", "seccomp=builtin", "host", "true")
                        .security()
                        .filter())
                .isEqualTo(new Filter.Default());
    }

    @Test
    void theLimits() {
        RunOptions options = read(
                "-m",
                "64m",
                "--cpus",
                "1.5",
                "--pids-limit",
                "20",
                "--timeout",
                "1m30s",
                "--ulimit",
                "nofile=10:20",
                "--ulimit",
                "core=-1",
                "--init=false",
                "host",
                "true");
        assertThat(options.limits())
                .isEqualTo(new RunOptions.Limits(
                        64L << 20,
                        1_500_000_000L,
                        20L,
                        List.of(new Rlimit("RLIMIT_NOFILE", 10, 20), new Rlimit("RLIMIT_CORE", -1, -1)),
                        Duration.ofSeconds(90)));
        assertThat(options.init()).isFalse();
    }

    @Test
    void whatIsSharedOut() {
        Control control = read(("--memory-swap=-1 --memory-reservation 32m --memory-high 48m --memory-swappiness 10"
                                + " --oom-kill-disable -c 512 --cpu-period 50000 --cpu-quota 25000 --cpu-burst 1000"
                                + " --cpu-rt-period 1000 --cpu-rt-runtime 950 --cpu-idle --cpuset-cpus 0-1"
                                + " --cpuset-mems 0 --blkio-weight 100 --hugepages 2MB=4m --cgroup-parent /a/b"
                                + " --unified io.max=8:0_rbps=1 --unified io.max=8:16_rbps=2"
                                + " --device /dev/fuse --device /dev/sda:/dev/xvda:r --device tun:rw"
                                + " --device-read-bps /dev/sda:1m --device-write-iops /dev/sda:100"
                                + " --blkio-weight-device /dev/sda:500 host true")
                        .split(" "))
                .control();

        assertThat(control.resources())
                .isEqualTo(new Resources(
                        List.of(),
                        new Resources.Memory(null, -1L, 32L << 20, 48L << 20, 10L, true),
                        new Resources.Cpu(512L, 25_000L, 1000L, 50_000L, 950L, 1000L, 1L, "0-1", "0"),
                        null,
                        new Resources.BlockIo(100L, null, List.of(), List.of(), List.of(), List.of(), List.of()),
                        Map.of("2MB", 4L << 20),
                        Map.of("io.max", "8:0_rbps=1\n8:16_rbps=2")));
        assertThat(control.cgroupParent()).isEqualTo("a/b");
        assertThat(control.devices())
                .containsExactly(
                        new DeviceFile("/dev/fuse", "/dev/fuse", "rwm"),
                        new DeviceFile("/dev/sda", "/dev/xvda", "r"),
                        new DeviceFile("/home/me/tun", "/home/me/tun", "rw"));
        assertThat(control.disks())
                .containsExactly(
                        new DiskLimit(DiskLimit.Kind.WEIGHT, "/dev/sda", 500),
                        new DiskLimit(DiskLimit.Kind.READ_BPS, "/dev/sda", 1 << 20),
                        new DiskLimit(DiskLimit.Kind.WRITE_IOPS, "/dev/sda", 100));
    }

    @Test
    void dockersWordsForNothing() {
        assertThat(read(("--memory-swap 0 --memory-swappiness -1 -c 0 --cpu-period 0 --cpu-quota 0"
                                        + " --blkio-weight 0 host true")
                                .split(" "))
                        .control())
                .isEqualTo(Control.NONE);
    }

    @Test
    void rulesForDevices() {
        assertThat(read("--device-cgroup-rule", "c 10:200 rwm", "--device-cgroup-rule", "b *:* m", "host", "true")
                        .control()
                        .resources()
                        .devices())
                .containsExactly(
                        new DeviceRule(true, "c", 10L, 200L, "rwm"), new DeviceRule(true, "b", null, null, "m"));
    }

    @ParameterizedTest
    @CsvSource({"-1", "0"})
    void noLimitOfProcesses(String word) {
        assertThat(read("--pids-limit", word, "host", "true").limits().processes())
                .isEqualTo(-1);
    }

    @Test
    void pathsAreTheCallers() {
        RunOptions options =
                read("--rootfs", "debian", "--security-opt", "seccomp=p.json", "-w", "/a/../b/", "cat", "x");
        assertThat(options.image()).isEqualTo(new Image.Directory("/home/me/debian"));
        assertThat(options.command()).containsExactly("cat", "x");
        assertThat(options.security().filter()).isEqualTo(new Filter.File("/home/me/p.json"));
        assertThat(options.workdir()).isEqualTo("/b");
    }

    @Test
    void anImageIsAskedForByNameOnceAllElseIsRight() {
        var asked = new ArrayList<ImageRequest>();
        Function<ImageRequest, Image> images = request -> {
            asked.add(request);
            return stored(request);
        };
        RunOptions options = read(Callers.of(), images, "debian", "true");
        assertThat(options.image()).isEqualTo(stored(asked.getFirst()));
        assertThat(options.command()).containsExactly("true");
        read(Callers.of(), images, "--pull=always", "--platform=arm64", "docker.io/library/host");
        assertThat(asked)
                .containsExactly(
                        new ImageRequest("debian", Reference.of("debian"), null, Pull.MISSING),
                        new ImageRequest(
                                "docker.io/library/host",
                                Reference.of("docker.io/library/host"),
                                Platform.of("linux/arm64"),
                                Pull.ALWAYS));
        assertThatThrownBy(() -> read(Callers.of(), images, "--memory", "x", "debian"))
                .isInstanceOf(UsageError.class);
        assertThat(asked).hasSize(2);
    }

    @Test
    void rootsLieOverEachOtherAsTheyCome() {
        RunOptions options =
                read("--rootfs", "top", "--rootfs=/below", "--upper", "kept:volatile", "--no-pivot", "cat");
        assertThat(options.image()).isEqualTo(new Image.Directory("/home/me/top", List.of("/below")));
        assertThat(options.image().layers()).containsExactly("/home/me/top", "/below");
        assertThat(options.files().upper()).isEqualTo(new Upper("/home/me/kept", true));
        assertThat(options.files().pivot()).isFalse();
        assertThat(read("--upper", "/kept", "host", "true").files().upper()).isEqualTo(new Upper("/kept", false));
    }

    @Test
    void namesAndAddressesAreReadAndNeverLookedUp() {
        RunOptions options = read(
                "--add-host=db:10.0.0.7",
                "--add-host=six=[::1]",
                "--add-host=six:fe80::1%lo",
                "--dns=1.1.1.1",
                "--dns=::ffff:1.2.3.4",
                "--dns-search=example.org",
                "--dns-option=ndots:2",
                "--no-hosts",
                "host",
                "true");
        assertThat(options.files().names())
                .isEqualTo(new Names(
                        List.of("10.0.0.7\tdb", "::1\tsix", "fe80::1%lo\tsix"),
                        List.of("1.1.1.1", "::ffff:1.2.3.4"),
                        List.of("example.org"),
                        List.of("ndots:2"),
                        false,
                        true));
    }

    @ParameterizedTest
    @CsvSource({
        "--add-host,db,write it as NAME:IP",
        "--add-host,:1.2.3.4,write it as NAME:IP",
        "--add-host,db:1.2.3,not an IP address: '1.2.3'",
        "--add-host,db:1.2.3.04,not an IP address: '1.2.3.04'",
        "--add-host,db:1::2::3,not an IP address: '1::2::3'",
        "--add-host,a b:1.2.3.4,not a name of 1 to 253 characters without blanks",
        "--dns,256.1.1.1,not an IP address: '256.1.1.1'",
        "--dns,1:2:3:4:5:6:7,not an IP address: '1:2:3:4:5:6:7'",
        "--dns,example.org,not an IP address: 'example.org'",
        "--dns-search,#,not a name of 1 to 253 characters without blanks",
        "--upper,:volatile,the name of a directory is missing",
    })
    void wrongNamesAndDirectories(String flag, String word, String problem) {
        assertThatThrownBy(() -> read(flag, word, "host", "true")).hasMessageContaining(problem);
    }

    /// docs/attacks.md 42.
    @Test
    void aVariableOfTheCallersIsTakenByNameOnly() {
        assertThat(read("-e", "LANG", "-e", "NOPE", "-e", "A=b", "host", "true").environment())
                .containsExactly("LANG=C.UTF-8", "NOPE", "A=b");
    }

    @Test
    void theTerminalsSizeIsTheCallers() {
        Invocation caller = Callers.in("/", Map.of(), Callers.TERMINAL);
        assertThat(read(caller, "-it", "host", "sh").streams()).isEqualTo(new Streams(true, true, 24, 80));
    }

    @ParameterizedTest
    @CsvSource({
        "''                                  , default",
        "--cap-add NET_ADMIN                 , default+NET_ADMIN",
        "--cap-add cap_net_admin             , default+NET_ADMIN",
        "--cap-drop CHOWN                    , default-CHOWN",
        "--cap-drop CHOWN --cap-add CHOWN    , default",
        "--cap-drop ALL                      , none",
        "--cap-drop ALL --cap-add KILL       , none+KILL",
        "--cap-add KILL --cap-drop all       , none+KILL",
        "--cap-add ALL                       , all",
        "--cap-add ALL --cap-drop KILL       , all-KILL",
        "--cap-add ALL --cap-drop ALL        , all",
    })
    void capabilities(String flags, String meaning) {
        String words = (flags.isEmpty() ? "" : flags + " ") + "host true";
        assertThat(read(words.split(" ")).security().capabilities()).isEqualTo(mask(meaning));
    }

    private static long mask(String meaning) {
        String[] words = meaning.split("[+-]");
        long base = switch (words[0]) {
            case "default" -> Defaults.CAPABILITIES;
            case "all" -> RunOptions.Security.ALL;
            default -> 0;
        };
        long bit =
                words.length == 1 ? 0 : Capability.named(words[1]).orElseThrow().bit();
        return meaning.contains("-") ? base & ~bit : base | bit;
    }

    @ParameterizedTest
    @CsvSource({
        "no-new-privileges, true",
        "no-new-privileges:true, true",
        "no-new-privileges=false, false",
        "seccomp=builtin, false"
    })
    void noNewPrivileges(String word, boolean on) {
        assertThat(read("--security-opt", word, "host", "true").security().noNewPrivileges())
                .isEqualTo(on);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "~                                | requires an IMAGE: a name, host for this machine, or --rootfs DIR in its place",
                "Debian true                      | invalid reference format: not a repository (it is of lower-case letters, digits and single . _ - between them): \"library/Debian\"",
                "--pull often debian              | invalid argument \"often\" for \"--pull\" flag: it is always, missing or never",
                "--platform a/b/c/d debian        | invalid argument \"a/b/c/d\" for \"--platform\" flag: not a platform, as linux/arm64/v8: a/b/c/d",
                "--platform arm64 host true       | --platform is for images with a name: host is of this machine",
                "--pull never --rootfs / true     | --pull is for images with a name: --rootfs is of this machine",
                "-m 5m host x                     | invalid argument \"5m\" for \"-m, --memory\" flag: the minimum memory limit is 6m",
                "-m -1 host x                     | invalid argument \"-1\" for \"-m, --memory\" flag: invalid size: '-1'; write it as 64m or 1.5g",
                "--cpus 0.001 host x              | invalid argument \"0.001\" for \"--cpus\" flag: the minimum is 0.01",
                "--timeout 0 host x               | invalid argument \"0\" for \"--timeout\" flag: less than a millisecond; leave it out for no limit",
                "--network none --ip 10.1.1.1 host x | --ip needs --network bridge, or another network by its name",
                "--network bridge --network host host x | conflicting options: --network host goes with no other",
                "--network bridge -p 80:x host x  | invalid argument \"80:x\" for \"-p, --publish\" flag: 'x' is not a port: they go from 1 to 65535",
                "--network bridge --egress a.org:443 host x | invalid argument \"a.org:443\" for \"--egress\" flag: a domain can't be allowed: many domains share an address, and who allows one allows all of them; give the addresses, as 10.0.0.0/8:443",
                "-w src host x                    | invalid argument \"src\" for \"-w, --workdir\" flag: invalid path 'src': it needs to be an absolute path",
                "-e =x host x                     | invalid argument \"=x\" for \"-e, --env\" flag: invalid environment variable: it has no name",
                "--cap-add NOPE host x            | invalid argument \"NOPE\" for \"--cap-add\" flag: unknown capability",
                "--security-opt proc-opts=x host x | invalid argument \"proc-opts=x\" for \"--security-opt\" flag: proc-opts is not there yet",
                "--security-opt foo host x        | invalid argument \"foo\" for \"--security-opt\" flag: unknown security option",
                "--security-opt seccomp= host x   | invalid argument \"seccomp=\" for \"--security-opt\" flag: seccomp needs unconfined or a file",
                "--ulimit nofile host x           | invalid argument \"nofile\" for \"--ulimit\" flag: write it as NAME=SOFT[:HARD]",
                "--ulimit foo=1 host x            | invalid argument \"foo=1\" for \"--ulimit\" flag: invalid ulimit type: foo",
                "--ulimit nofile=2:1 host x       | invalid argument \"nofile=2:1\" for \"--ulimit\" flag: the soft limit must be less than or equal to the hard limit",
                "--ulimit nofile=-1:5 host x      | invalid argument \"nofile=-1:5\" for \"--ulimit\" flag: the soft limit must be less than or equal to the hard limit",
                "--ulimit nofile=-2 host x        | invalid argument \"nofile=-2\" for \"--ulimit\" flag: a limit is 0 or more, or -1 for unlimited",
                "--pids-limit x host x            | invalid argument \"x\" for \"--pids-limit\" flag: invalid number: 'x'",
                "--cpus 1 --cpu-quota 5000 host x | conflicting options: --cpus says what --cpu-period and --cpu-quota say",
                "--memory-reservation 5m host x   | invalid argument \"5m\" for \"--memory-reservation\" flag: the minimum memory reservation is 6m",
                "--cgroup-parent ../a host x      | invalid argument \"../a\" for \"--cgroup-parent\" flag: not the path of a group below the root: ../a",
                "--cgroup-parent / host x         | invalid argument \"/\" for \"--cgroup-parent\" flag: not the path of a group below the root: /",
                "--device /a:/b:rx host x         | invalid argument \"/a:/b:rx\" for \"--device\" flag: invalid access: 'rx'; it is made of r, w and m",
                "--device /a:b host x             | invalid argument \"/a:b\" for \"--device\" flag: invalid path 'b': it needs to be an absolute path",
                "--device-cgroup-rule c host x    | invalid argument \"c\" for \"--device-cgroup-rule\" flag: write it as 'c 10:200 rwm': a, b or c, numbers or *, r, w and m",
                "--device-read-bps /a host x      | invalid argument \"/a\" for \"--device-read-bps\" flag: write it as DEVICE:NUMBER, as /dev/sda:10m",
                "--hugepages 2MB host x           | invalid argument \"2MB\" for \"--hugepages\" flag: write it as SIZE=LIMIT, as 2MB=64m",
                "--unified a host x               | invalid argument \"a\" for \"--unified\" flag: write it as KEY=VALUE, as memory.high=1g",
                "--rm=maybe host x                | invalid argument \"maybe\" for \"--rm\" flag: 'maybe' is neither true nor false",
                "--init=maybe host x              | invalid argument \"maybe\" for \"--init\" flag: 'maybe' is neither true nor false",
                "-h= host x                       | invalid argument \"\" for \"-h, --hostname\" flag: a host name has 1 to 64 bytes",
                "-m x --cpus y host x             | invalid argument \"x\" for \"-m, --memory\" flag: invalid size: 'x'; write it as 64m or 1.5g; and invalid argument \"y\" for \"--cpus\" flag: invalid number: 'y'; write it as 2 or 0.5",
            })
    void problems(String line, String problems) {
        assertThatThrownBy(() -> read(line.equals("~") ? new String[0] : line.split(" ")))
                .isInstanceOfSatisfying(
                        UsageError.class,
                        error -> assertThat(String.join("; and ", error.problems()))
                                .isEqualTo(problems));
    }

    private static RunOptions read(String... words) {
        return read(Callers.of(), words);
    }

    private static RunOptions read(Invocation caller, String... words) {
        return read(caller, BoxArgumentsTest::stored, words);
    }

    private static RunOptions read(Invocation caller, Function<ImageRequest, Image> images, String... words) {
        return BoxArguments.read(Arguments.parse(BoxFlags.FLAGS, BoxFlags.REFUSED, List.of(words)), caller, images);
    }

    private static Image stored(ImageRequest request) {
        return new Image.Stored(
                request.name(),
                "sha256:0",
                List.of("/l/1/diff"),
                new Spec.Store("/l", List.of("/l/1")),
                Presets.NONE,
                null);
    }
}
