package io.carafe.engine.cli;

import io.carafe.engine.engine.RunOptions;
import java.util.List;
import java.util.Set;

/// The options that say what a box shall be: those of `run` and `explain`. Docker's names and meanings, where it has
/// them.
final class BoxFlags {
    static final String OPERANDS = "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    static final Flag ADD_HOST = Flag.list("", "add-host", "Add a line to /etc/hosts: NAME:IP");
    static final Flag CAP_ADD = Flag.list("", "cap-add", "Add Linux capabilities");
    static final Flag CAP_DROP = Flag.list("", "cap-drop", "Drop Linux capabilities");
    static final Flag CPUS = Flag.one("", "cpus", "decimal", "Number of CPUs, as 0.5");
    static final Flag DNS = Flag.list("", "dns", "Name servers in /etc/resolv.conf");
    static final Flag DNS_OPTION = Flag.list("", "dns-option", "Options in /etc/resolv.conf, as ndots:2");
    static final Flag DNS_SEARCH = Flag.list("", "dns-search", "Search domains in /etc/resolv.conf, . for none");
    static final Flag ENTRYPOINT =
            Flag.one("", "entrypoint", "string", "Program that gets the command as its arguments");
    static final Flag ENV =
            Flag.list("e", "env", "Set environment variables: NAME=VALUE,\nor NAME for the caller's value");
    static final Flag ENV_FILE = Flag.list("", "env-file", "Read in a file of environment variables");
    static final Flag HOSTNAME = Flag.one("h", "hostname", "string", "Host name of the box");
    static final Flag INIT = Flag.toggle(
            "",
            "init",
            "Run an init in the box that forwards signals and\nreaps processes (default unless COMMAND is one)");
    static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "Pass on standard input");
    static final Flag MEMORY = Flag.one("m", "memory", "bytes", "Memory limit, as 64m");
    static final Flag MOUNT = new Flag("", "mount", "mount", true, "Mount a directory or file of the host, or a tmpfs");
    static final Flag NETWORK = Flag.one("", "network", "network", "Network: none or host (default none)");
    static final Flag NO_HOSTNAME = Flag.toggle("", "no-hostname", "Leave /etc/hostname as it is in the root");
    static final Flag NO_HOSTS = Flag.toggle("", "no-hosts", "Leave /etc/hosts as it is in the root");
    static final Flag NO_PIVOT = Flag.toggle("", "no-pivot", "Enter the root by chroot(2), not pivot_root(2):\nweaker");
    static final Flag PIDS_LIMIT = Flag.one(
            "",
            "pids-limit",
            "int",
            "Limit of processes and threads (default " + RunOptions.PROCESSES + ",\n-1 for unlimited)");
    static final Flag READ_ONLY = Flag.toggle("", "read-only", "Mount the root file system as read only");
    static final Flag RM = Flag.toggle("", "rm", "Remove the box when it exits: always so");
    static final Flag ROOTFS = new Flag(
            "",
            "rootfs",
            "dir",
            true,
            "Use this directory instead of an IMAGE; several\nlie over each other, the first on top");
    static final Flag SECURITY_OPT =
            Flag.list("", "security-opt", "Security options: no-new-privileges,\nseccomp=unconfined, seccomp=FILE");
    static final Flag TIMEOUT = Flag.one("", "timeout", "duration", "Kill the box after this time, as 90 or 1m30s");
    static final Flag TMPFS = Flag.list("", "tmpfs", "Mount a tmpfs: PATH[:OPTIONS]");
    static final Flag TTY = Flag.toggle("t", "tty", "Allocate a pseudo-TTY");
    static final Flag ULIMIT = new Flag("", "ulimit", "ulimit", true, "Resource limits: NAME=SOFT[:HARD]");
    static final Flag UPPER =
            Flag.one("", "upper", "dir", "Keep what the box writes in this directory:\nDIR[:volatile]");
    static final Flag USER = Flag.one("u", "user", "string", "User: NAME|UID[:GROUP|GID]");
    static final Flag VOLUME =
            Flag.list("v", "volume", "Bind mount a directory or file of the host:\nSRC:DST[:OPTIONS]");
    static final Flag WORKDIR = Flag.one("w", "workdir", "string", "Working directory in the box");

    static final List<Flag> FLAGS = List.of(
            ADD_HOST,
            CAP_ADD,
            CAP_DROP,
            CPUS,
            DNS,
            DNS_OPTION,
            DNS_SEARCH,
            ENTRYPOINT,
            ENV,
            ENV_FILE,
            HOSTNAME,
            INIT,
            INTERACTIVE,
            MEMORY,
            MOUNT,
            NETWORK,
            NO_HOSTNAME,
            NO_HOSTS,
            NO_PIVOT,
            PIDS_LIMIT,
            READ_ONLY,
            RM,
            ROOTFS,
            SECURITY_OPT,
            TIMEOUT,
            TMPFS,
            TTY,
            ULIMIT,
            UPPER,
            USER,
            VOLUME,
            WORKDIR);

    /// Docker's options that we mean to have. Until then they fail with a word about it.
    static final Set<String> LATER = Set.of("""
            -a --annotation --attach --blkio-weight -c --cgroup-parent --cgroupns --cidfile --cpu-
            period --cpu-quota --cpu-shares --cpuset-cpus --cpuset-mems -d --detach --detach-keys --device
            --device-cgroup-rule --device-read-bps --device-write-bps --domainname --expose --gpus --group-add --health-cmd --health-interval --ip --ip6 --ipc -l --label
            --label-file --link --log-driver --log-opt --mac-address --memory-reservation --memory-swap
            --memory-swappiness --name --network-alias --no-healthcheck --oom-kill-disable --oom-score-adj -p -P
            --pid --platform --privileged --publish --publish-all --pull --restart --runtime --shm-size --sig-
            proxy --stop-signal --stop-timeout --storage-opt --sysctl --userns --uts --volumes-from""".split("\\s+"));

    private BoxFlags() {}
}
