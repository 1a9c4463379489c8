package io.carafe.engine.pack;

import io.carafe.sandbox.plan.Utf8;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads ELF files of both word sizes and byte orders. They can be anybody's: every offset is checked, and nothing is
/// read that a loader wouldn't need.
final class ElfReader {
    private static final int PT_LOAD = 1;
    private static final int PT_DYNAMIC = 2;
    private static final int PT_INTERP = 3;

    private static final long DT_NEEDED = 1;
    private static final long DT_STRTAB = 5;
    private static final long DT_STRSZ = 10;
    private static final long DT_SONAME = 14;
    private static final long DT_RPATH = 15;
    private static final long DT_RUNPATH = 29;
    private static final long DT_FLAGS_1 = 0x6ffffffb;
    private static final long DT_AUXILIARY = 0x7ffffffd;
    private static final long DT_FILTER = 0x7fffffff;
    private static final long DF_1_NODEFLIB = 0x800;

    private static final int HEADERS_MAX = 64 << 10; // the kernel takes no more (load_elf_phdrs)
    private static final int DYNAMIC_MAX = 1 << 20;
    private static final int STRING_MAX = 4096; // PATH_MAX; a RUNPATH can be longer in theory only
    private static final int STRINGS_MAX = 16 << 20;

    private final Content file;
    private final Elf.Machine machine;
    private final List<Segment> segments;

    private record Segment(int type, long offset, long address, long size) {}

    private record Tag(long tag, long value) {}

    private ElfReader(Content file, Elf.Machine machine, List<Segment> segments) {
        this.file = file;
        this.machine = machine;
        this.segments = segments;
    }

    /// Reads one.
    ///
    /// @return empty if it is no ELF file
    /// @throws IOException if it is one, but a broken one
    static Optional<Elf> read(Content file) throws IOException {
        if (file.size() < 52) {
            return Optional.empty();
        }
        ByteBuffer identity = file.read(0, 16);
        if (identity.getInt(0) != 0x7f454c46) {
            return Optional.empty();
        }
        int width = identity.get(4);
        int order = identity.get(5);
        if (width < 1 || width > 2 || order < 1 || order > 2) {
            throw new IOException("an ELF file of an unknown class");
        }
        boolean wide = width == 2;
        ByteBuffer header = file.read(0, wide ? 64 : 52).order(order(order == 2));
        var machine = new Elf.Machine(wide, order == 2, Short.toUnsignedInt(header.getShort(18)));
        Elf.Type type = switch (header.getShort(16)) {
            case 2 -> Elf.Type.EXECUTABLE; // ET_EXEC
            case 3 -> Elf.Type.SHARED; // ET_DYN: a library, or a program that can lie anywhere
            default -> Elf.Type.OTHER;
        };
        return Optional.of(new ElfReader(file, machine, segments(file, header, machine)).elf(type));
    }

    private static ByteOrder order(boolean bigEndian) {
        return bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    private static List<Segment> segments(Content file, ByteBuffer header, Elf.Machine machine) throws IOException {
        boolean wide = machine.wide();
        long offset = wide ? header.getLong(32) : Integer.toUnsignedLong(header.getInt(28));
        int size = Short.toUnsignedInt(header.getShort(wide ? 54 : 42));
        int count = Short.toUnsignedInt(header.getShort(wide ? 56 : 44));
        if (count == 0) {
            return List.of(); // an object file
        }
        if (size != (wide ? 56 : 32) || count * size > HEADERS_MAX) {
            throw new IOException("an ELF file with program headers that no kernel takes");
        }
        ByteBuffer table = file.read(offset, count * size).order(order(machine.bigEndian()));
        var segments = new ArrayList<Segment>();
        for (int at = 0; at < count * size; at += size) {
            segments.add(
                    wide
                            ? new Segment(
                                    table.getInt(at),
                                    table.getLong(at + 8),
                                    table.getLong(at + 16),
                                    table.getLong(at + 32))
                            : new Segment(
                                    table.getInt(at),
                                    Integer.toUnsignedLong(table.getInt(at + 4)),
                                    Integer.toUnsignedLong(table.getInt(at + 8)),
                                    Integer.toUnsignedLong(table.getInt(at + 16))));
        }
        return segments;
    }

    private Elf elf(Elf.Type type) throws IOException {
        String interpreter = "";
        List<Tag> tags = null;
        for (Segment segment : segments) {
            if (segment.type == PT_INTERP) {
                interpreter = interpreter(segment);
            } else if (segment.type == PT_DYNAMIC && tags == null) {
                tags = tags(segment);
            }
        }
        if (tags == null) {
            return new Elf(machine, type, interpreter, false, List.of(), List.of(), "", "", "", false, Set.of());
        }
        long strings = strings(tags);
        String runpath = first(tags, DT_RUNPATH, strings);
        var needed = new ArrayList<>(all(tags, DT_NEEDED, strings));
        needed.addAll(all(tags, DT_FILTER, strings));
        return new Elf(
                machine,
                type,
                interpreter,
                true,
                needed,
                all(tags, DT_AUXILIARY, strings),
                first(tags, DT_SONAME, strings),
                runpath.isEmpty() ? first(tags, DT_RPATH, strings) : "",
                runpath,
                tags.stream().anyMatch(it -> it.tag == DT_FLAGS_1 && (it.value & DF_1_NODEFLIB) != 0),
                watched(tags, strings));
    }

    private String interpreter(Segment segment) throws IOException {
        if (segment.size < 2 || segment.size > STRING_MAX) {
            throw new IOException("an ELF file whose interpreter's name has an impossible length");
        }
        byte[] name = file.read(segment.offset, (int) segment.size).array();
        return string(name);
    }

    private List<Tag> tags(Segment segment) throws IOException {
        int entry = machine.wide() ? 16 : 8;
        long size = Math.min(segment.size, file.size() - Math.min(segment.offset, file.size()));
        if (segment.offset < 0 || size < 0 || size > DYNAMIC_MAX) {
            throw new IOException("an ELF file whose dynamic section has an impossible size");
        }
        ByteBuffer table = file.read(segment.offset, (int) size).order(order(machine.bigEndian()));
        var tags = new ArrayList<Tag>();
        for (int at = 0; at + entry <= size; at += entry) {
            long tag = machine.wide() ? table.getLong(at) : Integer.toUnsignedLong(table.getInt(at));
            if (tag == 0) {
                break; // DT_NULL
            }
            long value = machine.wide() ? table.getLong(at + 8) : Integer.toUnsignedLong(table.getInt(at + 4));
            tags.add(new Tag(tag, value));
        }
        return tags;
    }

    /// Where the dynamic strings are in the file; -1 if nowhere.
    private long strings(List<Tag> tags) throws IOException {
        long address = value(tags, DT_STRTAB);
        if (address == -1) {
            return -1;
        }
        for (Segment segment : segments) {
            long into = address - segment.address;
            if (segment.type == PT_LOAD && into >= 0 && into < segment.size) {
                return segment.offset + into;
            }
        }
        throw new IOException("an ELF file whose dynamic strings are in none of its segments");
    }

    private static long value(List<Tag> tags, long tag) {
        for (Tag it : tags) {
            if (it.tag == tag) {
                return it.value;
            }
        }
        return -1;
    }

    private String first(List<Tag> tags, long tag, long strings) throws IOException {
        List<String> all = all(tags, tag, strings);
        return all.isEmpty() ? "" : all.getFirst();
    }

    private List<String> all(List<Tag> tags, long tag, long strings) throws IOException {
        var all = new ArrayList<String>();
        for (Tag it : tags) {
            if (it.tag == tag) {
                all.add(string(strings, it.value));
            }
        }
        return all;
    }

    private String string(long strings, long at) throws IOException {
        if (strings < 0 || at < 0 || strings + at < 0 || strings + at >= file.size()) {
            throw new IOException("an ELF file that names a string beyond its end");
        }
        long start = strings + at;
        byte[] bytes = file.read(start, (int) Math.min(STRING_MAX, file.size() - start))
                .array();
        return string(bytes);
    }

    private static String string(byte[] bytes) throws IOException {
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        if (end == bytes.length) {
            throw new IOException("an ELF file with a string of more than " + STRING_MAX + " bytes");
        }
        return Utf8.decode(java.util.Arrays.copyOf(bytes, end));
    }

    /// The string table holds the names of all dynamic symbols. That it could hold one for another reason does no
    /// harm: what hangs on it is a word to the user, and one more library.
    private Set<String> watched(List<Tag> tags, long strings) throws IOException {
        long size = Math.min(value(tags, DT_STRSZ), file.size() - Math.max(strings, 0));
        if (strings < 0 || size <= 0 || size > STRINGS_MAX) {
            return Set.of();
        }
        String all = new String(file.read(strings, (int) size).array(), StandardCharsets.ISO_8859_1);
        var names = new HashSet<String>();
        for (String name : Elf.WATCHED) {
            if (all.contains("\0" + name + "\0")) {
                names.add(name);
            }
        }
        return names;
    }
}
