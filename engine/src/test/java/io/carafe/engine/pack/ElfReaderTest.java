package io.carafe.engine.pack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ElfReaderTest {
    private static final long SEED = 20261122;
    private static final int MUTATIONS = 20_000;

    @ParameterizedTest
    @CsvSource({
        "62, true, false, amd64",
        "183, true, false, arm64",
        "22, true, true, s390x",
        "21, true, true, ppc64",
        "21, true, false, ppc64le",
        "3, false, false, 386",
        "40, false, false, arm",
        "8, false, true, mips"
    })
    void bothWordSizesAndByteOrdersAreRead(int machine, boolean wide, boolean bigEndian, String architecture)
            throws IOException {
        var file = ElfFile.program("/lib/ld.so.1")
                .of(machine, wide, bigEndian)
                .type(2)
                .needs("libone.so.1", "libtwo.so")
                .auxiliary("libmay.so")
                .runpath("$ORIGIN/../lib")
                .flags1(0x800);
        Elf elf = read(file.bytes()).orElseThrow();
        assertThat(elf.machine()).isEqualTo(new Elf.Machine(wide, bigEndian, machine));
        assertThat(elf.machine().architecture()).isEqualTo(architecture);
        assertThat(elf.type()).isEqualTo(Elf.Type.EXECUTABLE);
        assertThat(elf.interpreter()).isEqualTo("/lib/ld.so.1");
        assertThat(elf.needed()).containsExactly("libone.so.1", "libtwo.so");
        assertThat(elf.auxiliary()).containsExactly("libmay.so");
        assertThat(elf.runpath()).isEqualTo("$ORIGIN/../lib");
        assertThat(elf.systemless()).isTrue();
    }

    @Test
    void runpathOutweighsRpath() throws IOException {
        Elf elf = read(ElfFile.library("libx.so.1").rpath("/r").runpath("/p").bytes())
                .orElseThrow();
        assertThat(elf.soname()).isEqualTo("libx.so.1");
        assertThat(elf.rpath()).isEmpty();
        assertThat(elf.runpath()).isEqualTo("/p");
        assertThat(read(ElfFile.library("").rpath("/r").bytes()).orElseThrow().rpath())
                .isEqualTo("/r");
    }

    @Test
    void symbolsThatLoadLibrariesAreSeen() throws IOException {
        Elf elf = read(ElfFile.library("libx.so")
                        .names("dlopen")
                        .names("my_backtrace")
                        .bytes())
                .orElseThrow();
        assertThat(elf.names()).containsExactly("dlopen");
    }

    @Test
    void otherFilesAreNone() throws IOException {
        assertThat(read(new byte[0])).isEmpty();
        assertThat(read("#!/bin/sh\n".repeat(10).getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
        assertThat(read(new byte[] {0x7f, 'E', 'L', 'F', 2, 1})).isEmpty();
    }

    @Test
    void everyCutFileIsReadOrRefused() throws IOException {
        byte[] whole = ElfFile.program("/lib/ld.so")
                .needs("liba.so", "libb.so")
                .runpath("/x")
                .bytes();
        for (int length = 64; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            try {
                read(cut);
            } catch (IOException e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    /// Any other exception than an IOException would end the test.
    @Test
    void everyDamagedFileIsReadOrRefused() throws IOException {
        var random = new Random(SEED);
        byte[][] whole = {
            ElfFile.program("/lib/ld.so")
                    .needs("liba.so", "libb.so")
                    .runpath("/x")
                    .bytes(),
            ElfFile.library("liba.so")
                    .of(Elf.Machine.MIPS, false, true)
                    .needs("libb.so")
                    .bytes()
        };
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] damaged = whole[i % 2].clone();
            for (int j = random.nextInt(4); j >= 0; j--) {
                damaged[4 + random.nextInt(damaged.length - 4)] = (byte) random.nextInt();
            }
            try {
                read(damaged);
            } catch (IOException e) {
                refused++;
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void whatIsBrokenIsTold() {
        byte[] file = ElfFile.program("/lib/ld.so").needs("liba.so").bytes();
        file[56] = 0x7f; // program headers
        file[57] = 0x7f;
        assertThatThrownBy(() -> read(file)).hasMessage("an ELF file with program headers that no kernel takes");
    }

    private static Optional<Elf> read(byte[] bytes) throws IOException {
        try (var content = new Content(new Bytes(bytes))) {
            return ElfReader.read(content);
        }
    }
}
