package io.carafe.sandbox.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.carafe.sandbox.host.Cgroups.Layout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Directories made by hand; whose they are is told, since only root can give files away.
class DelegationTest {
    private static final String SERVICE = "/user.slice/user@1000.service";
    private static final String SCOPE = SERVICE + "/app.slice/shell.scope";

    @TempDir
    private Path unified;

    private final Set<Path> roots = new HashSet<>();

    @BeforeEach
    void asSystemdHasIt() throws IOException {
        for (String group : List.of("", "/user.slice")) {
            make(group, "cpu memory pids", "");
            roots.addAll(List.of(at(group), at(group + "/cgroup.procs"), at(group + "/cgroup.subtree_control")));
        }
        make(SERVICE, "memory pids", "");
        make(SERVICE + "/app.slice", "memory", "");
        make(SCOPE, "memory", "4711\n");
    }

    @Test
    void theHighestGroupThatIsTheUsersIsTaken() {
        Cgroups found = of(SCOPE, "");

        assertThat(found.delegated()).isEqualTo(SERVICE);
        assertThat(found.offered()).containsExactly("memory", "pids");
        assertThat(found.limits("pids")).isTrue();
        assertThat(found.controlsDevices()).isFalse(); // that takes root
    }

    @Test
    void aGroupIsTheUsersOnlyWithTheFilesThatCount() {
        for (String file : List.of("", "/cgroup.procs", "/cgroup.subtree_control")) {
            roots.add(at(SERVICE + file));
            assertThat(of(SCOPE, "").delegated()).as(file).isEqualTo(SERVICE + "/app.slice");
            roots.remove(at(SERVICE + file));
        }
    }

    @Test
    void fromAnotherGroupThereMayBeNone() throws IOException {
        make("/user.slice/session-1.scope", "memory", "");
        roots.add(at("/user.slice/session-1.scope"));

        for (String own : List.of("/user.slice/session-1.scope", "/user.slice", "/", "", "/gone/too", "user.slice")) {
            Cgroups found = of(own, "");
            assertThat(found.delegated()).as(own).isEmpty();
            assertThat(found.layout()).isEqualTo(Layout.NONE);
            assertThat(found.obstacle()).contains("systemd-run --user --scope -p Delegate=yes");
        }
    }

    @Test
    void nobodyWalksOutOfTheHierarchy() {
        for (String own : List.of("/../x", "/user.slice/../user.slice/user@1000.service", "/./x", "//x", "/x/")) {
            assertThat(of(own, "").delegated()).as(own).isEmpty();
        }
    }

    @Test
    void aGroupThatIsGoneHasThoseAboveIt() {
        assertThat(of(SCOPE + "/gone (deleted)", "").delegated()).isEqualTo(SERVICE);
    }

    @Test
    void inAContainerTheMountPointItselfCanBeTheUsers() throws IOException {
        roots.clear();
        make("", "memory", "");

        Cgroups found = of("/shell", "");
        assertThat(found.delegated()).isEqualTo("/");
        assertThat(found.layout()).isEqualTo(Layout.V2);
    }

    @Test
    void aParentHasWhatItHasIfItIsTheUsers() {
        assertThat(of(SCOPE, SERVICE.substring(1) + "/app.slice").offered()).containsExactly("memory");
        assertThat(of(SCOPE, SERVICE.substring(1)).offered()).containsExactly("memory", "pids");
        assertThat(of(SCOPE, "user.slice").offered()).containsExactly("memory", "pids"); // the planner refuses it
        assertThat(of(SCOPE, SERVICE.substring(1) + "/none").obstacle())
                .isEqualTo("there is no group " + at(SERVICE + "/none"));
    }

    @Test
    void aGroupWithProcessesHandsDownNothing() throws IOException {
        write(SERVICE, "cgroup.procs", "1\n");

        assertThat(of(SERVICE, "").obstacle())
                .startsWith("this command stands itself in " + at(SERVICE) + ", ")
                .contains("systemd-run --user --scope", "mkdir " + at(SERVICE) + "/shell");
        assertThat(of(SCOPE, "").obstacle())
                .isEqualTo("processes stand in the group " + at(SERVICE) + " itself; move them into one below it");
        assertThat(of(SCOPE, "").delegated()).isEmpty();
    }

    @Test
    void controllersOfVersion1AreNobodysButRoots() {
        assertThat(of(cgroups(Layout.HYBRID, ""), SCOPE).obstacle()).contains("never an ordinary user's");
        assertThat(of(cgroups(Layout.V1, ""), SCOPE).layout()).isEqualTo(Layout.NONE);
        assertThat(of(Cgroups.NONE, SCOPE).obstacle()).isEmpty();
    }

    @Test
    void aReadOnlyHierarchyIsCalledThat() {
        roots.add(at(SERVICE));
        roots.add(at(SERVICE + "/app.slice"));
        roots.add(at(SCOPE));
        assertThat(of(cgroups(Layout.V2, unified + " is mounted read-only"), SCOPE)
                        .obstacle())
                .isEqualTo(unified + " is mounted read-only");
    }

    private Cgroups of(String own, String parent) {
        return Delegation.of(cgroups(Layout.V2, ""), own, parent, this::isOurs, DelegationTest::read);
    }

    private Cgroups of(Cgroups cgroups, String own) {
        return Delegation.of(cgroups, own, "", this::isOurs, DelegationTest::read);
    }

    private Cgroups cgroups(Layout layout, String obstacle) {
        return new Cgroups(
                layout, Map.of(), unified.toString(), List.of(), List.of(), obstacle, Map.of(), true, "", "", "");
    }

    private boolean isOurs(String path) {
        return Files.exists(Path.of(path), LinkOption.NOFOLLOW_LINKS) && !roots.contains(Path.of(path));
    }

    private static String read(String path) {
        try {
            return Files.readString(Path.of(path));
        } catch (IOException e) {
            return "";
        }
    }

    private void make(String group, String controllers, String processes) throws IOException {
        Files.createDirectories(at(group));
        write(group, "cgroup.type", "domain\n");
        write(group, "cgroup.controllers", controllers + "\n");
        write(group, "cgroup.subtree_control", "\n");
        write(group, "cgroup.procs", processes);
    }

    private void write(String group, String file, String text) throws IOException {
        Files.writeString(at(group + "/" + file), text);
    }

    private Path at(String group) {
        return group.isEmpty() ? unified : unified.resolve(group.substring(1));
    }
}
