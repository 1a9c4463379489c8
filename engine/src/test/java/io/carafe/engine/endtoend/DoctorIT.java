package io.carafe.engine.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.avaje.jsonb.Jsonb;
import io.carafe.engine.endtoend.Carafe.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What `carafe doctor` says, compared with what other programs and the kernel's files say of the same machine.
@EndToEnd
class DoctorIT {
    private static final Map<String, Map<String, String>> FOUND = new TreeMap<>();

    @BeforeAll
    static void examine() {
        Run run = Carafe.carafe("doctor", "--format", "json");
        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.err()).isEmpty();
        var findings = (List<?>) Jsonb.instance().type(Object.class).fromJson(run.out());
        for (Object finding : findings) {
            var fields = new TreeMap<String, String>();
            ((Map<?, ?>) finding).forEach((key, value) -> fields.put((String) key, (String) value));
            assertThat(fields.keySet()).containsExactly("detail", "fix", "group", "name", "status");
            FOUND.put(fields.get("name"), fields);
        }
    }

    private static String status(String name) {
        return FOUND.getOrDefault(name, Map.of()).getOrDefault("status", "no such finding");
    }

    private static void compare(String name, boolean works) {
        assertThat(status(name)).as("%s: %s", name, FOUND.get(name)).isEqualTo(works ? "works" : "missing");
    }

    private static boolean succeeds(String script) {
        return Carafe.shell(script + " >/dev/null 2>&1").code() == 0;
    }

    /// Leaves nothing: that is the fixture's to see.
    @Test
    void itExaminesAgainAndSaysTheSame() {
        Run run = Carafe.carafe("doctor");
        assertThat(run.code()).isZero();
        assertThat(run.out()).doesNotContain("\u001b").contains("\nnetwork\n", "  link-veth  ");
        FOUND.forEach((name, finding) ->
                assertThat(run.out()).containsPattern("\n  " + name + " +" + finding.get("status") + " "));
    }

    @Test
    void theDaemonStaysAsItWas() throws IOException {
        Carafe.carafe("doctor");
        List<ProcessHandle> daemons = ProcessHandle.allProcesses()
                .filter(process -> process.info()
                        .commandLine()
                        .orElse("")
                        .contains(Carafe.PROGRAM.getParent().getParent() + "/"))
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .toList();
        for (ProcessHandle daemon : daemons) {
            assertThat(Files.readString(Path.of("/proc/" + daemon.pid() + "/status")))
                    .contains("Seccomp:\t0\n");
            assertThat(daemon.children()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"veth", "bridge", "dummy", "bond", "wireguard"})
    void interfacesAsIpMakesThem(String kind) {
        compare("link-" + kind, succeeds("unshare --net ip link add carafe0 type " + kind));
    }

    @ParameterizedTest
    @CsvSource({"macvlan, ''", "ipvlan, ''", "vlan, id 7"})
    void interfacesOnOthersAsIpMakesThem(String kind, String more) {
        compare(
                "link-" + kind,
                succeeds("unshare --net sh -c 'ip link add below type veth && ip link add link below name above type "
                        + kind + " " + more + "'"));
    }

    @Test
    void tunnelsAndQueuesAsIpAndTcMakeThem() {
        compare("link-vxlan", succeeds("unshare --net ip link add carafe0 type vxlan id 7 dstport 4789"));
        compare("netem", succeeds("unshare --net tc qdisc add dev lo root netem delay 1ms"));
    }

    @ParameterizedTest
    @CsvSource({
        "nft-masquerade,  ip,   postrouting, masquerade",
        "nft-masquerade6, ip6,  postrouting, masquerade",
        "nft-dnat,        ip,   prerouting,  dnat to 192.0.2.1",
        "nft-dnat6,       ip6,  prerouting,  dnat to 2001:db8::1"
    })
    void tablesOfPacketsAsNftMakesThem(String name, String family, String hook, String rule) {
        assumeTrue(succeeds("command -v nft"), "needs nft(8)");
        compare(
                name,
                succeeds("unshare --net nft 'table " + family + " t { chain c { type nat hook " + hook + " priority 0; "
                        + rule + "; }; }'"));
    }

    @Test
    void flowTablesAsNftMakesThem() {
        assumeTrue(succeeds("command -v nft"), "needs nft(8)");
        compare(
                "nft-flowtable",
                succeeds(
                        "unshare --net nft 'table inet t { flowtable f { hook ingress priority 0; devices = { lo }; }; }'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mnt", "pid", "net", "ipc", "uts", "cgroup", "user", "time"})
    void namespacesAsUnshareMakesThem(String kind) {
        String option = kind.equals("mnt") ? "mount" : kind;
        compare("ns-" + kind, succeeds("unshare --fork --" + option + " true"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"erofs", "squashfs", "9p", "virtiofs", "fuse"})
    void fileSystemsAsTheKernelListsThem(String type) throws IOException {
        compare(type, Files.readString(Path.of("/proc/filesystems")).contains("\t" + type + "\n"));
    }

    @Test
    void overlaysAsMountMakesThem() {
        String overlay = "mount -t tmpfs t /mnt && cd /mnt && mkdir l u w m && mount -t overlay o -o "
                + "lowerdir=l,upperdir=u,workdir=w%s m";
        compare("overlay", succeeds("unshare --mount sh -c '" + overlay.formatted("") + "'"));
        compare("overlay-volatile", succeeds("unshare --mount sh -c '" + overlay.formatted(",volatile") + "'"));
        compare("overlay-userns", succeeds("unshare --mount --user -r sh -c '" + overlay.formatted("") + "'"));
    }

    @Test
    void aReflinkAsCpMakesIt() {
        compare(
                "reflink",
                succeeds("d=$(mktemp -d -p /var/lib) && echo a >$d/a && cp --reflink=always $d/a $d/b; "
                        + "e=$?; rm -r $d; exit $e"));
    }

    @Test
    void capabilitiesAndLimitsAsProcHasThem() throws IOException {
        String status = Files.readString(Path.of("/proc/self/status"));
        long effective = Long.parseLong(status.replaceAll("(?s).*CapEff:\\s*(\\p{XDigit}+).*", "$1"), 16);
        compare("cap-sys-resource", (effective >> 24 & 1) == 1);
        compare("cap-sys-admin", (effective >> 21 & 1) == 1);
        compare("root", true);
        String version = Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip();
        assertThat(FOUND.get("kernel").get("detail")).startsWith(version + " on ");
    }

    @Test
    void whatIsOrIsNotThereAsFilesSayIt() {
        compare("yama", Files.exists(Path.of("/proc/sys/kernel/yama")));
        compare("modules", Files.exists(Path.of("/proc/modules")));
        compare("systemd", Files.exists(Path.of("/run/systemd/system")));
        compare("psi", succeeds("cat /proc/pressure/memory"));
        compare("apparmor", succeeds("grep -q Y /sys/module/apparmor/parameters/enabled"));
        compare("device-mapper", succeeds("grep -q device-mapper /proc/misc"));
        compare("ip", succeeds("command -v ip"));
        compare("nft", succeeds("command -v nft"));
        compare("nsenter", succeeds("command -v nsenter"));
    }

    @Test
    void theKernelsOwnConfigurationAgrees() throws IOException {
        assumeTrue(succeeds("zcat /proc/config.gz"), "needs /proc/config.gz");
        String config = Carafe.host("zcat", "/proc/config.gz").out();
        compare("core-scheduling", config.contains("\nCONFIG_SCHED_CORE=y\n"));
        compare("soft-dirty", config.contains("\nCONFIG_MEM_SOFT_DIRTY=y\n"));
        compare("kprobes", config.contains("\nCONFIG_KPROBE_EVENTS=y\n"));
        compare("landlock", config.contains("\nCONFIG_SECURITY_LANDLOCK=y\n"));
        compare("io-uring", config.contains("\nCONFIG_IO_URING=y\n"));
        compare("userfaultfd", config.contains("\nCONFIG_USERFAULTFD=y\n"));
        compare("device-programs", config.contains("\nCONFIG_CGROUP_BPF=y\n"));
        compare("kcmp", config.contains("\nCONFIG_KCMP=y\n"));
        compare("restore-memory", config.contains("\nCONFIG_CHECKPOINT_RESTORE=y\n"));
        compare("ipvs", config.contains("\nCONFIG_IP_VS=y\n"));
    }

    @Test
    void anOrdinaryUserIsToldWhatOnlyRootCanTry() {
        Run run = Carafe.shell("setpriv --reuid=65534 --regid=65534 --clear-groups env CARAFE_DAEMON=off HOME=/nowhere "
                + "$carafe doctor");
        assumeTrue(run.code() != 126, "nobody may not read this checkout");
        assertThat(run.code()).as(run.toString()).isZero();
        assertThat(run.out())
                .containsPattern("\n  overlay +can't tell +copy on write over a directory: not without root\n")
                .containsPattern("\n  root +missing ")
                .containsPattern("\n  landlock +" + status("landlock") + " ");
    }

    @Test
    void aGateFailsForOneThatDoesNotWork() {
        assertThat(Carafe.carafe("doctor", "--require", "ns-pid,overlay").code())
                .isZero();
        String missing = FOUND.keySet().stream()
                .filter(name -> status(name).equals("missing"))
                .findFirst()
                .orElseThrow();
        Run run = Carafe.carafe("doctor", "--require", "ns-pid", "--require", missing);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("1 work, 0 in part, 1 missing, 0 can't be told\n");
        assertThat(Carafe.carafe("doctor", "--require", "nonsense").code()).isEqualTo(125);
    }
}
