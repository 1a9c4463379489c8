package io.carafe.engine.oci;

import io.carafe.sandbox.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;

/// A container that nobody has asked for, to go the ways with that real ones will go.
public final class Rehearsal {
    private Rehearsal() {}

    /// A `config.json` like those that engines write.
    ///
    /// @param root the directory that would be the container's root
    public static String config(String root) {
        String capabilities = strings(List.of(
                "CAP_CHOWN",
                "CAP_DAC_OVERRIDE",
                "CAP_FOWNER",
                "CAP_FSETID",
                "CAP_KILL",
                "CAP_MKNOD",
                "CAP_NET_BIND_SERVICE",
                "CAP_NET_RAW",
                "CAP_SETFCAP",
                "CAP_SETGID",
                "CAP_SETPCAP",
                "CAP_SETUID",
                "CAP_SYS_CHROOT"));
        return "{\"ociVersion\":\"1.2.0\",\"hostname\":\"box\",\"root\":{\"path\":" + JsonWriter.quoted(root)
                + ",\"readonly\":true},\"process\":{\"user\":{\"uid\":0,\"gid\":0,\"additionalGids\":[1]},\"cwd\":\"/\","
                + "\"args\":[\"true\"],\"env\":[\"PATH=/usr/bin:/bin\",\"HOME=/root\"],\"oomScoreAdj\":0,"
                + "\"noNewPrivileges\":true,\"rlimits\":[{\"type\":\"RLIMIT_NOFILE\",\"hard\":1024,\"soft\":1024}],"
                + "\"capabilities\":{\"bounding\":" + capabilities + ",\"effective\":" + capabilities
                + ",\"permitted\":" + capabilities + "}},\"annotations\":{\"a\":\"b\"},\"mounts\":["
                + mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev") + ","
                + mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k") + ","
                + mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "mode=0620", "gid=5") + ","
                + mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777") + ","
                + mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev") + ","
                + mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro") + ","
                + mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "ro") + ","
                + mount("/etc/hosts", "bind", "/etc/hosts", "rbind", "rprivate", "ro")
                + "],\"linux\":{\"resources\":{\"devices\":[{\"allow\":false,\"access\":\"rwm\"},"
                + "{\"allow\":true,\"type\":\"c\",\"major\":1,\"minor\":3,\"access\":\"rwm\"}],"
                + "\"memory\":{\"limit\":67108864},\"cpu\":{\"shares\":512,\"quota\":50000,\"period\":100000},"
                + "\"pids\":{\"limit\":100}},\"namespaces\":[{\"type\":\"pid\"},{\"type\":\"network\"},"
                + "{\"type\":\"ipc\"},{\"type\":\"uts\"},{\"type\":\"mount\"},{\"type\":\"cgroup\"}],"
                + "\"maskedPaths\":[\"/proc/acpi\",\"/proc/kcore\",\"/sys/firmware\"],"
                + "\"readonlyPaths\":[\"/proc/bus\",\"/proc/sys\"],\"seccomp\":" + filter() + "}}";
    }

    private static String mount(String destination, String type, String source, String... options) {
        return "{\"destination\":" + JsonWriter.quoted(destination) + ",\"type\":" + JsonWriter.quoted(type)
                + ",\"source\":" + JsonWriter.quoted(source) + ",\"options\":" + strings(List.of(options)) + "}";
    }

    private static String filter() {
        List<String> calls = List.of(
                "access",
                "bind",
                "brk",
                "chdir",
                "close",
                "connect",
                "dup",
                "dup2",
                "epoll_wait",
                "execve",
                "exit",
                "exit_group",
                "fchmod",
                "fcntl",
                "fork",
                "fstat",
                "futex",
                "getcwd",
                "getdents64",
                "getpid",
                "getuid",
                "ioctl",
                "kill",
                "lseek",
                "mmap",
                "mprotect",
                "munmap",
                "nanosleep",
                "newfstatat",
                "open",
                "openat",
                "pipe2",
                "poll",
                "pread64",
                "prlimit64",
                "read",
                "readlink",
                "rt_sigaction",
                "rt_sigprocmask",
                "rt_sigreturn",
                "sendmsg",
                "set_robust_list",
                "setuid",
                "socket",
                "stat",
                "uname",
                "unlink",
                "wait4",
                "write",
                "writev");
        return "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":1,"
                + "\"architectures\":[\"SCMP_ARCH_X86_64\",\"SCMP_ARCH_X86\",\"SCMP_ARCH_X32\"],\"syscalls\":["
                + "{\"action\":\"SCMP_ACT_ALLOW\",\"names\":" + strings(calls) + "},"
                + "{\"action\":\"SCMP_ACT_ALLOW\",\"names\":[\"personality\"],"
                + "\"args\":[{\"index\":0,\"value\":8,\"op\":\"SCMP_CMP_EQ\"}]},"
                + "{\"action\":\"SCMP_ACT_ALLOW\",\"names\":[\"clone\"],"
                + "\"args\":[{\"index\":0,\"value\":2114060288,\"valueTwo\":0,\"op\":\"SCMP_CMP_MASKED_EQ\"}]}]}";
    }

    private static String strings(List<String> words) {
        var quoted = new ArrayList<String>();
        for (String word : words) {
            quoted.add(JsonWriter.quoted(word));
        }
        return "[" + String.join(",", quoted) + "]";
    }
}
