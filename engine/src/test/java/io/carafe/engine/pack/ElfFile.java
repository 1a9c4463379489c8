package io.carafe.engine.pack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Writes ELF files that have a program's or a library's headers, and no code.
final class ElfFile {
    private static final int VIRTUAL = 0x10000; // where its one segment is in memory

    private boolean wide = true;
    private boolean bigEndian;
    private int machine = Elf.Machine.X86_64;
    private int type = 3;
    private String interpreter = "";
    private final List<long[]> tags = new ArrayList<>();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();

    private ElfFile() {
        strings.write(0);
    }

    static ElfFile library(String soname) {
        return new ElfFile().string(14, soname);
    }

    static ElfFile program(String interpreter) {
        var file = new ElfFile();
        file.interpreter = interpreter;
        return file;
    }

    ElfFile of(int otherMachine, boolean isWide, boolean isBigEndian) {
        machine = otherMachine;
        wide = isWide;
        bigEndian = isBigEndian;
        return this;
    }

    ElfFile type(int other) {
        type = other;
        return this;
    }

    ElfFile needs(String... libraries) {
        for (String library : libraries) {
            string(1, library);
        }
        return this;
    }

    ElfFile rpath(String path) {
        return string(15, path);
    }

    ElfFile runpath(String path) {
        return string(29, path);
    }

    ElfFile auxiliary(String library) {
        return string(0x7ffffffd, library);
    }

    ElfFile flags1(long flags) {
        tags.add(new long[] {0x6ffffffb, flags});
        return this;
    }

    /// A dynamic symbol's name.
    ElfFile names(String symbol) {
        strings.writeBytes((symbol + "\0").getBytes(StandardCharsets.UTF_8));
        return this;
    }

    private ElfFile string(long tag, String value) {
        if (!value.isEmpty()) {
            tags.add(new long[] {tag, strings.size()});
            strings.writeBytes((value + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return this;
    }

    byte[] bytes() {
        int header = wide ? 64 : 52;
        int segment = wide ? 56 : 32;
        int entry = wide ? 16 : 8;
        int interpreterAt = header + 3 * segment;
        byte[] loader = (interpreter + "\0").getBytes(StandardCharsets.UTF_8);
        int dynamicAt = interpreterAt + loader.length + 15 & ~15;
        int stringsAt = dynamicAt + (tags.size() + 3) * entry;
        int size = stringsAt + strings.size();
        ByteBuffer file = ByteBuffer.allocate(size).order(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {0x7f, 'E', 'L', 'F', (byte) (wide ? 2 : 1), (byte) (bigEndian ? 2 : 1), 1});
        file.putShort(16, (short) type).putShort(18, (short) machine);
        if (wide) {
            file.putLong(32, header).putShort(54, (short) segment).putShort(56, (short) 3);
        } else {
            file.putInt(28, header).putShort(42, (short) segment).putShort(44, (short) 3);
        }
        segment(file, header, 1, 0, size);
        segment(file, header + segment, interpreter.isEmpty() ? 0 : 3, interpreterAt, loader.length);
        segment(file, header + 2 * segment, 2, dynamicAt, (tags.size() + 3) * entry);
        file.put(interpreterAt, loader);
        int at = dynamicAt;
        for (long[] tag : tags) {
            at = tag(file, at, tag[0], tag[1]);
        }
        at = tag(file, at, 5, VIRTUAL + stringsAt);
        tag(file, at, 10, strings.size());
        file.put(stringsAt, strings.toByteArray());
        return file.array();
    }

    private void segment(ByteBuffer file, int at, int kind, int offset, int size) {
        file.putInt(at, kind);
        if (wide) {
            file.putLong(at + 8, offset).putLong(at + 16, VIRTUAL + offset).putLong(at + 32, size);
        } else {
            file.putInt(at + 4, offset).putInt(at + 8, VIRTUAL + offset).putInt(at + 16, size);
        }
    }

    private int tag(ByteBuffer file, int at, long tag, long value) {
        if (wide) {
            file.putLong(at, tag).putLong(at + 8, value);
            return at + 16;
        }
        file.putInt(at, (int) tag).putInt(at + 4, (int) value);
        return at + 8;
    }

    void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes());
        Files.setPosixFilePermissions(file, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
