package io.carafe.engine.cli;

import io.carafe.engine.engine.RunOptions;
import java.util.List;
import java.util.Set;

/// The options that say what a box shall be: those of `run` and `explain`. Docker's names and meanings, where it has
/// them.
final class BoxFlags {
    static final String OPERANDS = "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    static final Flag BLKIO_WEIGHT = Flag.one("", "blkio-weight", "int", "Weight of disk access, 10 to 1000");
    static final Flag BLKIO_WEIGHT_DEVICE = Flag.list("", "blkio-weight-device", "Weight on a disk: DEVICE:WEIGHT");
    static final Flag CAP_ADD = Flag.list("", "cap-add", "Add Linux capabilities");
    static final Flag CAP_DROP = Flag.list("", "cap-drop", "Drop Linux capabilities");
    static final Flag CGROUP_PARENT =
            Flag.one("", "cgroup-parent", "string", "Control group that the box's are made in");
    static final Flag CPU_BURST =
            Flag.one("", "cpu-burst", "int", "Microseconds of processor time that may be\nsaved up");
    static final Flag CPU_IDLE = Flag.toggle("", "cpu-idle", "Run only when nothing else wants to");
    static final Flag CPU_PERIOD =
            Flag.one("", "cpu-period", "int", "Period of --cpu-quota in microseconds, 1000\nto 1000000");
    static final Flag CPU_QUOTA = Flag.one("", "cpu-quota", "int", "Microseconds of processor time per period");
    static final Flag CPU_RT_PERIOD =
            Flag.one("", "cpu-rt-period", "int", "Period of real-time tasks in microseconds\n(cgroup v1)");
    static final Flag CPU_RT_RUNTIME =
            Flag.one("", "cpu-rt-runtime", "int", "Real-time tasks' microseconds per period\n(cgroup v1)");
    static final Flag CPU_SHARES =
            Flag.one("c", "cpu-shares", "int", "Weight against others, 2 to 262144 (default\n1024)");
    static final Flag CPUS = Flag.one("", "cpus", "decimal", "Number of CPUs, as 0.5");
    static final Flag CPUSET_CPUS = Flag.one("", "cpuset-cpus", "list", "Processors to run on, as 0-2,7");
    static final Flag CPUSET_MEMS = Flag.one("", "cpuset-mems", "list", "Memory nodes to use, as 0-2,7");
    static final Flag DEVICE =
            Flag.list("", "device", "Add a device of the host, or a directory of\nthem: HOST[:BOX[:rwm]]");
    static final Flag DEVICE_CGROUP_RULE =
            Flag.list("", "device-cgroup-rule", "Allow devices by number, as 'c 10:200 rwm'");
    static final Flag DEVICE_READ_BPS = Flag.list("", "device-read-bps", "Limit of bytes read per second: DEVICE:RATE");
    static final Flag DEVICE_READ_IOPS = Flag.list("", "device-read-iops", "Limit of reads per second: DEVICE:RATE");
    static final Flag DEVICE_WRITE_BPS =
            Flag.list("", "device-write-bps", "Limit of bytes written per second:\nDEVICE:RATE");
    static final Flag DEVICE_WRITE_IOPS = Flag.list("", "device-write-iops", "Limit of writes per second: DEVICE:RATE");
    static final Flag ENTRYPOINT =
            Flag.one("", "entrypoint", "string", "Program that gets the command as its\narguments");
    static final Flag ENV =
            Flag.list("e", "env", "Set environment variables: NAME=VALUE,\nor NAME for the caller's value");
    static final Flag ENV_FILE = Flag.list("", "env-file", "Read in a file of environment variables");
    static final Flag HOSTNAME = Flag.one("h", "hostname", "string", "Host name of the box");
    static final Flag HUGEPAGES = Flag.list("", "hugepages", "Limit of huge pages: SIZE=LIMIT, as 2MB=64m");
    static final Flag INIT = Flag.toggle(
            "",
            "init",
            "Run an init in the box that forwards signals\nand reaps processes (default unless COMMAND\nis one)");
    static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "Pass on standard input");
    static final Flag MEMORY = Flag.one("m", "memory", "bytes", "Memory limit, as 64m");
    static final Flag MEMORY_HIGH =
            Flag.one("", "memory-high", "bytes", "Slow the box down above this memory (cgroup\nv2)");
    static final Flag MEMORY_RESERVATION =
            Flag.one("", "memory-reservation", "bytes", "Memory left to the box when it is short");
    static final Flag MEMORY_SWAP = Flag.one(
            "",
            "memory-swap",
            "bytes",
            "Limit of memory and swap together, -1 for\nunlimited (default twice the memory)");
    static final Flag MEMORY_SWAPPINESS =
            Flag.one("", "memory-swappiness", "int", "How gladly memory is swapped out, 0 to 100\n(cgroup v1)");
    static final Flag MOUNT =
            new Flag("", "mount", "mount", true, "Mount a directory or file of the host, or a\ntmpfs");
    static final Flag NETWORK = Flag.one("", "network", "network", "Network: none or host (default none)");
    static final Flag OOM_KILL_DISABLE =
            Flag.toggle("", "oom-kill-disable", "Wait at the memory limit, kill nothing\n(cgroup v1)");
    static final Flag PIDS_LIMIT = Flag.one(
            "",
            "pids-limit",
            "int",
            "Limit of processes and threads (default " + RunOptions.PROCESSES + ",\n-1 for unlimited)");
    static final Flag READ_ONLY = Flag.toggle("", "read-only", "Mount the root file system as read only");
    static final Flag RM = Flag.toggle("", "rm", "Remove the box when it exits: always so");
    static final Flag ROOTFS = Flag.one("", "rootfs", "dir", "Use this directory instead of an IMAGE");
    static final Flag SECURITY_OPT =
            Flag.list("", "security-opt", "Security options: no-new-privileges,\nseccomp=unconfined, seccomp=FILE");
    static final Flag TIMEOUT = Flag.one("", "timeout", "duration", "Kill the box after this time, as 90 or 1m30s");
    static final Flag TMPFS = Flag.list("", "tmpfs", "Mount a tmpfs: PATH[:OPTIONS]");
    static final Flag TTY = Flag.toggle("t", "tty", "Allocate a pseudo-TTY");
    static final Flag ULIMIT = new Flag("", "ulimit", "ulimit", true, "Resource limits: NAME=SOFT[:HARD]");
    static final Flag UNIFIED = Flag.list("", "unified", "Write to a file of the cgroup v2 group:\nKEY=VALUE");
    static final Flag USER = Flag.one("u", "user", "string", "User: NAME|UID[:GROUP|GID]");
    static final Flag VOLUME =
            Flag.list("v", "volume", "Bind mount a directory or file of the host:\nSRC:DST[:OPTIONS]");
    static final Flag WORKDIR = Flag.one("w", "workdir", "string", "Working directory in the box");

    static final List<Flag> FLAGS = List.of(
            BLKIO_WEIGHT,
            BLKIO_WEIGHT_DEVICE,
            CAP_ADD,
            CAP_DROP,
            CGROUP_PARENT,
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
            ENTRYPOINT,
            ENV,
            ENV_FILE,
            HOSTNAME,
            HUGEPAGES,
            INIT,
            INTERACTIVE,
            MEMORY,
            MEMORY_HIGH,
            MEMORY_RESERVATION,
            MEMORY_SWAP,
            MEMORY_SWAPPINESS,
            MOUNT,
            NETWORK,
            OOM_KILL_DISABLE,
            PIDS_LIMIT,
            READ_ONLY,
            RM,
            ROOTFS,
            SECURITY_OPT,
            TIMEOUT,
            TMPFS,
            TTY,
            ULIMIT,
            UNIFIED,
            USER,
            VOLUME,
            WORKDIR);

    /// Docker's options that we mean to have. Until then they fail with a word about it.
    static final Set<String> LATER = Set.of("""
            -a --add-host --annotation --attach --cgroupns --cidfile -d --detach --detach-keys --dns
            --dns-option --dns-search --domainname --expose --gpus --group-add --health-cmd
            --health-interval --ip --ip6 --ipc -l --label --label-file --link --log-driver --log-opt
            --mac-address --name --network-alias --no-healthcheck --oom-score-adj -p -P --pid --platform
            --privileged --publish --publish-all --pull --restart --runtime --shm-size --sig-proxy
            --stop-signal --stop-timeout --storage-opt --sysctl --userns --uts --volumes-from""".split("\\s+"));

    private BoxFlags() {}
}
