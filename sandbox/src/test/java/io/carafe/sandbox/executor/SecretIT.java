package io.carafe.sandbox.executor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.sandbox.host.Kernel;
import io.carafe.sandbox.plan.Confidential;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Box;
import io.carafe.sandbox.planner.Hosts;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.InvalidSpec;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A secret is in its box's mount namespace and in no other, whatever the host's mounts are; and what would
/// become of it otherwise. Needs root.
@Timeout(60)
class SecretIT {
    private static final String VALUE = "Sesame-" + System.nanoTime();
    private static final long CLONE_NEWNS = 0x20000;
    private static final long MS_SLAVE = 1 << 19;

    @TempDir
    Path directory;

    private Guest guest;
    private Path shared;

    @BeforeEach
    void mountShared() throws Exception {
        guest = Guest.in(directory);
        shared = Files.createDirectory(directory.resolve("shared"));
        run("mount", "-t", "tmpfs", "carafe-test", shared.toString());
        run("mount", "--make-shared", shared.toString());
        Files.createDirectory(shared.resolve("a"));
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", "-R", shared.toString());
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private static Mount secret(String path, String... options) {
        return new Mount(path, "secret", "password", List.of(options)).of(new Confidential(VALUE.getBytes(UTF_8)));
    }

    private Box withSecrets(String script) {
        Box box = guest.sh(script);
        box.mounts = new ArrayList<>(box.mounts);
        box.mounts.add(secret("/run/secrets/password", "uid=7", "gid=8"));
        box.mounts.add(secret("/run/secrets/other", "mode=440"));
        box.mounts.add(secret("/etc/app/key"));
        return box;
    }

    @Test
    void theBoxReadsThemAndChangesNothing() throws Exception {
        Box box = withSecrets("""
                cd /run/secrets; /bin/busybox stat -c '%u:%g %a' . password other /etc/app/key
                /bin/cat /run/secrets/other; echo; /bin/cat /etc/app/key; echo
                echo x 2>/dev/null >/run/secrets/new || echo closed
                echo x 2>/dev/null >>/etc/app/key || echo closed
                /bin/grep ' - ramfs\\| noswap\\|,noswap' /proc/self/mountinfo | /bin/busybox wc -l""");
        try (Running running = Running.start(Program.SHIPPED, box)) {
            assertThat(running.output())
                    .isEqualTo("0:0 755\n7:8 400\n0:0 440\n0:0 400\n" + VALUE + "\n" + VALUE + "\nclosed\nclosed\n2\n");
            assertThat(running.status()).isZero();
        }
    }

    /// Where a tmpfs can be swapped out, they are on a ramfs, which never is.
    @Test
    void inAUserNamespaceAndOnOldKernelsToo() throws Exception {
        Box box = withSecrets("/bin/cat /run/secrets/other; /bin/grep -c ' - ramfs secrets' /proc/self/mountinfo");
        Plan old = Planner.plan(box.spec(), Hosts.of(Running.HOST, new Kernel("6.1.0", 6, 1, "x86_64")));
        try (Running running = Running.start(Program.SHIPPED, old)) {
            assertThat(running.output()).isEqualTo(VALUE + "2\n");
        }
        box.namespaces.put(Namespace.USER, "");
        box.uidMappings = List.of(new IdMapping(0, 200_000, 65_536));
        box.gidMappings = box.uidMappings;
        try (Running running = Running.start(Program.SHIPPED, box)) {
            assertThat(running.output()).isEqualTo(VALUE + "2\n");
        }
    }

    /// Neither the host, with a mount that is shared, nor another box that has the same one.
    @Test
    void nobodyElseHasThem() throws Exception {
        String wait = "; echo here; until [ -e /shared/end ]; do /bin/sleep 0.01; done";
        for (String propagation : List.of("rslave", "rprivate", "rshared")) {
            Box one = withSecrets("/bin/grep -c secrets /proc/self/mountinfo" + wait);
            one.bind(shared.toString(), "/shared", "rbind", propagation);
            Box other = guest.sh("/bin/grep -c secrets /proc/self/mountinfo" + wait);
            other.bind(shared.toString(), "/shared", "rbind", propagation);
            try (Running first = Running.start(Program.SHIPPED, one)) {
                first.awaitPrinted("here");
                try (Running second = Running.start(Program.SHIPPED, other)) {
                    second.awaitPrinted("here");
                    assertThat(first.printed()).isEqualTo("2\nhere\n");
                    assertThat(second.printed()).isEqualTo("0\nhere\n");
                    assertThat(Files.readString(Path.of("/proc/self/mountinfo")))
                            .doesNotContain(" secrets ");
                    Files.createFile(shared.resolve("end"));
                    second.status();
                }
                first.status();
            }
            Files.delete(shared.resolve("end"));
        }
    }

    @Test
    void noneIsPutWhereTheHostWouldSeeIt() {
        Box box = guest.sh("true");
        box.bind(shared.toString(), "/shared", "rbind", "rshared");
        box.mounts.add(secret("/shared/a/key"));
        assertThatThrownBy(() -> Planner.plan(box.spec(), Running.HOST))
                .isInstanceOf(InvalidSpec.class)
                .hasMessageContaining("/shared/a/key lies in /shared, which is shared");
    }

    /// The mistake: the mounts of the new namespace still are peers of the host's when the secret is attached. One step
    /// makes the difference.
    @Test
    void withoutTheStepThatEndsSpreadingTheHostWouldSeeThem() throws Exception {
        try (Running running = Running.start(Program.SHIPPED, handMade(false))) {
            running.awaitPrinted(VALUE);
            assertThat(shared.resolve("a/key")).hasContent(VALUE); // it is on the host, and stays
            Files.createFile(shared.resolve("end"));
            assertThat(running.status()).isZero();
        }
        assertThat(shared.resolve("a/key")).hasContent(VALUE);
        run("umount", shared.resolve("a").toString());
        Files.delete(shared.resolve("end"));
        try (Running running = Running.start(Program.SHIPPED, handMade(true))) {
            running.awaitPrinted(VALUE);
            assertThat(shared.resolve("a")).isEmptyDirectory();
            Files.createFile(shared.resolve("end"));
            assertThat(running.status()).isZero();
        }
    }

    private Plan handMade(boolean apart) {
        String script = "cat " + shared + "/a/key; echo; until [ -e " + shared + "/end ]; do sleep 0.01; done";
        var inside = new ArrayList<Line>();
        if (apart) {
            inside.add(line(new Step.SetPropagation(MS_SLAVE)));
        }
        inside.add(line(new Step.NewFilesystem(Slot.MOUNT, "tmpfs", List.of("source=secrets"), 0)));
        inside.add(line(new Step.MakeSecret(Slot.MOUNT, "key", 0400, 0, 0, new Confidential(VALUE.getBytes(UTF_8)))));
        inside.add(line(new Step.AttachMount(Slot.MOUNT, Slot.HOST, shared + "/a", false)));
        inside.add(
                line(new Step.Execute(List.of("/bin/sh"), List.of("sh", "-c", script), List.of("PATH=/usr/bin:/bin"))));
        return new Plan(List.of(line(new Step.Clone(CLONE_NEWNS, ""))), inside, List.of(), 0);
    }

    private static Line line(Step step) {
        return new Line(step, "");
    }

    /// Who may read the box's memory reads it from the program's; but it is not in the executor's any more.
    @Test
    void theExecutorForgetsThem() throws Exception {
        Box box = withSecrets("echo here; until [ -e /shared/end ]; do /bin/sleep 0.01; done");
        box.bind(shared.toString(), "/shared", "rbind", "rprivate");
        try (Running running = Running.start(Program.SHIPPED, box)) {
            running.awaitPrinted("here");
            assertThat(memory(running.execution.pid())).doesNotContain(VALUE);
            Files.createFile(shared.resolve("end"));
            running.status();
        }
    }

    /// All that can be written to: what it has mapped privately.
    private static String memory(long pid) throws IOException {
        var text = new StringBuilder();
        try (var memory = new java.io.RandomAccessFile("/proc/" + pid + "/mem", "r")) {
            for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/maps"))) {
                String[] fields = line.split("[ -]");
                if (!fields[2].startsWith("rw") || line.contains("[v")) {
                    continue;
                }
                long begin = Long.parseUnsignedLong(fields[0], 16);
                byte[] bytes = new byte[(int) (Long.parseUnsignedLong(fields[1], 16) - begin)];
                memory.seek(begin);
                memory.readFully(bytes);
                text.append(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
            }
        }
        assertThat(text).contains("/bin/sh"); // the plan is there
        return text.toString();
    }
}
