package io.carafe.sandbox.forensic;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/// The names of the kernel's numbers in arguments of calls. As on x86-64; AArch64 has other numbers for
/// four of open(2).
final class Symbols {
    static final Symbols FAMILIES = new Symbols(
            "AF_UNSPEC 0 AF_UNIX 1 AF_INET 2 AF_AX25 3 AF_IPX 4 AF_INET6 10 AF_KEY 15 AF_NETLINK 16 AF_PACKET 17"
                    + " AF_RDS 21 AF_CAN 29 AF_TIPC 30 AF_BLUETOOTH 31 AF_ALG 38 AF_NFC 39 AF_VSOCK 40 AF_KCM 41 AF_SMC 43"
                    + " AF_XDP 44");
    static final Symbols PTRACE = new Symbols(
            "PTRACE_TRACEME 0 PTRACE_PEEKTEXT 1 PTRACE_PEEKDATA 2 PTRACE_PEEKUSER 3 PTRACE_POKETEXT 4 PTRACE_POKEDATA 5"
                    + " PTRACE_POKEUSER 6 PTRACE_CONT 7 PTRACE_KILL 8 PTRACE_SINGLESTEP 9 PTRACE_GETREGS 12"
                    + " PTRACE_SETREGS 13 PTRACE_ATTACH 16 PTRACE_DETACH 17 PTRACE_SYSCALL 24 PTRACE_SETOPTIONS 16896"
                    + " PTRACE_GETREGSET 16900 PTRACE_SETREGSET 16901 PTRACE_SEIZE 16902 PTRACE_INTERRUPT 16903");
    static final Symbols BPF = new Symbols(
            "BPF_MAP_CREATE 0 BPF_MAP_LOOKUP_ELEM 1 BPF_MAP_UPDATE_ELEM 2 BPF_PROG_LOAD 5 BPF_OBJ_PIN 6 BPF_OBJ_GET 7"
                    + " BPF_PROG_ATTACH 8 BPF_BTF_LOAD 18 BPF_LINK_CREATE 28");
    static final Symbols KEYCTL = new Symbols(
            "KEYCTL_GET_KEYRING_ID 0 KEYCTL_JOIN_SESSION_KEYRING 1 KEYCTL_UPDATE 2 KEYCTL_REVOKE 3 KEYCTL_CHOWN 4"
                    + " KEYCTL_SETPERM 5 KEYCTL_DESCRIBE 6 KEYCTL_CLEAR 7 KEYCTL_LINK 8 KEYCTL_SEARCH 10 KEYCTL_READ 11");
    static final Symbols SIGNALS = new Symbols(
            "SIGHUP 1 SIGINT 2 SIGQUIT 3 SIGILL 4 SIGTRAP 5 SIGABRT 6 SIGBUS 7 SIGFPE 8"
                    + " SIGKILL 9 SIGUSR1 10 SIGSEGV 11 SIGUSR2 12 SIGPIPE 13 SIGALRM 14 SIGTERM 15 SIGCHLD 17 SIGCONT 18 SIGSTOP 19");
    static final Symbols PROTECTION = new Symbols("PROT_NONE 0 PROT_READ 1 PROT_WRITE 2 PROT_EXEC 4");
    static final Symbols MOUNT = new Symbols(
            "MS_RDONLY 1 MS_NOSUID 2 MS_NODEV 4 MS_NOEXEC 8 MS_REMOUNT 32 MS_BIND 4096 MS_MOVE 8192 MS_REC 16384"
                    + " MS_PRIVATE 262144 MS_SLAVE 524288 MS_SHARED 1048576");
    private static final Symbols CLONE = new Symbols(
            "CLONE_NEWTIME 128 CLONE_VM 256 CLONE_FS 512 CLONE_FILES 1024 CLONE_SIGHAND 2048 CLONE_PIDFD 4096"
                    + " CLONE_PTRACE 8192 CLONE_VFORK 16384 CLONE_PARENT 32768 CLONE_THREAD 65536 CLONE_NEWNS 131072"
                    + " CLONE_SYSVSEM 262144 CLONE_SETTLS 524288 CLONE_PARENT_SETTID 1048576 CLONE_CHILD_CLEARTID 2097152"
                    + " CLONE_UNTRACED 8388608 CLONE_CHILD_SETTID 16777216 CLONE_NEWCGROUP 33554432 CLONE_NEWUTS 67108864"
                    + " CLONE_NEWIPC 134217728 CLONE_NEWUSER 268435456 CLONE_NEWPID 536870912 CLONE_NEWNET 1073741824");
    private static final Symbols OPEN = new Symbols(
            "O_CREAT 64 O_EXCL 128 O_NOCTTY 256 O_TRUNC 512 O_APPEND 1024 O_NONBLOCK 2048 O_DIRECT 16384 O_DIRECTORY 65536"
                    + " O_NOFOLLOW 131072 O_CLOEXEC 524288 O_PATH 2097152");
    private static final Symbols SOCKET_TYPES =
            new Symbols("SOCK_STREAM 1 SOCK_DGRAM 2 SOCK_RAW 3 SOCK_RDM 4 SOCK_SEQPACKET 5 SOCK_PACKET 10");
    private static final Symbols SOCKET_FLAGS = new Symbols("SOCK_NONBLOCK 2048 SOCK_CLOEXEC 524288");

    private final Map<Long, String> names = new LinkedHashMap<>();

    private Symbols(String text) {
        String[] words = text.split(" ");
        for (int i = 0; i < words.length; i += 2) {
            names.put(Long.valueOf(words[i + 1]), words[i]);
        }
    }

    /// The name of a number, of which the kernel takes 32 bits.
    String of(long value) {
        return names.getOrDefault((long) (int) value, Integer.toString((int) value));
    }

    /// The names of its bits; what is left over as a number.
    String flags(long value) {
        var words = new ArrayList<String>();
        long rest = value;
        for (Map.Entry<Long, String> name : names.entrySet()) {
            if (name.getKey() != 0 && (rest & name.getKey()) != 0) {
                words.add(name.getValue());
                rest &= ~name.getKey();
            }
        }
        if (rest != 0 || words.isEmpty()) {
            words.add(words.isEmpty() ? names.getOrDefault(rest, rest == 0 ? "0" : Words.hex(rest)) : Words.hex(rest));
        }
        return String.join("|", words);
    }

    static String socketType(long value) {
        String type = SOCKET_TYPES.of(value & 0xf);
        long flags = value & 0xfffffff0L;
        return flags == 0 ? type : type + "|" + SOCKET_FLAGS.flags(flags);
    }

    /// clone(2) has a signal in the lowest byte.
    static String clone(long value) {
        long signal = value & 0x7f;
        String flags = (value & ~0x7fL) == 0 ? "" : CLONE.flags(value & ~0x7fL);
        if (signal == 0) {
            return flags.isEmpty() ? "0" : flags;
        }
        return (flags.isEmpty() ? "" : flags + "|") + SIGNALS.of(signal);
    }

    static String open(long value) {
        String access = switch ((int) value & 3) {
            case 0 -> "O_RDONLY";
            case 1 -> "O_WRONLY";
            case 2 -> "O_RDWR";
            default -> "3";
        };
        long flags = value & 0xfffffffcL;
        return flags == 0 ? access : access + "|" + OPEN.flags(flags);
    }
}
