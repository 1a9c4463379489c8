package io.carafe.engine.cli;

import io.carafe.engine.engine.RunOptions;
import java.util.List;
import java.util.Set;

/// The options that say what a box shall be: those of `run` and `explain`. Docker's names and meanings, where it has
/// them.
final class BoxFlags {
    static final String OPERANDS = "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    static final Flag CAP_ADD = Flag.list("", "cap-add", "Add Linux capabilities");
    static final Flag CAP_DROP = Flag.list("", "cap-drop", "Drop Linux capabilities");
    static final Flag CPUS = Flag.one("", "cpus", "decimal", "Number of CPUs, as 0.5");
    static final Flag DOMAINNAME = Flag.one("", "domainname", "string", "NIS domain name of the box");
    static final Flag ENTRYPOINT =
            Flag.one("", "entrypoint", "string", "Program that gets the command as its arguments");
    static final Flag ENV =
            Flag.list("e", "env", "Set environment variables: NAME=VALUE,\nor NAME for the caller's value");
    static final Flag ENV_FILE = Flag.list("", "env-file", "Read in a file of environment variables");
    static final Flag GIDMAP =
            Flag.list("", "gidmap", "Groups of the box: CONTAINER:HOST[:SIZE]\n(default as --uidmap)");
    static final Flag HOSTNAME = Flag.one("h", "hostname", "string", "Host name of the box");
    static final Flag INIT = Flag.toggle(
            "",
            "init",
            "Run an init in the box that forwards signals and\nreaps processes (default unless COMMAND is one)");
    static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "Pass on standard input");
    static final Flag MEMORY = Flag.one("m", "memory", "bytes", "Memory limit, as 64m");
    static final Flag MOUNT = new Flag("", "mount", "mount", true, "Mount a directory or file of the host, or a tmpfs");
    static final Flag NETWORK = Flag.one("", "network", "network", "Network: none or host (default none)");
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
    static final Flag SUBGIDNAME =
            Flag.one("", "subgidname", "string", "Give the box the groups that /etc/subgid has\nfor this name");
    static final Flag SUBUIDNAME =
            Flag.one("", "subuidname", "string", "Give the box the users that /etc/subuid has\nfor this name");
    static final Flag TIMEOUT = Flag.one("", "timeout", "duration", "Kill the box after this time, as 90 or 1m30s");
    static final Flag TMPFS = Flag.list("", "tmpfs", "Mount a tmpfs: PATH[:OPTIONS]");
    static final Flag TTY = Flag.toggle("t", "tty", "Allocate a pseudo-TTY");
    static final Flag UIDMAP =
            Flag.list("", "uidmap", "Users of the box: CONTAINER:HOST[:SIZE]\n(default as --gidmap)");
    static final Flag ULIMIT = new Flag("", "ulimit", "ulimit", true, "Resource limits: NAME=SOFT[:HARD]");
    static final Flag USER = Flag.one("u", "user", "string", "User: NAME|UID[:GROUP|GID]");
    static final Flag USERNS =
            Flag.one("", "userns", "string", "User namespace: host or auto[:size=NUMBER]\n(default host)");
    static final Flag VOLUME =
            Flag.list("v", "volume", "Bind mount a directory or file of the host:\nSRC:DST[:OPTIONS]");
    static final Flag WORKDIR = Flag.one("w", "workdir", "string", "Working directory in the box");

    static final List<Flag> FLAGS = List.of(
            CAP_ADD,
            CAP_DROP,
            CPUS,
            DOMAINNAME,
            ENTRYPOINT,
            ENV,
            ENV_FILE,
            GIDMAP,
            HOSTNAME,
            INIT,
            INTERACTIVE,
            MEMORY,
            MOUNT,
            NETWORK,
            PIDS_LIMIT,
            READ_ONLY,
            RM,
            ROOTFS,
            SECURITY_OPT,
            SUBGIDNAME,
            SUBUIDNAME,
            TIMEOUT,
            TMPFS,
            TTY,
            UIDMAP,
            ULIMIT,
            USER,
            USERNS,
            VOLUME,
            WORKDIR);

    /// Docker's options that we mean to have. Until then they fail with a word about it.
    static final Set<String> LATER = Set.of("""
            -a --add-host --annotation --attach --blkio-weight -c --cgroup-parent --cgroupns --cidfile --cpu-
            period --cpu-quota --cpu-shares --cpuset-cpus --cpuset-mems -d --detach --detach-keys --device
            --device-cgroup-rule --device-read-bps --device-write-bps --dns --dns-option --dns-search
            --expose --gpus --group-add --health-cmd --health-interval --ip --ip6 --ipc -l --label
            --label-file --link --log-driver --log-opt --mac-address --memory-reservation --memory-swap
            --memory-swappiness --name --network-alias --no-healthcheck --oom-kill-disable --oom-score-adj -p -P
            --pid --platform --privileged --publish --publish-all --pull --restart --runtime --shm-size --sig-
            proxy --stop-signal --stop-timeout --storage-opt --sysctl --uts --volumes-from""".split("\\s+"));

    private BoxFlags() {}
}
