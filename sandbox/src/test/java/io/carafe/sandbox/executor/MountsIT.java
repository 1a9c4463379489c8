package io.carafe.sandbox.executor;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.executor.Report.Outcome;
import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Hosts;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.Capability;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.IdMapping;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the planner asks for is what a box has: options, propagation, layers, kept changes, files made for it. Needs
/// root.
@Timeout(120)
class MountsIT {
    @TempDir
    Path directory;

    private Guest guest;

    @BeforeEach
    void makeGuest() throws Exception {
        guest = Guest.in(directory).with("attack");
    }

    /// Each option of the runtime specification, and what `/proc/self/mountinfo` says of a mount that has it: of the
    /// mount, of its file system, or nothing (`-`); `!` before what may not stand there.
    @ParameterizedTest
    @CsvSource({
        "async,!sync,!sync",
        "atime,relatime,-",
        "defaults,rw,rw",
        "dev,!nodev,-",
        "diratime,!nodiratime,-",
        "dirsync,-,dirsync",
        "exec,!noexec,-",
        "lazytime,-,lazytime",
        "loud,rw,rw",
        "noatime,noatime,-",
        "nodev,nodev,-",
        "nodiratime,nodiratime,-",
        "noexec,noexec,-",
        "noiversion,rw,rw",
        "nolazytime,-,!lazytime",
        "nomand,-,!mand",
        "norelatime,relatime,-",
        "nostrictatime,relatime,-",
        "nosuid,nosuid,-",
        "nosymfollow,nosymfollow,-",
        "relatime,relatime,-",
        "ro,ro,-",
        "rw,rw,rw",
        "silent,rw,rw",
        "strictatime,!relatime,-",
        "suid,!nosuid,-",
        "symfollow,!nosymfollow,-",
        "sync,-,sync",
    })
    void anOptionOfANewFileSystemShows(String option, String mount, String superblock) throws Exception {
        Box box = guest.box("/bin/grep", " /new ", "/proc/self/mountinfo");
        box.mount("/new", "tmpfs", "tmpfs", option);
        shows(box, mount, superblock);
    }

    @ParameterizedTest
    @CsvSource({
        "atime,relatime",
        "diratime,!nodiratime",
        "exec,!noexec",
        "noatime,noatime",
        "nodev,nodev",
        "nodiratime,nodiratime",
        "noexec,noexec",
        "nostrictatime,relatime",
        "nosuid,nosuid",
        "nosymfollow,nosymfollow",
        "relatime,relatime",
        "ro,ro",
        "rw,rw",
        "strictatime,!relatime",
        "suid,!nosuid",
        "symfollow,!nosymfollow",
        "ratime,relatime",
        "rdev,!nodev",
        "rdiratime,!nodiratime",
        "rexec,!noexec",
        "rnoatime,noatime",
        "rnodev,nodev",
        "rnodiratime,nodiratime",
        "rnoexec,noexec",
        "rnorelatime,relatime",
        "rnostrictatime,relatime",
        "rnosuid,nosuid",
        "rnosymfollow,nosymfollow",
        "rrelatime,relatime",
        "rro,ro",
        "rrw,rw",
        "rstrictatime,!relatime",
        "rsuid,!nosuid",
        "rsymfollow,!nosymfollow",
    })
    void anOptionOfABindShows(String option, String mount) throws Exception {
        Box box = guest.box("/bin/grep", " /new ", "/proc/self/mountinfo");
        box.bind(Files.createDirectory(directory.resolve("source")).toString(), "/new", "rbind", option);
        shows(box, mount, "-");
    }

    private static void shows(Box box, String mount, String superblock) throws Exception {
        String line = print(box).strip();
        String[] halves = line.split(" - ");
        expect(halves[0].split(" ")[5], mount);
        expect(halves[1].split(" ")[2], superblock);
    }

    private static void expect(String options, String expected) {
        if (expected.startsWith("!")) {
            assertThat(options.split(",")).doesNotContain(expected.substring(1));
        } else if (!expected.equals("-")) {
            assertThat(options.split(",")).contains(expected);
        }
    }

    @ParameterizedTest
    @CsvSource({"private,''", "slave,''", "shared,shared:", "unbindable,unbindable"})
    void theRootSpreadsAsAsked(String propagation, String tag) throws Exception {
        for (boolean all : List.of(true, false)) {
            Box box = guest.box("/bin/grep", "-E", " / / |/proc ", "/proc/self/mountinfo");
            box.rootfsPropagation = all ? "r" + propagation : propagation;
            String[] lines = print(box).split("\n");
            assertThat(lines[0]).contains(tag);
            if (!tag.isEmpty()) {
                assertThat(lines[1].contains(tag)).isEqualTo(all);
            }
        }
    }

    /// What a kernel doesn't know it says itself, by name.
    @Test
    void anUnknownOptionIsNamedByTheKernel() throws Exception {
        for (String option : List.of("nonsense", "iversion")) {
            Box box = guest.sh("true");
            box.mount("/new", "tmpfs", "tmpfs", option);
            try (Running running = Running.start(Program.SHIPPED, box)) {
                assertThat(running.await().outcome()).isEqualTo(Outcome.FAILED);
                assertThat(running.await().kernel()).contains(option);
            }
        }
    }

    @Test
    void aRemountChangesTheMountThatIsThere() throws Exception {
        Box box = guest.box("/bin/grep", " /new ", "/proc/self/mountinfo");
        box.mount("/new", "tmpfs", "tmpfs", "ro");
        box.mount("/new", "", "", "remount", "rw", "noexec");
        shows(box, "rw", "-");
        shows(box, "noexec", "-");

        box.mount("/bin", "", "", "remount", "ro"); // is no mount
        try (Running running = Running.start(Program.SHIPPED, box)) {
            assertThat(running.await().error()).isEqualTo(Errno.EINVAL);
            assertThat(Words.of(Planner.plan(box.spec(), Running.HOST), running.await()))
                    .singleElement()
                    .asString()
                    .endsWith("nothing is mounted there");
        }
    }

    @Test
    void aTmpfsBeginsWithWhatStoodThere() throws Exception {
        Path var = Files.createDirectories(guest.root.resolve("var/a/b"));
        Files.writeString(var.resolve("file"), "text");
        Files.setPosixFilePermissions(var.resolve("file"), PosixFilePermissions.fromString("rwxr-x---"));
        Files.setAttribute(var, "unix:uid", 1000);
        Files.createSymbolicLink(var.resolve("link"), Path.of("/etc/shadow"));
        mustRun("mkfifo", var.resolve("fifo").toString());
        mustRun("chmod", "1777", guest.root.resolve("var").toString());
        Box box = guest.sh("""
                cd /var/a/b; /bin/cat file; echo
                for i in /var file fifo . link; do /bin/busybox stat -c '%F %a %u' $i; done; /bin/readlink link
                echo more >>file; /bin/busybox df /var | /bin/grep -c tmpfs""");
        box.mount("/var", "tmpfs", "tmpfs", "tmpcopyup");
        assertThat(print(box)).isEqualTo("""
                text
                directory 1777 0
                regular file 750 0
                fifo 644 0
                directory 755 1000
                symbolic link 777 0
                /etc/shadow
                1
                """);
        assertThat(var.resolve("file")).hasContent("text");
    }

    /// What is mounted on a shared bind reaches the host and comes back from there; nothing else does.
    @Test
    void whatIsSharedSpreadsBothWays() throws Exception {
        Path shared = mountShared();
        try {
            Box box = guest.sh("""
                    /bin/mount -t tmpfs inner /shared/a && echo mounted
                    until /bin/grep -q outer /proc/self/mountinfo; do /bin/sleep 0.01; done; echo seen
                    until [ -e /shared/b/end ]; do /bin/sleep 0.01; done""");
            box.bind(shared.toString(), "/shared", "rbind", "rshared");
            box.mount("/secret", "tmpfs", "secret");
            administrator(box);
            try (Running running = Running.start(Program.SHIPPED, box)) {
                running.awaitPrinted("mounted");
                assertThat(Guest.mounts(directory)).anyMatch(it -> it.contains(shared + "/a ") && it.contains("inner"));
                assertThat(Guest.mounts(directory)).noneMatch(it -> it.contains("secret"));
                mustRun("mount", "-t", "tmpfs", "outer", shared.resolve("b").toString());
                running.awaitPrinted("seen");
                Files.createFile(shared.resolve("b/end"));
                assertThat(running.status()).isZero();
            }
            assertThat(Guest.mounts(directory)).hasSize(3); // it goes on when the box has gone
        } finally {
            mustRun("umount", "-R", shared.toString());
        }
    }

    @Test
    void whatFollowsTheHostSpreadsNothing() throws Exception {
        Path shared = mountShared();
        try {
            for (String propagation : List.of("rslave", "rprivate")) {
                Box box = guest.sh("""
                        /bin/mount -t tmpfs inner /shared/a && echo mounted
                        until [ -e /shared/end ]; do /bin/sleep 0.01; done; /bin/grep -c outer /proc/self/mountinfo""");
                box.bind(shared.toString(), "/shared", "rbind", propagation);
                box.mount("/shared/b/ours", "tmpfs", "secret");
                administrator(box);
                try (Running running = Running.start(Program.SHIPPED, box)) {
                    running.awaitPrinted("mounted");
                    assertThat(Guest.mounts(directory)).hasSize(1);
                    mustRun("mount", "-t", "tmpfs", "outer", shared.resolve("b").toString());
                    Files.createFile(shared.resolve("end"));
                    assertThat(running.output()).endsWith(propagation.equals("rslave") ? "\n1\n" : "\n0\n");
                }
                mustRun("umount", shared.resolve("b").toString());
                Files.delete(shared.resolve("end"));
            }
        } finally {
            mustRun("umount", "-R", shared.toString());
        }
    }

    /// A link could lead one shared mount into another, and so to the host.
    @Test
    void aSharedMountIsNotAttachedThroughALink() throws Exception {
        Path shared = mountShared();
        try {
            Files.createSymbolicLink(guest.root.resolve("link"), Path.of("shared/a"));
            Box box = guest.sh("true");
            box.bind(shared.toString(), "/shared", "bind", "shared");
            box.bind(shared.toString(), "/link", "bind", "shared");
            try (Running running = Running.start(Program.SHIPPED, box)) {
                assertThat(running.await().error()).isEqualTo(Errno.ELOOP);
            }
            assertThat(Guest.mounts(directory)).hasSize(1);
        } finally {
            mustRun("umount", "-R", shared.toString());
        }
    }

    private Path mountShared() throws Exception {
        Path shared = Files.createDirectory(directory.resolve("shared"));
        mustRun("mount", "-t", "tmpfs", "carafe-test", shared.toString());
        mustRun("mount", "--make-shared", shared.toString());
        Files.createDirectory(shared.resolve("a"));
        Files.createDirectory(shared.resolve("b"));
        return shared;
    }

    private static void administrator(Box box) {
        box.capabilities = Capabilities.ofRoot(Defaults.CAPABILITIES | Capability.SYS_ADMIN.bit());
        box.seccomp = null;
    }

    @Test
    void threeHundredLayersLieOverEachOther() throws Exception {
        Box box = guest.sh("cd /; /bin/cat which; /bin/ls | /bin/grep -c ^only; /bin/cat only-300; [ ! -e gone ]");
        box.lower = layers(300);
        try (Running running = Running.start(Program.SHIPPED, box)) {
            assertThat(running.output()).isEqualTo("1\n300\n300\n");
            assertThat(running.status()).isZero();
        }
    }

    /// As on a kernel that has no `lowerdir+`.
    @ParameterizedTest
    @ValueSource(ints = {95, 96, 179})
    void layersAreTakenInOneOptionToo(int count) throws Exception {
        Box box = guest.sh(
                "cd /; /bin/cat which; /bin/ls | /bin/grep -c ^only; /bin/cat only-" + count + "; [ ! -e gone ]");
        box.lower = layers(count);
        Plan plan = Planner.plan(
                box.spec(), Hosts.of(Running.HOST, new io.carafe.sandbox.host.Kernel("6.1.0", 6, 1, "x86_64")));
        try (Running running = Running.start(Program.SHIPPED, plan)) {
            assertThat(running.output()).isEqualTo("1\n" + count + "\n" + count + "\n");
            assertThat(running.status()).isZero();
        }
    }

    /// In two overlays: each kernel's own limit is 500.
    @ParameterizedTest
    @ValueSource(ints = {500, 998})
    void moreLayersThanOneOverlayTakes(int count) throws Exception {
        Box box = guest.sh(
                "cd /; /bin/cat which; /bin/ls | /bin/grep -c ^only; /bin/cat only-" + count + "; [ ! -e gone ]");
        box.lower = layers(count);
        assertThat(print(box)).isEqualTo("1\n" + count + "\n" + count + "\n");
    }

    @Test
    void aStoresLayersAreOfTheBoxsUsersAndStayWhileItRuns() throws Exception {
        Path store = Files.createDirectories(directory.resolve("layers"));
        Box box = guest.sh(
                "cd /; /bin/cat which; /bin/busybox stat -c %u which; [ ! -e gone ] && echo ready; /bin/sleep 1000");
        box.lower = layers(120);
        Path top = Files.createDirectory(store.resolve("top"));
        mustRun("cp", "-a", guest.root + "/.", top.toString());
        box.root = top.toString();
        box.store = new Spec.Store(store.toString(), box.lower);
        box.namespaces.put(Namespace.USER, "");
        box.uidMappings = List.of(new IdMapping(0, 100_000, 1000));
        box.gidMappings = box.uidMappings;
        String lock = "flock --nonblock --exclusive " + box.lower.getFirst() + " true";
        mustRun("sh", "-c", lock);
        try (Running running = Running.start(Program.SHIPPED, box)) {
            running.awaitPrinted("ready");
            assertThat(running.printed()).isEqualTo("1\n0\nready\n");
            mustRun("sh", "-c", "! " + lock);
            mustRun("flock", "--nonblock", "--shared", box.lower.getFirst(), "true");
        }
        mustRun("flock", "--timeout", "10", "--exclusive", box.lower.getFirst(), "true");
    }

    @Test
    void layersMayHaveLongNamesAndOddCharacters() throws Exception {
        Path layers = Files.createDirectories(directory.resolve("a:b,c\\d+=e").resolve("ü".repeat(100)));
        var names = List.of("short", "l".repeat(200));
        var lower = new ArrayList<String>();
        for (String name : names) {
            Path layer = Files.createDirectory(layers.resolve(name));
            Files.writeString(layer.resolve("of-" + name.length()), name);
            lower.add(layer.toString());
        }
        Box box = guest.sh("cd /; /bin/ls | /bin/grep ^of-");
        box.lower = lower;
        assertThat(print(box)).isEqualTo("of-200\nof-5\n");
    }

    @Test
    void aRootMayHaveALongNameAndOddCharacters() throws Exception {
        Path odd = directory.resolve("a:b,c\\d".repeat(10)).resolve("ü".repeat(100));
        Files.createDirectories(odd.getParent());
        Files.move(guest.root, odd);
        Box box = new Box("/bin/sh", "-c", "echo ran");
        box.root = odd.toString();
        assertThat(print(box)).isEqualTo("ran\n");
    }

    private List<String> layers(int count) throws Exception {
        var layers = new ArrayList<String>();
        for (int i = 1; i <= count; i++) {
            Path layer = Files.createDirectories(directory.resolve("layers").resolve(Integer.toString(i)));
            Files.writeString(layer.resolve("which"), i + "\n");
            Files.writeString(layer.resolve("only-" + i), i + "\n");
            layers.add(layer.toString());
        }
        Files.createFile(directory.resolve("layers").resolve(count + "/gone"));
        mustRun("mknod", directory.resolve("layers/2/gone").toString(), "c", "0", "0"); // a whiteout
        return layers;
    }

    @Test
    void changesAreKeptAndOneBoxAtATimeWritesThem() throws Exception {
        Path kept = Files.createDirectory(directory.resolve("kept"));
        for (boolean unsynced : List.of(false, true)) {
            Box box = guest.sh("/bin/cat /etc/counter 2>/dev/null; echo 1 >>/etc/counter");
            box.upper = new Spec.Upper(kept.toString(), unsynced);
            print(box);
            assertThat(print(box)).startsWith("1\n");
            Box waits = guest.sh("echo waits; /bin/sleep 1000");
            waits.upper = box.upper;
            try (Running running = Running.start(Program.SHIPPED, waits)) {
                running.awaitPrinted("waits");
                try (Running second = Running.start(Program.SHIPPED, box)) {
                    assertThat(second.await().error()).isEqualTo(Errno.EAGAIN);
                    assertThat(Words.of(Planner.plan(box.spec(), Running.HOST), second.await())
                                    .getFirst())
                            .endsWith("another box that runs keeps its changes there");
                }
            }
            assertThat(print(box)).startsWith("1\n1\n");
            assertThat(kept.resolve("volatile")).doesNotExist();
        }
        assertThat(guest.root.resolve("etc/counter")).doesNotExist();
        assertThat(kept.resolve("upper/etc/counter")).exists();
    }

    /// The mark stays, and what may be damaged isn't taken for whole.
    @Test
    void whatWasNotSyncedWhenTheMachineWentDownIsRefused() throws Exception {
        Path kept = Files.createDirectory(directory.resolve("kept"));
        Files.createDirectory(kept.resolve("volatile"));
        Box box = guest.sh("true");
        box.upper = new Spec.Upper(kept.toString(), true);
        for (int i = 0; i < 2; i++) {
            try (Running running = Running.start(Program.SHIPPED, box)) {
                assertThat(running.await().error()).isEqualTo(Errno.EEXIST);
                assertThat(Words.of(Planner.plan(box.spec(), Running.HOST), running.await())
                                .getFirst())
                        .contains("the machine went down");
            }
        }
    }

    @Test
    void changesCanNotBeKeptOnAnOverlay() throws Exception {
        Path merged = Files.createDirectories(directory.resolve("merged"));
        mustRun(
                "mount",
                "-t",
                "overlay",
                "carafe-test",
                "-o",
                "lowerdir=" + guest.root + ":" + merged,
                merged.toString());
        mustRun("umount", merged.toString());
        Path upper = Files.createDirectory(directory.resolve("upper"));
        Path work = Files.createDirectory(directory.resolve("work"));
        mustRun(
                "mount",
                "-t",
                "overlay",
                "carafe-test",
                "-o",
                "lowerdir=" + guest.root + ",upperdir=" + upper + ",workdir=" + work,
                merged.toString());
        try {
            Box box = guest.sh("true");
            box.upper = new Spec.Upper(merged.toString(), false);
            try (Running running = Running.start(Program.SHIPPED, box)) {
                assertThat(running.await().outcome()).isEqualTo(Outcome.FAILED);
                assertThat(Words.of(Planner.plan(box.spec(), Running.HOST), running.await())
                                .getFirst())
                        .contains("can't lie on NFS, FAT or another overlay");
            }
        } finally {
            mustRun("umount", merged.toString());
        }
    }

    @Test
    void anOverlayVolumeLeavesItsSourceAlone() throws Exception {
        Path source = Files.createDirectory(directory.resolve("a:source"));
        Files.writeString(source.resolve("file"), "old\n");
        Files.setAttribute(source, "unix:uid", 1000);
        Path upper = Files.createDirectories(directory.resolve("kept/upper"));
        Path work = Files.createDirectories(directory.resolve("kept/work"));
        Box box = guest.sh("""
                /bin/cat /v/file; echo new >/v/file; /bin/cat /v/file; /bin/busybox stat -c %u /v; echo kept >/k/file""");
        box.mount("/v", "overlay", source.toString());
        box.bind(directory.toString(), "/tree", "rbind"); // the base is unbindable meanwhile
        box.mount("/k", "overlay", source.toString(), "upperdir=" + upper, "workdir=" + work);
        assertThat(print(box)).isEqualTo("old\nnew\n1000\n");
        assertThat(source.resolve("file")).hasContent("old");
        assertThat(upper.resolve("file")).hasContent("kept");
    }

    /// Links of the root lead nowhere but below it, those that dangle too.
    @Test
    void filesMadeForTheBoxTakeThePlaceOfWhatIsThere() throws Exception {
        Files.writeString(guest.root.resolve("etc/plain"), "the image's");
        Files.createSymbolicLink(guest.root.resolve("etc/link"), Path.of("plain2"));
        Files.writeString(guest.root.resolve("etc/plain2"), "the image's");
        Files.createSymbolicLink(guest.root.resolve("etc/dangling"), Path.of("../run/made/here"));
        Path forbidden = Files.createDirectory(directory.resolve("forbidden"));
        Files.createSymbolicLink(guest.root.resolve("etc/outside"), Path.of("/../.." + forbidden + "/file"));
        Files.createSymbolicLink(guest.root.resolve("etc/loop"), Path.of("loop"));
        var paths = List.of("/etc/plain", "/etc/link", "/etc/dangling", "/etc/outside", "/new/directory/file");
        Box box = guest.sh(
                "for i in " + String.join(" ", paths) + " /etc/plain2; do /bin/cat $i; done; echo x >/etc/plain");
        box.files = paths.stream()
                .map(path -> new Spec.TextFile(path, 0644, path + "\n"))
                .toList();
        assertThat(print(box).lines())
                .containsExactlyElementsOf(
                        Stream.concat(paths.stream(), Stream.of("/etc/link")).toList());
        assertThat(guest.root.resolve("etc/plain")).hasContent("the image's");
        assertThat(forbidden).isEmptyDirectory();

        box.files = List.of(new Spec.TextFile("/etc/loop", 0644, ""));
        try (Running running = Running.start(Program.SHIPPED, box)) {
            assertThat(running.await().error()).isEqualTo(Errno.ELOOP);
        }
    }

    @Test
    void socketsAndFifosAndFilesInDevAreMounted() throws Exception {
        Path fifo = directory.resolve("fifo");
        mustRun("mkfifo", fifo.toString());
        Path socket = directory.resolve("socket");
        try (var server = java.nio.channels.ServerSocketChannel.open(java.net.StandardProtocolFamily.UNIX)) {
            server.bind(java.net.UnixDomainSocketAddress.of(socket));
            Box box = guest.sh("for i in /run/fifo /dev/log /dev/file; do /bin/busybox stat -c %F $i; done");
            box.bind(fifo.toString(), "/run/fifo", "bind");
            box.bind(socket.toString(), "/dev/log", "bind");
            box.bind(guest.root.resolve("bin/busybox").toString(), "/dev/file", "bind");
            assertThat(print(box)).isEqualTo("fifo\nsocket\nregular file\n");
        }
    }

    /// A box works without pivot_root(2) too, and the classic way out of a chroot(2) ends in the box's own root. The
    /// host's mounts are below it, for whoever may unmount: CAP_SYS_ADMIN, which a box hasn't.
    @Test
    void theRootCanBeEnteredByChroot() throws Exception {
        Files.writeString(directory.resolve("canary"), "secret");
        for (boolean administrator : List.of(false, true)) {
            for (boolean pivot : List.of(false, true)) {
                Box box = guest.sh(
                        "/bin/attack escape " + directory + "/canary; /bin/attack dig " + directory + "/canary");
                box.pivot = pivot;
                if (administrator) {
                    administrator(box);
                }
                String printed = print(box);
                assertThat(printed).contains("escape ENOENT");
                assertThat(printed.contains("secret")).as(printed).isEqualTo(administrator && !pivot);
            }
        }
    }

    /// Where `/` is mounted on a shared mount pivot_root(2) fails, as it does on an initramfs.
    @Test
    void aRootThatCanNotBePivotedNeedsIt() throws Exception {
        Path shared = mountShared();
        try {
            Path outer = shared.resolve("a");
            mustRun("mount", "-t", "tmpfs", "outer", outer.toString());
            for (String name : List.of("dev", "srv", "proc")) {
                Files.createDirectory(outer.resolve(name));
            }
            mustRun("mknod", "-m", "666", outer.resolve("dev/null").toString(), "c", "1", "3");
            mustRun("cp", "-a", guest.root.toString(), outer.resolve("srv/root").toString());
            Files.copy(Program.SHIPPED.named(), outer.resolve("carafe-executor"));
            for (boolean pivot : List.of(true, false)) {
                Box box = new Box("/bin/sh", "-c", "echo ran; /bin/ls /");
                box.root = "/srv/root";
                box.pivot = pivot;
                List<String> starter = List.of("/usr/sbin/chroot", outer.toString(), "/carafe-executor");
                try (Running running = Running.startBy(starter, Program.SHIPPED, box)) {
                    if (pivot) {
                        assertThat(Words.of(Planner.plan(box.spec(), Running.HOST), running.await()))
                                .singleElement()
                                .asString()
                                .endsWith("--no-pivot does without");
                    } else {
                        assertThat(running.output()).startsWith("ran\nbin\n");
                    }
                }
            }
            Files.writeString(directory.resolve("canary"), "secret");
            for (boolean may : List.of(true, false)) { // docs/files.md says so
                Box box = new Box("/bin/attack", "escape", directory + "/canary");
                box.root = "/srv/root";
                box.pivot = false;
                long without = Defaults.CAPABILITIES & ~Capability.SYS_CHROOT.bit();
                box.capabilities = Capabilities.ofRoot(may ? Defaults.CAPABILITIES : without);
                List<String> starter = List.of("/usr/sbin/chroot", outer.toString(), "/carafe-executor");
                try (Running running = Running.startBy(starter, Program.SHIPPED, box)) {
                    assertThat(running.output().contains("secret")).isEqualTo(may);
                }
            }
        } finally {
            mustRun("umount", "-R", shared.toString());
        }
    }

    private static String print(Box box) throws IOException, InterruptedException {
        try (Running running = Running.start(Program.SHIPPED, box)) {
            String output = running.output();
            assertThat(running.await().outcome())
                    .as("%s: %s", running.await(), output)
                    .isEqualTo(Outcome.ENDED);
            return output;
        }
    }

    private static void mustRun(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }
}
