package io.carafe.sandbox.forensic;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// The head of a core file, which gdb(1) reads: elf(5), and for the notes the kernel's
/// `fs/binfmt_elf.c`. The memory lies behind it, one segment for each mapping; one of which the file
/// has less, or nothing, is a hole.
final class Core {
    static final int NT_PRSTATUS = 1;
    static final int NT_FPREGSET = 2;
    private static final int NT_PRPSINFO = 3;
    private static final int NT_AUXV = 6;
    private static final int NT_FILE = 0x46494c45;
    private static final int EM_X86_64 = 62;
    private static final int EM_AARCH64 = 183;
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int HEADER = 64;
    private static final int PROGRAM_HEADER = 56;
    private static final int PAGE = 4096;
    private static final int MAPPINGS_MAX = 60_000; // e_phnum has 16 bits

    private Core() {}

    /// A mapping, and how much of it is in the file.
    record Segment(Mapping mapping, long size) {}

    /// Where the segments' memory begins: the first at a whole page behind the head.
    static long begin(byte[] head) {
        return (head.length + PAGE - 1L) / PAGE * PAGE;
    }

    /// @param arm     whether it is of AArch64, not x86-64
    /// @param threads the first is shown first
    static byte[] head(boolean arm, CoreProcess process, List<CoreThread> threads, List<Segment> segments) {
        List<Segment> told = segments.subList(0, Math.min(segments.size(), MAPPINGS_MAX));
        byte[] notes = notes(arm, process, threads, told);
        int size = HEADER + PROGRAM_HEADER * (told.size() + 1) + notes.length;
        ByteBuffer out = buffer(size);
        out.put(new byte[] {0x7f, 'E', 'L', 'F', 2, 1, 1, 0}).putLong(0);
        out.putShort((short) 4).putShort((short) (arm ? EM_AARCH64 : EM_X86_64)).putInt(1); // ET_CORE
        out.putLong(0).putLong(HEADER).putLong(0).putInt(0);
        out.putShort((short) HEADER).putShort((short) PROGRAM_HEADER).putShort((short) (told.size() + 1));
        out.putShort((short) 0).putShort((short) 0).putShort((short) 0);
        out.putInt(PT_NOTE).putInt(0).putLong(size - notes.length).putLong(0).putLong(0);
        out.putLong(notes.length).putLong(0).putLong(4);
        long at = (size + PAGE - 1L) / PAGE * PAGE;
        for (Segment segment : told) {
            out.putInt(PT_LOAD).putInt(segment.mapping.flags()).putLong(at).putLong(segment.mapping.start());
            out.putLong(0).putLong(segment.size).putLong(segment.mapping.size()).putLong(PAGE);
            at += segment.size;
        }
        return bytes(out.put(notes));
    }

    private static byte[] notes(boolean arm, CoreProcess process, List<CoreThread> threads, List<Segment> segments) {
        var notes = new ByteArrayOutputStream();
        for (int i = 0; i < threads.size(); i++) {
            CoreThread thread = threads.get(i);
            note(notes, NT_PRSTATUS, status(arm, process, thread));
            if (i == 0) {
                note(notes, NT_PRPSINFO, information(process));
                note(notes, NT_AUXV, process.auxv());
                note(notes, NT_FILE, files(segments));
            }
            if (thread.floating().length > 0) {
                note(notes, NT_FPREGSET, thread.floating());
            }
        }
        return notes.toByteArray();
    }

    private static void note(ByteArrayOutputStream out, int type, byte[] content) {
        ByteBuffer note = buffer(20 + (content.length + 3) / 4 * 4);
        note.putInt(5).putInt(content.length).putInt(type).put("CORE\0\0\0\0".getBytes(StandardCharsets.US_ASCII));
        note.put(content);
        out.writeBytes(bytes(note));
    }

    /// `struct elf_prstatus`.
    private static byte[] status(boolean arm, CoreProcess process, CoreThread thread) {
        int registers = arm ? 272 : 216;
        ByteBuffer status = buffer(112 + registers + 8);
        status.putInt(32, thread.id())
                .putInt(36, process.parent())
                .putInt(40, process.pid())
                .putInt(44, process.pid());
        status.put(112, thread.registers(), 0, Math.min(thread.registers().length, registers));
        status.putInt(112 + registers, thread.floating().length > 0 ? 1 : 0);
        return bytes(status);
    }

    /// `struct elf_prpsinfo`.
    private static byte[] information(CoreProcess process) {
        ByteBuffer info = buffer(136);
        info.put(1, (byte) 'T');
        info.putInt(16, process.uid()).putInt(20, process.gid());
        info.putInt(24, process.pid())
                .putInt(28, process.parent())
                .putInt(32, process.pid())
                .putInt(36, process.pid());
        text(info, 40, 15, process.name());
        text(info, 56, 79, process.command());
        return bytes(info);
    }

    private static void text(ByteBuffer out, int at, int most, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.put(at, bytes, 0, Math.min(bytes.length, most));
    }

    private static byte[] files(List<Segment> segments) {
        List<Mapping> files =
                segments.stream().map(Segment::mapping).filter(Mapping::isFile).toList();
        var names = new ByteArrayOutputStream();
        files.forEach(it -> names.writeBytes((it.path() + "\0").getBytes(StandardCharsets.UTF_8)));
        ByteBuffer out = buffer(16 + 24 * files.size() + names.size());
        out.putLong(files.size()).putLong(PAGE);
        for (Mapping file : files) {
            out.putLong(file.start()).putLong(file.end()).putLong(file.offset() / PAGE);
        }
        return bytes(out.put(names.toByteArray()));
    }

    /// All of a buffer that was allocated here.
    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.get(0, bytes);
        return bytes;
    }

    private static ByteBuffer buffer(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
