package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import io.carafe.engine.engine.RunOptions;
import io.carafe.sandbox.spec.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The options that say what a box shall be: those of `run` and `explain`. Docker's names and meanings, where
/// it has them.
final class BoxFlags {
    static final String OPERANDS = "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    private static final String AT_START = "is for carafe run; of one that is created, carafe start -a and -i say it";

    /// Images that are always there.
    static final List<String> IMAGES = List.of("host");

    static final Flag ADD_HOST = Flag.list("", "add-host", "Add a line to /etc/hosts: NAME:IP");
    static final Flag ANNOTATION =
            Flag.list("", "annotation", "Note something in the box's state for who runs it: NAME=VALUE");
    static final Flag BLKIO_WEIGHT = Flag.one("", "blkio-weight", "int", "Weight of disk access, 10 to 1000");
    static final Flag BLKIO_WEIGHT_DEVICE = Flag.list("", "blkio-weight-device", "Weight on a disk: DEVICE:WEIGHT");
    static final Flag CAP_ADD =
            Flag.list("", "cap-add", "Add Linux capabilities").of(capabilities());
    static final Flag CAP_DROP =
            Flag.list("", "cap-drop", "Drop Linux capabilities").of(capabilities());
    static final Flag CGROUPNS = Flag.one(
                    "", "cgroupns", "string", "Cgroup namespace: private, host, ns:PATH or ns:PID (default private)")
            .of("private", "host");
    static final Flag CGROUP_PARENT =
            Flag.one("", "cgroup-parent", "string", "Control group that the box's are made in");
    static final Flag CPUS = Flag.one("", "cpus", "decimal", "Number of CPUs, as 0.5");
    static final Flag CPUSET_CPUS = Flag.one("", "cpuset-cpus", "list", "Processors to run on, as 0-2,7");
    static final Flag CPUSET_MEMS = Flag.one("", "cpuset-mems", "list", "Memory nodes to use, as 0-2,7");
    static final Flag CPU_BURST =
            Flag.one("", "cpu-burst", "int", "Microseconds of processor time that may be saved up");
    static final Flag CPU_IDLE = Flag.toggle("", "cpu-idle", "Run only when nothing else wants to");
    static final Flag CPU_PERIOD =
            Flag.one("", "cpu-period", "int", "Period of --cpu-quota in microseconds, 1000 to 1000000");
    static final Flag CPU_QUOTA = Flag.one("", "cpu-quota", "int", "Microseconds of processor time per period");
    static final Flag CPU_RT_PERIOD =
            Flag.one("", "cpu-rt-period", "int", "Period of real-time tasks in microseconds (cgroup v1)");
    static final Flag CPU_RT_RUNTIME =
            Flag.one("", "cpu-rt-runtime", "int", "Real-time tasks' microseconds per period (cgroup v1)");
    static final Flag CPU_SHARES =
            Flag.one("c", "cpu-shares", "int", "Weight against others, 2 to 262144 (default 1024)");
    static final Flag DEVICE = Flag.list(
                    "", "device", "Add a device of the host, or a directory of them: HOST[:BOX[:rwm]]")
            .ofFiles();
    static final Flag DEVICE_CGROUP_RULE =
            Flag.list("", "device-cgroup-rule", "Allow devices by number, as 'c 10:200 rwm'");
    static final Flag DEVICE_READ_BPS = Flag.list("", "device-read-bps", "Limit of bytes read per second: DEVICE:RATE");
    static final Flag DEVICE_READ_IOPS = Flag.list("", "device-read-iops", "Limit of reads per second: DEVICE:RATE");
    static final Flag DEVICE_WRITE_BPS =
            Flag.list("", "device-write-bps", "Limit of bytes written per second: DEVICE:RATE");
    static final Flag DEVICE_WRITE_IOPS = Flag.list("", "device-write-iops", "Limit of writes per second: DEVICE:RATE");
    static final Flag DNS = Flag.list("", "dns", "Name servers in /etc/resolv.conf");
    static final Flag DNS_OPTION = Flag.list("", "dns-option", "Options in /etc/resolv.conf, as ndots:2");
    static final Flag DNS_SEARCH = Flag.list("", "dns-search", "Search domains in /etc/resolv.conf, . for none");
    static final Flag DOMAINNAME = Flag.one("", "domainname", "string", "NIS domain name of the box");
    static final Flag ENTRYPOINT =
            Flag.one("", "entrypoint", "string", "Program that gets the command as its arguments");
    static final Flag ENV =
            Flag.list("e", "env", "Set environment variables: NAME=VALUE, or NAME for the caller's value");
    static final Flag ENV_FILE =
            Flag.list("", "env-file", "Read in a file of environment variables").ofFiles();
    static final Flag GIDMAP =
            Flag.list("", "gidmap", "Groups of the box: CONTAINER:HOST[:SIZE] (default as --uidmap)");
    static final Flag GROUP_ADD = Flag.list("", "group-add", "Add a supplementary group of the box: NAME|GID");
    static final Flag HOSTNAME = Flag.one("h", "hostname", "string", "Host name of the box");
    static final Flag HUGEPAGES = Flag.list("", "hugepages", "Limit of huge pages: SIZE=LIMIT, as 2MB=64m");
    static final Flag INIT = Flag.toggle(
            "",
            "init",
            "Run an init in the box that forwards signals and reaps processes (default unless COMMAND is one)");
    static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "Pass on standard input");
    static final Flag IOPRIO = Flag.one(
                    "", "ioprio", "class", "Share of the disks: CLASS[:N], with CLASS rt, be or idle, N 0 (first) to 7")
            .of("rt", "be", "idle");
    static final Flag IPC = Flag.one(
                    "",
                    "ipc",
                    "string",
                    "IPC namespace: private, none, shareable, host, ns:PATH or ns:PID (default private)")
            .of("private", "none", "shareable", "host");
    static final Flag MEMORY = Flag.one("m", "memory", "bytes", "Memory limit, as 64m");
    static final Flag MEMORY_HIGH =
            Flag.one("", "memory-high", "bytes", "Slow the box down above this memory (cgroup v2)");
    static final Flag MEMORY_RESERVATION =
            Flag.one("", "memory-reservation", "bytes", "Memory left to the box when it is short");
    static final Flag MEMORY_SWAP = Flag.one(
            "",
            "memory-swap",
            "bytes",
            "Limit of memory and swap together, -1 for unlimited (default twice the memory)");
    static final Flag MEMORY_SWAPPINESS =
            Flag.one("", "memory-swappiness", "int", "How gladly memory is swapped out, 0 to 100 (cgroup v1)");
    static final Flag MOUNT = new Flag(
                    "", "mount", "mount", true, "Mount a volume, a directory or file of the host, or a tmpfs")
            .of("type=volume,", "type=bind,", "type=tmpfs,");
    static final Flag NICE = Flag.one("", "nice", "int", "Share of the processors: -20 (most) to 19");
    static final Flag NO_HOSTNAME = Flag.toggle("", "no-hostname", "Leave /etc/hostname as it is in the root");
    static final Flag NO_HOSTS = Flag.toggle("", "no-hosts", "Leave /etc/hosts as it is in the root");
    static final Flag NO_PIVOT = Flag.toggle("", "no-pivot", "Enter the root by chroot(2), not pivot_root(2): weaker");
    static final Flag OOM_KILL_DISABLE =
            Flag.toggle("", "oom-kill-disable", "Wait at the memory limit, kill nothing (cgroup v1)");
    static final Flag OOM_SCORE_ADJ = Flag.one(
            "", "oom-score-adj", "int", "How soon to be killed when the machine is short of memory: -1000 to 1000");
    static final Flag PERSONALITY = Flag.one(
                    "",
                    "personality",
                    "string",
                    "LINUX32, addr-no-randomize and other flags of personality(2), with commas")
            .of("LINUX32", "addr-no-randomize");
    static final Flag PID = Flag.one(
                    "", "pid", "string", "PID namespace: private, host, ns:PATH or ns:PID (default private)")
            .of("private", "host");
    static final Flag PIDS_LIMIT = Flag.one(
            "",
            "pids-limit",
            "int",
            "Limit of processes and threads (default " + RunOptions.PROCESSES + ", -1 for unlimited)");
    static final Flag PLATFORM = Flag.one(
                    "", "platform", "platform", "Platform of the image: OS/ARCH[/VARIANT] (default this machine's)")
            .of("linux/amd64", "linux/arm64", "linux/arm/v7", "linux/386", "linux/riscv64");
    static final Flag POLICY = Flag.one(
                    "", "policy", "name", "What the program may do: untrusted, default, or a file (carafe policy)")
            .of("untrusted", "default")
            .ofFiles();
    static final Flag PULL = Flag.one(
                    "", "pull", "string", "When to fetch the image: always, missing or never (default missing)")
            .of("always", "missing", "never");
    static final Flag PRIVILEGED = Flag.toggle(
            "",
            "privileged",
            "Take the fences away: all capabilities, system calls, devices and paths of /proc and /sys, which "
                    + "can be written to. Root in it is root outside");
    static final Flag READ_ONLY = Flag.toggle("", "read-only", "Mount the root file system as read only");
    static final Flag RECEIPT = Flag.one(
                    "",
                    "receipt",
                    "file",
                    "Write down what went in and what came out, with --reproducible; carafe repro check reads it")
            .ofFiles();
    static final Flag REPRODUCIBLE = Flag.toggle(
            "",
            "reproducible",
            "Give the box surroundings that are the same everywhere: locale, time zone, paths, host name, one"
                    + " processor, no network, addresses that aren't random");
    static final Flag RM =
            Flag.toggle("", "rm", "Remove the container when it exits; a box of host or --rootfs goes anyway");
    static final Flag ROOTFS = new Flag(
                    "",
                    "rootfs",
                    "dir",
                    true,
                    "Use this directory instead of an IMAGE; several lie over each other, the first on top")
            .ofDirectories();
    static final Flag SCHEDULER = Flag.one(
                    "",
                    "scheduler",
                    "policy",
                    "Scheduling policy: other, batch, idle, fifo:N, rr:N or deadline,runtime=T,…")
            .of("other", "batch", "idle", "fifo", "rr", "deadline,runtime=");
    static final Flag SECRET =
            Flag.list("", "secret", "Give the box a secret: NAME, and with commas target=PATH, uid=, gid=, mode=");
    static final Flag SECURITY_OPT = Flag.list(
                    "",
                    "security-opt",
                    "Security options: no-new-privileges, landlock, seccomp=unconfined, seccomp=FILE, mask=PATH, "
                            + "unmask=PATH|ALL, systempaths=unconfined, nesting")
            .of(
                    "no-new-privileges",
                    "nesting",
                    "landlock",
                    "seccomp=unconfined",
                    "seccomp=builtin",
                    "seccomp=",
                    "mask=",
                    "unmask=",
                    "unmask=ALL",
                    "systempaths=unconfined");
    static final Flag SHM_SIZE = Flag.one("", "shm-size", "bytes", "Size of /dev/shm (default 64m)");
    static final Flag SUBGIDNAME =
            Flag.one("", "subgidname", "string", "Give the box the groups that /etc/subgid has for this name");
    static final Flag SUBUIDNAME =
            Flag.one("", "subuidname", "string", "Give the box the users that /etc/subuid has for this name");
    static final Flag SYSCTL = Flag.list("", "sysctl", "Set a kernel parameter of the box's own namespaces: KEY=VALUE");
    static final Flag TIMEOUT = Flag.one("", "timeout", "duration", "Kill the box after this time, as 90 or 1m30s");
    static final Flag TIME_OFFSET = Flag.list(
                    "", "time-offset", "Set a clock of the box forward or back: monotonic=TIME or boottime=TIME")
            .of("monotonic=", "boottime=");
    static final Flag TMPFS = Flag.list("", "tmpfs", "Mount a tmpfs: PATH[:OPTIONS]");
    static final Flag TTY = Flag.toggle("t", "tty", "Allocate a pseudo-TTY");
    static final Flag UIDMAP = Flag.list("", "uidmap", "Users of the box: CONTAINER:HOST[:SIZE] (default as --gidmap)");
    static final Flag ULIMIT = new Flag("", "ulimit", "ulimit", true, "Resource limits: NAME=SOFT[:HARD]").of(limits());
    static final Flag UMASK = Flag.one("", "umask", "octal", "File mode creation mask (default 0022)");
    static final Flag UNIFIED = Flag.list("", "unified", "Write to a file of the cgroup v2 group: KEY=VALUE");
    static final Flag UPPER = Flag.one("", "upper", "dir", "Keep what the box writes in this directory: DIR[:volatile]")
            .ofDirectories();
    static final Flag USER = Flag.one("u", "user", "string", "User: NAME|UID[:GROUP|GID]");
    static final Flag USERNS = Flag.one(
                    "",
                    "userns",
                    "string",
                    "User namespace: host, auto[:size=NUMBER], ns:PATH or ns:PID (default host)")
            .of("host", "auto");
    static final Flag UTS = Flag.one(
                    "", "uts", "string", "UTS namespace: private, host, ns:PATH or ns:PID (default private)")
            .of("private", "host");
    static final Flag VOLUME = Flag.list(
                    "v", "volume", "Mount a volume, or a directory or file of the host: [SRC:]DST[:OPTIONS]")
            .ofFiles();
    static final Flag VOLUMES_FROM =
            Flag.list("", "volumes-from", "Mount what another container has, volumes and directories: CONTAINER[:ro]");
    static final Flag WORKDIR = Flag.one("w", "workdir", "string", "Working directory in the box");

    static final List<Flag> FLAGS = List.of(
            ADD_HOST,
            ANNOTATION,
            BLKIO_WEIGHT,
            BLKIO_WEIGHT_DEVICE,
            CAP_ADD,
            CAP_DROP,
            CGROUP_PARENT,
            CGROUPNS,
            CPU_BURST,
            CPU_IDLE,
            CPU_PERIOD,
            CPU_QUOTA,
            CPU_RT_PERIOD,
            CPU_RT_RUNTIME,
            CPU_SHARES,
            CPUS,
            CPUSET_CPUS,
            CPUSET_MEMS,
            DEVICE,
            DEVICE_CGROUP_RULE,
            DEVICE_READ_BPS,
            DEVICE_READ_IOPS,
            DEVICE_WRITE_BPS,
            DEVICE_WRITE_IOPS,
            DNS,
            DNS_OPTION,
            DNS_SEARCH,
            DOMAINNAME,
            NetworkFlags.EGRESS,
            ENTRYPOINT,
            ENV,
            ENV_FILE,
            NetworkFlags.EXPOSE,
            GIDMAP,
            GROUP_ADD,
            HOSTNAME,
            HUGEPAGES,
            INIT,
            INTERACTIVE,
            IOPRIO,
            NetworkFlags.IP,
            NetworkFlags.IP6,
            IPC,
            NetworkFlags.MAC_ADDRESS,
            MEMORY,
            MEMORY_HIGH,
            MEMORY_RESERVATION,
            MEMORY_SWAP,
            MEMORY_SWAPPINESS,
            MOUNT,
            NetworkFlags.NETWORK,
            NetworkFlags.NETWORK_ALIAS,
            NICE,
            NO_HOSTNAME,
            NO_HOSTS,
            NO_PIVOT,
            OOM_KILL_DISABLE,
            OOM_SCORE_ADJ,
            PERSONALITY,
            PID,
            PIDS_LIMIT,
            PLATFORM,
            POLICY,
            PRIVILEGED,
            NetworkFlags.PUBLISH,
            NetworkFlags.PUBLISH_ALL,
            PULL,
            READ_ONLY,
            RECEIPT,
            REPRODUCIBLE,
            RM,
            ROOTFS,
            SCHEDULER,
            SECRET,
            SECURITY_OPT,
            SHM_SIZE,
            SUBGIDNAME,
            SUBUIDNAME,
            SYSCTL,
            TIME_OFFSET,
            TIMEOUT,
            TMPFS,
            TTY,
            UIDMAP,
            ULIMIT,
            UMASK,
            UNIFIED,
            UPPER,
            USER,
            USERNS,
            UTS,
            VOLUME,
            VOLUMES_FROM,
            WORKDIR);

    /// Docker's and Podman's options that fail, and why.
    static final Map<String, String> REFUSED = Map.of(
            "--gpus",
            "is not there yet",
            "--link",
            "is Docker's way from before networks had names: put both on one, by carafe network create NETWORK and"
                    + " --network NETWORK; there they find each other by name, and by --network-alias ALIAS",
            "--runtime",
            "names another program that runs containers, and Carafe does so itself; under Docker, Podman and containerd"
                    + " others can be had beside it (docs/engines.md)",
            "--storage-opt",
            "would limit what a container writes to its root by the quotas of a file system, which Carafe doesn't set;"
                    + " --read-only with --tmpfs PATH:size=SIZE, or a volume on a file system of its own, do",
            "--attach",
            AT_START,
            "-a",
            AT_START);

    private BoxFlags() {}

    private static List<String> limits() {
        var words = new ArrayList<String>();
        for (String name : Ulimit.NAMES) {
            words.add(name + "=");
        }
        return words;
    }

    private static List<String> capabilities() {
        var names = new ArrayList<>(List.of("ALL"));
        names.addAll(Capability.names(-1));
        return names;
    }
}
