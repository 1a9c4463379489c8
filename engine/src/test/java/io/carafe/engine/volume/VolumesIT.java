package io.carafe.engine.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.FileLock;
import io.carafe.sandbox.host.HostProbe;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Volumes as root, which boxes without a program fill, empty and read.
class VolumesIT {
    private static final VolumeName DATA = new VolumeName("data");

    @TempDir
    Path directory;

    private final List<String> containers = new ArrayList<>();
    private Volumes volumes;

    @BeforeEach
    void open() {
        volumes = new Volumes(
                directory.resolve("volumes"),
                new HostProbe(Map.of())::host,
                name -> List.copyOf(containers),
                Clock.fixed(Instant.parse("2026-01-02T03:04:05.678Z"), ZoneOffset.UTC));
    }

    private Volume create(String name) {
        return volumes.create(new VolumeName(name), Map.of("team", "web"), Map.of(), false);
    }

    @Test
    void aVolumeIsWhatItWasMadeAs() throws IOException {
        Volume made = create("data");
        assertThat(volumes.get(DATA)).isEqualTo(made);
        assertThat(made.created()).isEqualTo("2026-01-02T03:04:05Z");
        assertThat(made.labels()).containsExactly(Map.entry("team", "web"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made.files())))
                .isEqualTo("rwxr-xr-x");
        assertThat(create("data")).isEqualTo(made);
        create("a");
        assertThat(volumes.all().stream().map(it -> it.name().text())).containsExactly("a", "data");
        assertThatThrownBy(() -> volumes.create(DATA, Map.of(), Map.of("o", "bind", "device", "/srv"), false))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessage("volume data is there already, with other options");
    }

    @Test
    void itGoesWithAllThatIsInIt() throws IOException {
        Volume volume = create("data");
        Files.createDirectories(volume.files().resolve("a/b"));
        Files.createSymbolicLink(volume.files().resolve("out"), directory);
        Files.writeString(directory.resolve("stays"), "");
        volumes.remove(DATA);
        assertThat(volumes.find(DATA)).isEmpty();
        assertThat(directory.resolve("stays")).exists();
        try (var left = Files.list(directory.resolve("volumes"))) {
            assertThat(left.map(it -> it.getFileName().toString())).containsExactly(".lock");
        }
        assertThatThrownBy(() -> volumes.remove(DATA)).hasMessage("volume data does not exist");
    }

    @Test
    void whatSomebodyHasStays() throws IOException {
        Volume volume = create("data");
        containers.add("web");
        assertThatThrownBy(() -> volumes.remove(DATA)).hasMessage("volume data is in use by web");
        containers.clear();
        try (FileLock _ = FileLock.sharedOfPresent(volume.place(), () -> true)) {
            assertThat(volumes.users(volume)).containsExactly("a box that runs");
            assertThatThrownBy(() -> volumes.remove(DATA)).hasMessage("volume data is in use by a box that runs");
        }
        volumes.remove(DATA);
    }

    @Test
    void ofOneThatIsADirectoryOfTheMachineThatStays() throws IOException {
        Path files = Files.createDirectory(directory.resolve("files"));
        Files.writeString(files.resolve("a"), "");
        Volume volume = volumes.create(DATA, Map.of(), Map.of("o", "bind,ro", "device", files.toString()), false);
        assertThat(volume.files()).isEqualTo(files);
        assertThatThrownBy(() -> volumes.add(volume, new ByteArrayInputStream(new byte[0])))
                .hasMessage("volume data is read-only");
        volumes.remove(DATA);
        assertThat(files.resolve("a")).exists();
    }

    @Test
    void whatAKilledMakerOrRemoverLeavesIsNoVolumeAndGoes() throws IOException {
        Volume volume = create("data");
        Files.writeString(volume.files().resolve("a"), "");
        Path half = directory.resolve("volumes/.gone-data");
        Files.move(volume.place(), half);
        Files.createDirectories(directory.resolve("volumes/.new-other/_data"));
        assertThat(volumes.all()).isEmpty();
        create("data"); // the name is free
        volumes.removeRests();
        assertThat(half).doesNotExist();
        assertThat(directory.resolve("volumes/.new-other")).doesNotExist();
        assertThat(volumes.all()).hasSize(1);
    }

    @Test
    void itIsFilledOnceAndOnlyWhenItIsEmpty() throws IOException {
        Volume volume = create("data");
        var calls = new AtomicInteger();
        Volumes.Filler filler = into -> {
            calls.incrementAndGet();
            Files.writeString(into.resolve("file"), "of the image");
            Files.setPosixFilePermissions(into, PosixFilePermissions.fromString("rwx------"));
            return true;
        };
        volumes.fill(volume, into -> false);
        assertThat(volume.files()).isEmptyDirectory();
        volumes.fill(volume, filler);
        assertThat(volume.files().resolve("file")).hasContent("of the image");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(volume.files())))
                .isEqualTo("rwx------");
        Files.delete(volume.files().resolve("file"));
        volumes.fill(volume, filler);
        assertThat(volume.files()).isEmptyDirectory();
        assertThat(calls).hasValue(1);

        Volume used = create("used");
        Files.writeString(used.files().resolve("mine"), "");
        volumes.fill(used, filler);
        assertThat(used.files().resolve("file")).doesNotExist();
    }

    @Test
    void whoIsKilledWhileItFillsHasDoneNothing() throws IOException {
        Volume volume = create("data");
        assertThatThrownBy(() -> volumes.fill(volume, into -> {
                    Files.writeString(into.resolve("half"), "");
                    throw new IOException("killed");
                }))
                .hasMessage("fill volume data: killed");
        assertThat(volume.files()).isEmptyDirectory();
        volumes.fill(volume, into -> {
            assertThat(into).isEmptyDirectory();
            Files.writeString(into.resolve("whole"), "");
            return true;
        });
        try (var files = Files.list(volume.files())) {
            assertThat(files.map(it -> it.getFileName().toString())).containsExactly("whole");
        }
    }

    /// It would lose what it writes: its mount is of the directory that another one takes the place of.
    @Test
    void oneThatABoxHasIsNotFilled() throws IOException {
        Volume volume = create("data");
        try (FileLock _ = FileLock.sharedOfPresent(volume.place(), () -> true)) {
            volumes.fill(volume, into -> {
                Files.writeString(into.resolve("file"), "");
                return true;
            });
        }
        assertThat(volume.files()).isEmptyDirectory();
    }

    @Test
    void twoThatFillAtOnceDoItOnce() throws Exception {
        Volume volume = create("data");
        var calls = new AtomicInteger();
        Runnable fill = () -> volumes.fill(volume, into -> {
            calls.incrementAndGet();
            Files.writeString(into.resolve("file"), "");
            return true;
        });
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(fill));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(calls).hasValue(1);
    }

    @Test
    void itsFilesGoThroughATarFile() throws IOException {
        Volume from = create("from");
        Files.createDirectory(from.files().resolve("a"));
        Files.writeString(from.files().resolve("a/file"), "text");
        Files.createLink(from.files().resolve("linked"), from.files().resolve("a/file"));
        Files.createSymbolicLink(from.files().resolve("link"), Path.of("/etc/passwd"));
        Files.setAttribute(from.files().resolve("a/file"), "unix:uid", 7);
        Files.setAttribute(from.files(), "unix:gid", 8);
        var tar = new ByteArrayOutputStream();
        volumes.export(from, tar);
        Volume to = create("to");
        Files.writeString(to.files().resolve("stays"), "");
        volumes.add(to, new ByteArrayInputStream(tar.toByteArray()));
        assertThat(to.files().resolve("a/file")).hasContent("text");
        assertThat(Files.getAttribute(to.files().resolve("linked"), "unix:nlink"))
                .isEqualTo(2);
        assertThat(Files.getAttribute(to.files().resolve("linked"), "unix:uid")).isEqualTo(7);
        assertThat(Files.getAttribute(to.files(), "unix:gid")).isEqualTo(8);
        assertThat(Files.readSymbolicLink(to.files().resolve("link"))).isEqualTo(Path.of("/etc/passwd"));
        assertThat(to.files().resolve("stays")).exists();
    }

    /// CVE-2023-0778: a link in the volume, or in the archive, leads a file out.
    @Test
    void noLinkLeadsAnImportOut() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        Volume volume = create("data");
        Files.createSymbolicLink(volume.files().resolve("etc"), outside);
        var from = new Volumes(
                directory.resolve("others"), new HostProbe(Map.of())::host, name -> List.of(), Clock.systemUTC());
        Volume other = from.create(DATA, Map.of(), Map.of(), false);
        Files.createDirectory(other.files().resolve("etc"));
        Files.writeString(other.files().resolve("etc/passwd"), "root::0:0:::\n");
        var tar = new ByteArrayOutputStream();
        from.export(other, tar);
        assertThatThrownBy(() -> volumes.add(volume, new ByteArrayInputStream(tar.toByteArray())))
                .isInstanceOf(EngineException.Failed.class);
        assertThat(outside).isEmptyDirectory();
    }
}
