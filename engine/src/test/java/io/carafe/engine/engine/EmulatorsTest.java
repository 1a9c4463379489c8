package io.carafe.engine.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.image.Platform;
import io.carafe.sandbox.spec.Spec.Emulator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmulatorsTest {
    /// As Debian's `update-binfmts` and systemd have it registered.
    private static final String AARCH64 = """
            enabled
            interpreter /usr/libexec/qemu-binfmt/aarch64-binfmt-P
            flags: POF
            offset 0
            magic 7f454c460201010000000000000000000200b700
            mask ffffffffffffff00fffffffffffffffffeffffff
            """;

    @TempDir
    Path directory;

    private Path registered;
    private Path programs;
    private Emulators emulators;

    @BeforeEach
    void machine() throws IOException {
        registered = Files.createDirectory(directory.resolve("binfmt_misc"));
        programs = Files.createDirectory(directory.resolve("bin"));
        emulators = new Emulators(Platform.of("linux/amd64"), registered, this::find);
    }

    private String find(String name) {
        Path program = programs.resolve(name);
        return Files.exists(program) ? program.toString() : "";
    }

    /// An ELF file with one program header.
    private void install(String name, int type) throws IOException {
        ByteBuffer elf = ByteBuffer.allocate(120).order(ByteOrder.LITTLE_ENDIAN);
        elf.putInt(0, 0x464c457f).put(4, (byte) 2).putLong(32, 64);
        elf.putShort(54, (short) 56).putShort(56, (short) 1).putInt(64, type);
        Files.write(programs.resolve(name), elf.array());
    }

    @ParameterizedTest
    @CsvSource({"linux/amd64", "linux/amd64/v3", "linux/386"})
    void whatTheMachineRunsNeedsNobody(String platform) {
        assertThat(emulators.of(Platform.of(platform), "x")).isNull();
    }

    @Test
    void anEmulatorIsRegisteredByTheHeaderOfItsPrograms() throws IOException {
        install("qemu-aarch64-static", 1);
        Files.createFile(registered.resolve("register"));
        assertThat(emulators.of(Platform.of("linux/arm64"), "x"))
                .isEqualTo(new Emulator(
                        "carafe-qemu-aarch64",
                        programs + "/qemu-aarch64-static",
                        "\\x7f\\x45\\x4c\\x46\\x02\\x01\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\xb7\\x00",
                        "\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\x00\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xff\\xfe\\xff\\xff\\xff",
                        true));
    }

    @Test
    void aBigEndiansHeaderIsTheOtherWayRound() throws IOException {
        install("qemu-s390x", 1);
        Emulator emulator = emulators.of(Platform.of("linux/s390x"), "x");
        assertThat(emulator.magic())
                .startsWith("\\x7f\\x45\\x4c\\x46\\x02\\x02\\x01")
                .endsWith("\\x00\\x02\\x00\\x16");
        assertThat(emulator.mask()).endsWith("\\xff\\xfe\\xff\\xff");
        assertThat(emulator.mounted()).isFalse();
    }

    @Test
    void whoeverIsRegisteredAlreadyWillDo() throws IOException {
        Files.writeString(registered.resolve("status"), "enabled\n");
        Files.writeString(registered.resolve("qemu-aarch64"), AARCH64);
        assertThat(emulators.of(Platform.of("linux/arm64"), "x")).isNull();
    }

    /// It would be looked for in the box, or not at all.
    @ParameterizedTest
    @CsvSource({"flags: POF, flags: PO", "enabled, disabled", "b700, f300", "offset 0, offset 4"})
    void whoeverCanNotRunThemThereWillNotDo(String was, String is) throws IOException {
        install("qemu-aarch64-static", 1);
        Files.writeString(registered.resolve("qemu-aarch64"), AARCH64.replace(was, is));
        assertThat(emulators.of(Platform.of("linux/arm64"), "x")).isNotNull();
    }

    @Test
    void withoutAnEmulatorTheErrorSaysWhatBringsIt() throws IOException {
        String message =
                "debian:12 is for linux/arm64, and this machine is linux/amd64: qemu-aarch64-static would run it;"
                        + " sudo apt-get install qemu-user-static (Debian, Ubuntu) or sudo dnf install qemu-user-static (Fedora)"
                        + " brings it";
        assertThatThrownBy(() -> emulators.of(Platform.of("linux/arm64"), "debian:12"))
                .isInstanceOf(EngineException.Conflict.class)
                .hasMessage(message);
        install("qemu-aarch64", 3); // it needs the host's loader, which isn't in the box
        assertThatThrownBy(() -> emulators.of(Platform.of("linux/arm64"), "debian:12"))
                .hasMessage(message);
    }

    @Test
    void whatNobodyEmulatesIsSaid() {
        assertThatThrownBy(() -> emulators.of(Platform.of("linux/vax"), "x"))
                .hasMessage("x is for linux/vax, for which there is no emulator: this machine is linux/amd64");
        assertThatThrownBy(() -> emulators.of(Platform.of("windows/amd64"), "x"))
                .hasMessage("x is for windows/amd64: a box runs programs for Linux");
    }
}
