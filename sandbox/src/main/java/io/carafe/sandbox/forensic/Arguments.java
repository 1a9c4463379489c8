package io.carafe.sandbox.forensic;

import io.carafe.sandbox.forensic.Violation.Argument;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/// What the arguments of a call mean, for those calls that are forbidden most often; the others show
/// their registers.
///
/// What is in memory is read once, for the record. A program can change it behind our back, before and
/// after, so nothing may be decided on it.
final class Arguments {
    private static final int PATH_MAX = 4096;

    /// Reads memory of the process: at most so many bytes, fewer where nothing is mapped.
    interface Memory {
        byte[] read(long address, int length);
    }

    /// One kind of argument.
    private enum Kind {
        NUMBER,
        FD,
        POINTER,
        MODE,
        PATH,
        FAMILY,
        SOCKET_TYPE,
        ADDRESS,
        CLONE,
        OPEN,
        PTRACE,
        BPF,
        KEYCTL,
        PROTECTION,
        SIGNAL,
        MOUNT,
        STRINGS
    }

    private static final Map<String, List<Kind>> CALLS = Map.ofEntries(
            Map.entry("socket", List.of(Kind.FAMILY, Kind.SOCKET_TYPE, Kind.NUMBER)),
            Map.entry("socketpair", List.of(Kind.FAMILY, Kind.SOCKET_TYPE, Kind.NUMBER, Kind.POINTER)),
            Map.entry("connect", List.of(Kind.FD, Kind.ADDRESS, Kind.NUMBER)),
            Map.entry("bind", List.of(Kind.FD, Kind.ADDRESS, Kind.NUMBER)),
            Map.entry("open", List.of(Kind.PATH, Kind.OPEN, Kind.MODE)),
            Map.entry("openat", List.of(Kind.FD, Kind.PATH, Kind.OPEN, Kind.MODE)),
            Map.entry("openat2", List.of(Kind.FD, Kind.PATH, Kind.POINTER, Kind.NUMBER)),
            Map.entry("creat", List.of(Kind.PATH, Kind.MODE)),
            Map.entry("mkdir", List.of(Kind.PATH, Kind.MODE)),
            Map.entry("mkdirat", List.of(Kind.FD, Kind.PATH, Kind.MODE)),
            Map.entry("mknod", List.of(Kind.PATH, Kind.MODE, Kind.NUMBER)),
            Map.entry("mknodat", List.of(Kind.FD, Kind.PATH, Kind.MODE, Kind.NUMBER)),
            Map.entry("rmdir", List.of(Kind.PATH)),
            Map.entry("unlink", List.of(Kind.PATH)),
            Map.entry("unlinkat", List.of(Kind.FD, Kind.PATH, Kind.NUMBER)),
            Map.entry("rename", List.of(Kind.PATH, Kind.PATH)),
            Map.entry("link", List.of(Kind.PATH, Kind.PATH)),
            Map.entry("symlink", List.of(Kind.PATH, Kind.PATH)),
            Map.entry("chmod", List.of(Kind.PATH, Kind.MODE)),
            Map.entry("chown", List.of(Kind.PATH, Kind.NUMBER, Kind.NUMBER)),
            Map.entry("chroot", List.of(Kind.PATH)),
            Map.entry("chdir", List.of(Kind.PATH)),
            Map.entry("execve", List.of(Kind.PATH, Kind.STRINGS, Kind.POINTER)),
            Map.entry("execveat", List.of(Kind.FD, Kind.PATH, Kind.STRINGS, Kind.POINTER, Kind.NUMBER)),
            Map.entry("mount", List.of(Kind.PATH, Kind.PATH, Kind.PATH, Kind.MOUNT, Kind.POINTER)),
            Map.entry("umount2", List.of(Kind.PATH, Kind.NUMBER)),
            Map.entry("pivot_root", List.of(Kind.PATH, Kind.PATH)),
            Map.entry("clone", List.of(Kind.CLONE, Kind.POINTER, Kind.POINTER, Kind.POINTER, Kind.POINTER)),
            Map.entry("clone3", List.of(Kind.POINTER, Kind.NUMBER)),
            Map.entry("unshare", List.of(Kind.CLONE)),
            Map.entry("setns", List.of(Kind.FD, Kind.CLONE)),
            Map.entry("ptrace", List.of(Kind.PTRACE, Kind.NUMBER, Kind.POINTER, Kind.POINTER)),
            Map.entry("process_vm_readv", List.of(Kind.NUMBER, Kind.POINTER, Kind.NUMBER, Kind.POINTER, Kind.NUMBER)),
            Map.entry("process_vm_writev", List.of(Kind.NUMBER, Kind.POINTER, Kind.NUMBER, Kind.POINTER, Kind.NUMBER)),
            Map.entry("bpf", List.of(Kind.BPF, Kind.POINTER, Kind.NUMBER)),
            Map.entry("keyctl", List.of(Kind.KEYCTL, Kind.NUMBER, Kind.NUMBER, Kind.NUMBER)),
            Map.entry("add_key", List.of(Kind.PATH, Kind.PATH, Kind.POINTER, Kind.NUMBER, Kind.NUMBER)),
            Map.entry("request_key", List.of(Kind.PATH, Kind.PATH, Kind.PATH, Kind.NUMBER)),
            Map.entry("mprotect", List.of(Kind.POINTER, Kind.NUMBER, Kind.PROTECTION)),
            Map.entry("kill", List.of(Kind.NUMBER, Kind.SIGNAL)),
            Map.entry("tgkill", List.of(Kind.NUMBER, Kind.NUMBER, Kind.SIGNAL)),
            Map.entry("io_uring_setup", List.of(Kind.NUMBER, Kind.POINTER)),
            Map.entry("userfaultfd", List.of(Kind.NUMBER)),
            Map.entry("perf_event_open", List.of(Kind.POINTER, Kind.NUMBER, Kind.NUMBER, Kind.FD, Kind.NUMBER)),
            Map.entry("ioctl", List.of(Kind.FD, Kind.POINTER, Kind.POINTER)),
            Map.entry("memfd_create", List.of(Kind.PATH, Kind.NUMBER)),
            Map.entry("reboot", List.of(Kind.POINTER, Kind.POINTER, Kind.NUMBER, Kind.POINTER)));

    private Arguments() {}

    /// The arguments of a call by this name; all six registers of one that the table hasn't got.
    ///
    /// @param addressSize bytes of an address in memory
    static List<Argument> decode(String call, List<Long> values, int addressSize, Memory memory) {
        List<Kind> kinds = CALLS.getOrDefault(call, List.of());
        var arguments = new ArrayList<Argument>();
        int count = kinds.isEmpty() ? values.size() : kinds.size();
        for (int i = 0; i < count; i++) {
            long value = values.get(i);
            long size = i + 1 < values.size() ? values.get(i + 1) : 0;
            String text = kinds.isEmpty() ? Words.hex(value) : text(kinds.get(i), value, size, addressSize, memory);
            arguments.add(new Argument(value, text));
        }
        return arguments;
    }

    private static String text(Kind kind, long value, long next, int addressSize, Memory memory) {
        return switch (kind) {
            case NUMBER -> Long.toString((int) value == value ? value : (int) value);
            case FD -> (int) value == -100 ? "AT_FDCWD" : Integer.toString((int) value);
            case POINTER -> value == 0 ? "NULL" : Words.hex(value);
            case MODE -> "0" + Long.toOctalString(value & 0177777);
            case PATH -> string(value, memory);
            case STRINGS -> strings(value, addressSize, memory);
            case ADDRESS -> address(value, next, memory);
            case FAMILY -> Symbols.FAMILIES.of(value);
            case SOCKET_TYPE -> Symbols.socketType(value);
            case CLONE -> Symbols.clone(value);
            case OPEN -> Symbols.open(value);
            case PTRACE -> Symbols.PTRACE.of(value);
            case BPF -> Symbols.BPF.of(value);
            case KEYCTL -> Symbols.KEYCTL.of(value);
            case PROTECTION -> Symbols.PROTECTION.flags(value);
            case SIGNAL -> Symbols.SIGNALS.of(value);
            case MOUNT -> Symbols.MOUNT.flags(value);
        };
    }

    private static String string(long address, Memory memory) {
        if (address == 0) {
            return "NULL";
        }
        byte[] bytes = memory.read(address, PATH_MAX);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        if (bytes.length == 0) {
            return Words.hex(address); // nothing is mapped there
        }
        String text = quoted(new String(bytes, 0, Math.min(end, 256), StandardCharsets.UTF_8));
        return end > 256 ? text + "..." : text;
    }

    private static String strings(long address, int size, Memory memory) {
        var texts = new ArrayList<String>();
        for (int i = 0; address != 0 && i < 16; i++) {
            byte[] pointer = memory.read(address + (long) size * i, size);
            long at = pointer.length < size
                    ? 0
                    : ByteBuffer.wrap(Arrays.copyOf(pointer, 8))
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .getLong();
            if (at == 0) {
                break;
            }
            texts.add(string(at, memory));
        }
        return address == 0 ? "NULL" : "[" + String.join(", ", texts) + "]";
    }

    /// `struct sockaddr`.
    private static String address(long address, long size, Memory memory) {
        byte[] bytes = memory.read(address, Math.clamp(size, 0, 128));
        if (bytes.length < 2) {
            return address == 0 ? "NULL" : Words.hex(address);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int family = in.getShort(0);
        String name = Symbols.FAMILIES.of(family);
        if (family == 1) {
            String path = new String(bytes, 2, bytes.length - 2, StandardCharsets.UTF_8);
            return "{" + name + ", " + quoted(path.startsWith("\0") ? "@" + cut(path.substring(1)) : cut(path)) + "}";
        }
        if (family == 2 && bytes.length >= 8) {
            return "{%s, %d.%d.%d.%d:%d}"
                    .formatted(name, bytes[4] & 255, bytes[5] & 255, bytes[6] & 255, bytes[7] & 255, port(bytes));
        }
        if (family == 10 && bytes.length >= 24) {
            var groups = new ArrayList<String>();
            for (int i = 8; i < 24; i += 2) {
                groups.add(Integer.toHexString((bytes[i] & 255) << 8 | (bytes[i + 1] & 255)));
            }
            return "{%s, [%s]:%d}".formatted(name, String.join(":", groups), port(bytes));
        }
        return "{" + name + "}";
    }

    private static int port(byte[] bytes) {
        return (bytes[2] & 255) << 8 | (bytes[3] & 255);
    }

    private static String cut(String text) {
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    /// Nothing in it moves a terminal's cursor.
    static String quoted(String text) {
        var quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (c == '\n') {
                quoted.append("\\n");
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                quoted.append("\\%03o".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
