package io.carafe.sandbox.forensic;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The general registers of a thread, as `NT_PRSTATUS` has them (`struct user_regs_struct`).
final class Registers {
    private static final List<String> X86_64 = List.of(
            ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds"
                            + " es fs gs")
                    .split(" "));
    private static final List<String> AARCH64 = List.of(
            ("x0 x1 x2 x3 x4 x5 x6 x7 x8 x9 x10 x11 x12 x13 x14 x15 x16 x17 x18 x19 x20 x21 x22 x23 x24 x25 x26 x27 x28"
                            + " x29 x30 sp pc pstate")
                    .split(" "));

    /// `struct user_regs_struct32`, in the 64-bit names.
    private static final List<String> X86 =
            List.of("rbx rcx rdx rsi rdi rbp rax ds es fs gs orig_rax rip cs eflags rsp ss".split(" "));

    private Registers() {}

    /// A 32-bit program's in the place that they have in a 64-bit one's, which is what a core file of its
    /// 64-bit kernel has; others as they are.
    static byte[] wide(byte[] bytes) {
        if (bytes.length != 4 * X86.size()) {
            return bytes;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(8 * X86_64.size()).order(ByteOrder.LITTLE_ENDIAN);
        for (String name : X86) {
            long value = in.getInt();
            out.putLong(
                    8 * X86_64.indexOf(name), name.endsWith("ax") ? value : value & 0xffffffffL); // -512 is a number
        }
        return out.array();
    }

    static Map<String, Long> named(boolean arm, byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        var named = new LinkedHashMap<String, Long>();
        for (String name : arm ? AARCH64 : X86_64) {
            if (in.remaining() >= 8) {
                named.put(name, in.getLong());
            }
        }
        return named;
    }

    static long stack(boolean arm, byte[] bytes) {
        return named(arm, bytes).getOrDefault(arm ? "sp" : "rsp", 0L);
    }

    static long instruction(boolean arm, byte[] bytes) {
        return named(arm, bytes).getOrDefault(arm ? "pc" : "rip", 0L);
    }

    /// Of a thread that can't be traced: what `/proc/PID/syscall` says, which is where it stands and
    /// its call.
    static byte[] ofCall(boolean arm, String syscall) {
        String[] words = syscall.strip().split(" ");
        List<String> names = arm ? AARCH64 : X86_64;
        ByteBuffer out = ByteBuffer.allocate(8 * names.size()).order(ByteOrder.LITTLE_ENDIAN);
        List<String> order = arm
                ? List.of("x8", "x0", "x1", "x2", "x3", "x4", "x5", "sp", "pc")
                : List.of("orig_rax", "rdi", "rsi", "rdx", "r10", "r8", "r9", "rsp", "rip");
        for (int i = 0; words.length == 9 && i < 9; i++) {
            String word = words[i];
            long value = word.startsWith("0x") ? Long.parseUnsignedLong(word.substring(2), 16) : Long.parseLong(word);
            out.putLong(8 * names.indexOf(order.get(i)), value);
        }
        return out.array();
    }
}
