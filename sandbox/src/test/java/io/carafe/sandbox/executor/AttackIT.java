package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.DefaultProfile;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Attacks that hit real engines, each made in a box, each looked at from the host. The number in a test's name is the
/// row of `docs/attacks.md`. They stay for good. Need root.
@Timeout(120)
class AttackIT {
    private static final Path CORE_PATTERN = Path.of("/proc/sys/kernel/core_pattern");

    @TempDir
    Path directory;

    private Guest guest;
    /// A directory of the host's that no box was given.
    private Path forbidden;

    @BeforeEach
    void makeGuest() throws Exception {
        guest = Guest.in(directory).with("attack");
        forbidden = Files.createDirectory(directory.resolve("forbidden"));
        Files.writeString(forbidden.resolve("canary"), "secret");
    }

    /// CVE-2019-5736: the runtime's own program, through /proc/PID/exe.
    @Test
    void row1TheExecutorCanNotBeOverwritten() throws Exception {
        String before = executorInMemory();
        Box box = guest.box("/bin/attack", "overwrite");
        assertThat(print(Running.startFromMemory(box))).isEqualTo("read EACCES\nwrite EACCES\nmap EBADF\n");

        box.capabilities = Capabilities.ofRoot(Defaults.CAPABILITIES | Capability.SYS_PTRACE.bit());
        assertThat(print(Running.startFromMemory(box))).isEqualTo("read DONE\nwrite ETXTBSY\nmap EACCES\n");

        Files.writeString(guest.root.resolve("bin/evil"), "#!/proc/self/exe\n");
        guest.root.resolve("bin/evil").toFile().setExecutable(true);
        assertThat(print(Running.startFromMemory(guest.box("/bin/evil")))).doesNotContain("secret");

        assertThat(executorInMemory()).isEqualTo(before);
    }

    private static String executorInMemory() throws Exception {
        Box nothing = new Box("/bin/true");
        print(Running.startFromMemory(nothing)); // it is made for the first one
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)
                        && Files.readSymbolicLink(descriptor).toString().startsWith("/memfd:carafe-executor")) {
                    return Arrays.toString(Files.readAllBytes(descriptor));
                }
            }
        }
        throw new AssertionError("no memfd of the executor's");
    }

    /// CVE-2024-21626: a working directory below a descriptor that leaked.
    @Test
    void row2NoDescriptorLeadsOutOfTheBox() throws Exception {
        for (int fd = 3; fd <= 20; fd++) {
            for (boolean readonly : List.of(true, false)) {
                Box box = guest.sh("/bin/ls; /bin/cat canary");
                box.cwd = "/proc/self/fd/" + fd;
                box.readonly = readonly; // then the working directory is not made, only entered
                var caller = List.of(
                        "/bin/bash",
                        "-c",
                        "for i in {5..20}; do eval \"exec $i<$0\"; done; exec \"$1\"",
                        forbidden.toString());
                try (Running running = Running.startBy(caller, Program.SHIPPED, box)) {
                    Report report = running.await();

                    assertThat(running.output()).as(box.cwd).doesNotContain("secret");
                    assertThat(report.outcome()).as(box.cwd).isEqualTo(Outcome.FAILED);
                }
            }
        }
    }

    /// CVE-2025-31133: a /dev/null of the image's for what covers a masked path.
    @Test
    void row3WhatCoversAMaskedFileIsTheRealNullDevice() throws Exception {
        String pattern = Files.readString(CORE_PATTERN);
        Path dev = Files.createDirectory(guest.root.resolve("dev"));
        Files.createSymbolicLink(dev.resolve("null"), CORE_PATTERN);
        Files.createFile(dev.resolve("other"));
        try (Running racer = race(dev.getParent(), "/dev/null", "/dev/other")) {
            for (int i = 0; i < 50; i++) {
                Box box = guest.sh("""
                        exec 2>/tmp/errors
                        [ -c /proc/interrupts ] && [ -c /proc/keys ] && echo covered
                        /bin/cat /proc/interrupts /proc/keys
                        (echo '|/evil' >/proc/interrupts) && echo swallowed
                        (echo '|/evil' >/proc/sys/kernel/core_pattern) && echo written
                        (echo h >/proc/sysrq-trigger) && echo written
                        true
                        """);
                box.copyOnWrite = false;
                box.interactive = true; // or it would read the swapped file
                box.mounts.removeIf(it -> it.destination().startsWith("/dev"));

                assertThat(print(Running.start(Program.SHIPPED, box))).isEqualTo("covered\nswallowed\n");
            }
            assertThat(racer.leftBehind()).isNotEmpty();
        }
        assertThat(Files.readString(CORE_PATTERN)).isEqualTo(pattern);
    }

    /// CVE-2025-52565: a terminal of the image's for the console.
    @Test
    void row4TheConsoleIsTheBoxsOwnTerminal() throws Exception {
        String pattern = Files.readString(CORE_PATTERN);
        Path dev = Files.createDirectory(guest.root.resolve("dev"));
        Files.createSymbolicLink(dev.resolve("console"), CORE_PATTERN);
        Files.createDirectory(dev.resolve("pts"));
        Files.createSymbolicLink(dev.resolve("pts/0"), CORE_PATTERN);
        Path results = Files.createDirectory(directory.resolve("results"));
        for (boolean copyOnWrite : List.of(true, false)) {
            Box box = guest.sh(
                    "/bin/busybox stat -c '%F %t' /dev/console /dev/pts/0 >/results/it; echo evil >/dev/console");
            box.copyOnWrite = copyOnWrite;
            box.terminal = true;
            box.bind(results.toString(), "/results", "bind");
            try (Running running = Running.start(Program.SHIPPED, box)) {
                assertThat(running.status()).isZero();
            }
            assertThat(Files.readString(results.resolve("it")))
                    .isEqualTo("character special file 88\ncharacter special file 88\n");
        }
        assertThat(Files.readString(CORE_PATTERN)).isEqualTo(pattern);
    }

    /// The same, while somebody exchanges what the image has at these places.
    @Test
    void row4NoTerminalOfTheImagesIsTakenWhileItIsRaced() throws Exception {
        String pattern = Files.readString(CORE_PATTERN);
        Path dev = Files.createDirectory(guest.root.resolve("dev"));
        Files.createFile(dev.resolve("console"));
        Files.createSymbolicLink(dev.resolve("other"), CORE_PATTERN);
        try (Running racer = race(guest.root, "/raced/dev/console", "/raced/dev/other")) {
            for (int i = 0; i < 40; i++) {
                Box box = guest.sh("echo evil >/dev/console; /bin/busybox stat -c '%F %t' /dev/console");
                box.copyOnWrite = i % 2 == 0;
                box.terminal = true;
                try (Running running = Running.start(Program.SHIPPED, box)) {
                    assertThat(running.status()).isZero();
                }
                assertThat(Files.readString(CORE_PATTERN)).isEqualTo(pattern);
            }
            assertThat(racer.leftBehind()).isNotEmpty();
        }
    }

    /// CVE-2025-52881, CVE-2019-16884: what is written to procfs lands there, whatever lies at the image's /proc.
    @Test
    void row5WhatIsWrittenToProcfsLandsInProcfs() throws Exception {
        Path proc = Files.createDirectories(guest.root.resolve("proc/sys/kernel"))
                .getParent()
                .getParent();
        Path shmmax = Files.writeString(proc.resolve("sys/kernel/shmmax"), "");
        Path pattern = Files.createSymbolicLink(guest.root.resolve("other"), Path.of("/proc"));
        String before = Files.readString(CORE_PATTERN);
        String host = Files.readString(Path.of("/proc/sys/kernel/shmmax"));
        int ran = 0;
        try (Running racer = race(guest.root, "/raced/proc", "/raced/other")) {
            for (int i = 0; i < 60 || (ran == 0 && i < 2000); i++) {
                Box box = guest.sh("/bin/cat /proc/sys/kernel/shmmax");
                box.copyOnWrite = i % 2 == 0;
                box.sysctl = Map.of("kernel.shmmax", "4242");
                box.oomScoreAdj = 100;
                try (Running running = Running.start(Program.SHIPPED, box)) {
                    if (running.await().outcome() == Outcome.ENDED) {
                        // in a root that is shared, the mount goes where the directory below it goes
                        String value = running.output();
                        assertThat(value)
                                .satisfiesAnyOf(
                                        it -> assertThat(it).isEqualTo("4242\n"),
                                        it -> assertThat(it).startsWith("cat: can't open"));
                        ran += value.startsWith("4242") ? 1 : 0;
                    }
                }
            }
            assertThat(racer.leftBehind()).isNotEmpty();
        }
        assertThat(ran).as("boxes that won").isPositive();
        assertThat(Files.readString(CORE_PATTERN)).isEqualTo(before);
        assertThat(Files.readString(Path.of("/proc/sys/kernel/shmmax"))).isEqualTo(host);
        for (Path top : List.of(proc, pattern)) {
            if (!Files.isSymbolicLink(top)) {
                assertThat(top.resolve(proc.relativize(shmmax))).isEmptyFile();
            }
        }
    }

    /// CVE-2026-41579, CVE-2026-47766: a /dev that leads outside.
    @Test
    void row6DevicesAreNotMadeOutsideTheRoot() throws Exception {
        Map<String, String> before = tree(forbidden);
        Path dev = guest.root.resolve("dev");
        for (String target :
                List.of(forbidden.toString(), "../../../../../.." + forbidden, "/proc/1/root" + forbidden)) {
            for (boolean copyOnWrite : List.of(true, false)) {
                Files.deleteIfExists(dev);
                Files.createSymbolicLink(dev, Path.of(target));
                Box box = guest.sh("/bin/ls /dev/; /bin/cat /dev/canary");
                box.copyOnWrite = copyOnWrite;
                try (Running running = Running.start(Program.SHIPPED, box)) {
                    assertThat(running.output()).as(target).doesNotContain("secret");
                }
                assertThat(tree(forbidden)).as(target).isEqualTo(before);
            }
        }
    }

    /// CVE-2023-27561, CVE-2019-19921: a /proc that is not where it seems.
    @Test
    void row7ProcAndSysAreNotMountedThroughALink() throws Exception {
        for (String name : List.of("proc", "sys")) {
            Path link = Files.createSymbolicLink(guest.root.resolve(name), Path.of("tmp"));
            try (Running running = Running.start(Program.SHIPPED, guest.sh("true"))) {
                assertThat(running.await().outcome()).isEqualTo(Outcome.FAILED);
                assertThat(running.await().error()).isEqualTo(40); // ELOOP
            }
            Files.delete(link);
        }
    }

    /// CVE-2021-30465, and 8, CVE-2024-45310: what is mounted in a volume is made and mounted there, while another box
    /// exchanges a directory in it for a link that leads to the host's files.
    @Test
    void row7And8NothingIsMadeOrMountedOutsideWhileAVolumeIsRaced() throws Exception {
        Map<String, String> before = tree(forbidden);
        Path volume = Files.createDirectory(directory.resolve("volume"));
        Files.createDirectory(volume.resolve("a"));
        String up = "../".repeat(12);
        for (String target :
                List.of(forbidden.toString(), up + forbidden.toString().substring(1), "/proc/self/root" + forbidden)) {
            Files.createSymbolicLink(volume.resolve("b"), Path.of(target));
            int ran = 0;
            try (Running racer = race(volume, "/raced/a", "/raced/b")) {
                for (int i = 0; i < 40 || (ran == 0 && i < 2000); i++) {
                    Box box = guest.sh(
                            "/bin/cat /volume/a/deep/canary /volume/a/canary /volume/b/canary 2>/dev/null; true");
                    box.bind(volume.toString(), "/volume", "bind");
                    box.mount("/volume/a/deep/" + i, "tmpfs", "tmpfs");
                    box.bind(volume.toString(), "/volume/a/again", "bind");
                    try (Running running = Running.start(Program.SHIPPED, box)) {
                        ran += running.await().outcome() == Outcome.ENDED ? 1 : 0;
                        assertThat(running.output()).doesNotContain("secret");
                    }
                    assertThat(tree(forbidden)).isEqualTo(before);
                    assertThat(Guest.mounts(directory)).isEmpty();
                }
                assertThat(racer.leftBehind()).isNotEmpty();
            }
            assertThat(ran).as("boxes that won").isPositive();
            for (String name : List.of("a", "b")) {
                if (Files.isSymbolicLink(volume.resolve(name))) {
                    Files.delete(volume.resolve(name));
                    if (name.equals("a")) {
                        Files.move(volume.resolve("b"), volume.resolve("a"));
                    }
                }
            }
        }
    }

    /// The same for what is made for the box, kept of it, copied, and laid over a volume: while somebody exchanges
    /// names in a shared directory.
    @Test
    void row7And8And22NothingOfOursGoesThroughARacedLink() throws Exception {
        Map<String, String> before = tree(forbidden);
        Path volume = Files.createDirectory(directory.resolve("volume"));
        Files.createDirectory(volume.resolve("a"));
        Files.createSymbolicLink(volume.resolve("b"), Path.of("/../../../../.." + forbidden));
        int ran = 0;
        try (Running racer = race(volume, "/raced/a", "/raced/b")) {
            for (int i = 0; i < 40 || (ran == 0 && i < 2000); i++) {
                Box box = guest.sh(
                        "/bin/cat /volume/a/canary /volume/b/canary /copy/a/canary /over/a/canary 2>/dev/null; true");
                box.bind(volume.toString(), "/volume", "bind");
                box.bind(volume.toString(), "/copy", "bind");
                box.mount("/copy", "tmpfs", "tmpfs", "tmpcopyup");
                box.mount("/over", "overlay", volume.toString());
                box.files = List.of(
                        new Spec.TextFile("/volume/a/file", 0644, "ours"),
                        new Spec.TextFile("/volume/a/deep/" + i, 0644, "ours"));
                try (Running running = Running.start(Program.SHIPPED, box)) {
                    ran += running.await().outcome() == Outcome.ENDED ? 1 : 0;
                    assertThat(running.output()).doesNotContain("secret");
                }
                assertThat(tree(forbidden)).isEqualTo(before);
                assertThat(Guest.mounts(directory)).isEmpty();
            }
            assertThat(racer.leftBehind()).isNotEmpty();
        }
        assertThat(ran).as("boxes that won").isPositive();
    }

    /// A directory for kept changes whose parts lead elsewhere: from another engine's box, or out of an archive.
    @Test
    void row15KeptChangesAreKeptWhereTheyShallBe() throws Exception {
        Map<String, String> before = tree(forbidden);
        Files.createDirectories(directory.resolve("elsewhere/upper"));
        Files.createDirectories(directory.resolve("elsewhere/work"));
        String up = "../".repeat(12);
        for (String elsewhere : List.of(forbidden.toString(), directory.resolve("elsewhere") + "")) {
            for (String target : List.of(elsewhere, up + elsewhere.substring(1), "/proc/self/root" + elsewhere)) {
                for (String names : List.of("upper", "work", "upper work")) {
                    Path kept = Files.createTempDirectory(directory, "kept");
                    for (String name : names.split(" ")) {
                        Path real = Path.of(elsewhere, name);
                        String to = Files.exists(real) ? target + "/" + name : target;
                        Files.createSymbolicLink(kept.resolve(name), Path.of(to));
                    }
                    Box box = guest.sh("echo x >/x");
                    box.upper = new Spec.Upper(kept.toString(), false);
                    try (Running running = Running.start(Program.SHIPPED, box)) {
                        assertThat(running.await().outcome()).as(names).isEqualTo(Outcome.FAILED);
                    }
                    assertThat(tree(forbidden)).isEqualTo(before);
                    assertThat(directory.resolve("elsewhere/upper")).isEmptyDirectory();
                    assertThat(directory.resolve("elsewhere/work")).isEmptyDirectory();
                }
            }
        }
    }

    /// CVE-2022-29162 and its like: capabilities that a set-capability program turns into more.
    @Test
    void row10NothingIsInheritable() throws Exception {
        for (int uid : List.of(0, 1000)) {
            Box box = guest.sh("/bin/grep -E '^Cap(Inh|Amb)' /proc/self/status");
            box.user = new User(uid, uid, 0022, List.of());
            assertThat(print(Running.start(Program.SHIPPED, box)))
                    .isEqualTo("CapInh:\t0000000000000000\nCapAmb:\t0000000000000000\n");
        }
    }

    /// CVE-2022-0492: a program of the host's, run when a group is empty.
    @Test
    void row35NoReleaseAgentCanBeSet() throws Exception {
        Box box = guest.box("/bin/attack", "release-agent");
        box.limit(64L << 20, null, null, null, 100L);
        assertThat(print(Running.start(Program.SHIPPED, box)).lines())
                .hasSize(10)
                .noneMatch(it -> it.endsWith("DONE"));

        box.seccomp = null;
        assertThat(print(Running.start(Program.SHIPPED, box)).lines())
                .filteredOn(it -> it.endsWith("DONE"))
                .allMatch(it -> it.startsWith("unshare ")); // a user namespace gives nothing outside itself
    }

    /// A device node in an image or a volume, or made in the box.
    @Test
    void row36DeviceNodesOpenNothing() throws Exception {
        Path volume = Files.createDirectory(directory.resolve("volume"));
        for (Path node : List.of(guest.root.resolve("node"), volume.resolve("node"))) {
            assertThat(new ProcessBuilder("mknod", node.toString(), "c", "1", "5")
                            .start()
                            .waitFor())
                    .isZero();
        }
        for (boolean copyOnWrite : List.of(true, false)) {
            Box box = guest.box("/bin/attack", "devices");
            box.copyOnWrite = copyOnWrite;
            box.bind(volume.toString(), "/volume", "bind", "nodev");

            assertThat(print(Running.start(Program.SHIPPED, box))).isEqualTo("""
                    mknod block EPERM
                    mknod char EPERM
                    mknod in dev EPERM
                    open node EACCES
                    open node in volume EACCES
                    """);
        }
    }

    /// Keys of the caller's session.
    @Test
    void row37TheCallersKeysAreNotFound() throws Exception {
        Path attack = Guest.compiled("attack", "-static");
        for (boolean confined : List.of(true, false)) {
            Box box = guest.box("/bin/attack", "find-key");
            box.seccomp = confined ? box.seccomp : null;
            List<String> caller = List.of(attack.toString(), "keep-key");
            assertThat(print(Running.startBy(caller, Program.SHIPPED, box)))
                    .isEqualTo(
                            confined
                                    ? "search EPERM\nadd EPERM\nrequest EPERM\n"
                                    : "search ENOKEY\nadd DONE\nrequest ENOKEY\n");
        }
    }

    @Test
    void row37BoxesShareNoKeys() throws Exception {
        Box keeps = guest.box("/bin/attack", "keep-key", "/bin/sh", "-c", "echo kept; /bin/sleep 1000");
        keeps.seccomp = null;
        try (Running first = Running.start(Program.SHIPPED, keeps)) {
            first.awaitPrinted("kept");
            Box finds = guest.box("/bin/attack", "find-key");
            finds.seccomp = null;

            assertThat(print(Running.start(Program.SHIPPED, finds)))
                    .startsWith("search ENOKEY\n")
                    .endsWith("request ENOKEY\n");
        }
    }

    /// What was planned is what is: the flags of every mount, as the box's own mountinfo shows them.
    @Test
    void row40EveryMountHasTheFlagsOfThePlan() throws Exception {
        Path below = Files.createDirectories(directory.resolve("tree/below"));
        mustRun("mount", "-t", "tmpfs", "below", below.toString());
        try {
            Box box = guest.box("/bin/cat", "/proc/self/mountinfo");
            box.readonly = true;
            String tree = below.getParent().toString();
            var closed = List.of("ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime", "nosymfollow");
            var each = new TreeMap<String, List<String>>();
            for (String option : closed) {
                each.put("/tmp/" + option, List.of("bind", option));
                each.put("/tmp/r" + option, List.of("rbind", "r" + option));
            }
            each.put("/tmp/all", append("bind", closed));
            each.put("/tmp/top", append("rbind", closed));
            each.put("/tmp/volatile", List.of("rbind", "rro", "rw"));
            box.mount("/tmp", "tmpfs", "tmpfs", "nodev", "nosuid");
            each.forEach((destination, options) -> box.mounts.add(new Mount(destination, "", tree, options)));
            for (boolean copyOnWrite : List.of(true, false)) {
                box.copyOnWrite = copyOnWrite;

                Map<String, List<String>> mounted = mountinfo(print(Running.start(Program.SHIPPED, box)));

                assertThat(mounted.get("/")).as("/").contains("ro", "nodev");
                for (Mount mount : box.mounts) {
                    if (mount.type().equals("cgroup")) {
                        continue; // it has no group, so it is shown none
                    }
                    for (String option : mount.options()) {
                        boolean all = option.startsWith("r") && closed.contains(option.substring(1));
                        String name = all ? option.substring(1) : option;
                        if (!closed.contains(name)) {
                            continue;
                        }
                        if (!(mount.destination().equals("/tmp/volatile") && all)) {
                            assertThat(mounted.get(mount.destination()))
                                    .as(mount.destination())
                                    .contains(name);
                        }
                        if (mount.options().contains("rbind")) {
                            var underneath = assertThat(mounted.get(mount.destination() + "/below"))
                                    .as(mount + " below");
                            if (all) {
                                underneath.contains(name);
                            } else {
                                underneath.doesNotContain(name);
                            }
                        }
                    }
                }
                assertThat(mounted.get("/tmp/volatile")).contains("rw");
                for (String path : box.readonlyPaths) {
                    if (Files.exists(Path.of(path))) {
                        assertThat(mounted.get(path)).as(path).contains("ro");
                    }
                }
                for (String path : box.maskedPaths) {
                    if (Files.exists(Path.of(path))) {
                        assertThat(mounted.get(path)).as(path).contains("ro", "nosuid", "noexec");
                    }
                }
            }
        } finally {
            mustRun("umount", below.toString());
        }
    }

    /// i386 and x32 calls have other numbers for the same doors.
    @Test
    void row47ForbiddenCallsAreForbiddenByEveryWayIntoTheKernel() throws Exception {
        assertThat(print(Running.start(Program.SHIPPED, guest.box("/bin/attack", "calls", "native")))
                        .lines())
                .hasSize(16)
                .allMatch(it -> it.endsWith("EPERM") || it.endsWith("ENOSYS"))
                .contains("clone3 ENOSYS", "unknown ENOSYS", "ioctl TIOCSTI with high bits EPERM");
        assertThat(print(Running.start(Program.SHIPPED, guest.box("/bin/attack", "calls", "int80")))
                        .lines())
                .hasSize(9)
                .contains("i386 getpid DONE", "i386 unknown ENOSYS")
                .filteredOn(it -> !it.equals("i386 getpid DONE"))
                .allMatch(it -> it.endsWith("EPERM") || it.endsWith("ENOSYS"));
        try (Running running = Running.start(Program.SHIPPED, guest.box("/bin/attack", "calls", "x32"))) {
            assertThat(running.output()).doesNotContain("mount DONE", "unshare DONE");
        }
    }

    @Test
    void row47AForeignCallKillsWhatShallMakeNone() throws Exception {
        for (String way : List.of("int80", "x32")) {
            Box box = guest.box("/bin/attack", "calls", way);
            box.seccomp = DefaultProfile.nativeOnly(Architecture.X86_64, Defaults.CAPABILITIES);
            box.noNewPrivileges = true;
            try (Running running = Running.start(Program.SHIPPED, box)) {
                assertThat(running.output()).as(way).doesNotContain("DONE");
                assertThat(running.status() & 0x7f).as(way).isEqualTo(31); // SIGSYS
            }
        }
    }

    /// A box in which a program exchanges two names of a shared directory for ever.
    private Running race(Path shared, String one, String other) throws Exception {
        String prefix = one.startsWith("/raced") ? "" : "/raced";
        Box box = guest.box("/bin/attack", "race", prefix + one, prefix + other);
        box.bind(shared.toString(), "/raced", "bind");
        Running running = Running.start(Program.SHIPPED, box);
        running.awaitPrinted("racing");
        return running;
    }

    private static String print(Running started) throws IOException, InterruptedException {
        try (Running running = started) {
            return running.output();
        }
    }

    private static void mustRun(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static List<String> append(String first, List<String> others) {
        var all = new ArrayList<>(List.of(first));
        all.addAll(others);
        return all;
    }

    /// The flags of the topmost mount by its place.
    private static Map<String, List<String>> mountinfo(String text) {
        var mounted = new HashMap<String, List<String>>();
        for (String line : text.lines().toList()) {
            String[] fields = line.split(" ");
            mounted.put(fields[4], List.of(fields[5].split(",")));
        }
        return mounted;
    }

    /// Every name below a directory, with what tells whether it was touched.
    private static Map<String, String> tree(Path top) throws IOException {
        var tree = new TreeMap<String, String>();
        try (Stream<Path> files = Files.walk(top)) {
            for (Path file : files.toList()) {
                tree.put(
                        file.toString(),
                        Files.readAttributes(file, "unix:ino,ctime,mode,nlink,size", LinkOption.NOFOLLOW_LINKS)
                                .toString());
            }
        }
        return tree;
    }
}
