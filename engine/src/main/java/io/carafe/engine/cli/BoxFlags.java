package io.carafe.engine.cli;

import io.carafe.engine.engine.RunOptions;
import io.carafe.sandbox.spec.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The options that say what a box shall be: those of `run` and `explain`. Docker's names and meanings, where
/// it has them.
final class BoxFlags {
    static final String OPERANDS = "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    /// Images that are always there.
    static final List<String> IMAGES = List.of("host");

    static final Flag CAP_ADD =
            Flag.list("", "cap-add", "Add Linux capabilities").of(capabilities());
    static final Flag CAP_DROP =
            Flag.list("", "cap-drop", "Drop Linux capabilities").of(capabilities());
    static final Flag CGROUPNS = Flag.one(
                    "", "cgroupns", "string", "Cgroup namespace: private, host, ns:PATH or ns:PID\n(default private)")
            .of("private", "host", "ns:");
    static final Flag CPUS = Flag.one("", "cpus", "decimal", "Number of CPUs, as 0.5");
    static final Flag DOMAINNAME = Flag.one("", "domainname", "string", "NIS domain name of the box");
    static final Flag ENTRYPOINT =
            Flag.one("", "entrypoint", "string", "Program that gets the command as its arguments");
    static final Flag ENV =
            Flag.list("e", "env", "Set environment variables: NAME=VALUE,\nor NAME for the caller's value");
    static final Flag ENV_FILE =
            Flag.list("", "env-file", "Read in a file of environment variables").ofFiles();
    static final Flag GIDMAP =
            Flag.list("", "gidmap", "Groups of the box: CONTAINER:HOST[:SIZE]\n(default as --uidmap)");
    static final Flag GROUP_ADD = Flag.list("", "group-add", "Add a supplementary group of the box:\nNAME|GID");
    static final Flag HOSTNAME = Flag.one("h", "hostname", "string", "Host name of the box");
    static final Flag INIT = Flag.toggle(
            "",
            "init",
            "Run an init in the box that forwards signals and\nreaps processes (default unless COMMAND is one)");
    static final Flag INTERACTIVE = Flag.toggle("i", "interactive", "Pass on standard input");
    static final Flag IOPRIO = Flag.one(
            "", "ioprio", "class", "Share of the disks: CLASS[:N], with CLASS rt, be\nor idle, N 0 (first) to 7");
    static final Flag IPC = Flag.one(
                    "",
                    "ipc",
                    "string",
                    "IPC namespace: private, none, shareable, host,\nns:PATH or ns:PID (default private)")
            .of("private", "none", "shareable", "host", "ns:");
    static final Flag MEMORY = Flag.one("m", "memory", "bytes", "Memory limit, as 64m");
    static final Flag MOUNT = new Flag("", "mount", "mount", true, "Mount a directory or file of the host, or a tmpfs")
            .of("type=bind,", "type=tmpfs,");
    static final Flag NETWORK = Flag.one(
                    "", "network", "network", "Network: none, host, pasta[:OPTIONS], ns:PATH or\nns:PID (default none)")
            .of("none", "host", "pasta", "ns:");
    static final Flag NICE = Flag.one("", "nice", "int", "Share of the processors: -20 (most) to 19");
    static final Flag OOM_SCORE_ADJ = Flag.one(
            "", "oom-score-adj", "int", "How soon to be killed when the machine is short\nof memory: -1000 to 1000");
    static final Flag PERSONALITY = Flag.one(
            "", "personality", "string", "LINUX32, addr-no-randomize and other flags of\npersonality(2), with commas");
    static final Flag PID = Flag.one(
                    "", "pid", "string", "PID namespace: private, host, ns:PATH or ns:PID\n(default private)")
            .of("private", "host", "ns:");
    static final Flag PIDS_LIMIT = Flag.one(
            "",
            "pids-limit",
            "int",
            "Limit of processes and threads (default " + RunOptions.PROCESSES + ",\n-1 for unlimited)");
    static final Flag PRIVILEGED = Flag.toggle(
            "",
            "privileged",
            "Take the fences away: all capabilities, system\ncalls, devices and paths of /proc and /sys, which\n"
                    + "can be written to. Root in it is root outside");
    static final Flag READ_ONLY = Flag.toggle("", "read-only", "Mount the root file system as read only");
    static final Flag RM = Flag.toggle("", "rm", "Remove the box when it exits: always so");
    static final Flag ROOTFS = Flag.one("", "rootfs", "dir", "Use this directory instead of an IMAGE")
            .ofDirectories();
    static final Flag SCHEDULER = Flag.one(
            "", "scheduler", "policy", "Scheduling policy: other, batch, idle, fifo:N,\nrr:N or deadline,runtime=T,…");
    static final Flag SECURITY_OPT = Flag.list(
                    "",
                    "security-opt",
                    "Security options: no-new-privileges, landlock,\nseccomp=unconfined, seccomp=FILE, mask=PATH,\n"
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
    static final Flag SUBGIDNAME =
            Flag.one("", "subgidname", "string", "Give the box the groups that /etc/subgid has\nfor this name");
    static final Flag SUBUIDNAME =
            Flag.one("", "subuidname", "string", "Give the box the users that /etc/subuid has\nfor this name");
    static final Flag SYSCTL =
            Flag.list("", "sysctl", "Set a kernel parameter of the box's own\nnamespaces: KEY=VALUE");
    static final Flag TIMEOUT = Flag.one("", "timeout", "duration", "Kill the box after this time, as 90 or 1m30s");
    static final Flag TIME_OFFSET =
            Flag.list("", "time-offset", "Set a clock of the box forward or back:\nmonotonic=TIME or boottime=TIME");
    static final Flag TMPFS = Flag.list("", "tmpfs", "Mount a tmpfs: PATH[:OPTIONS]");
    static final Flag TTY = Flag.toggle("t", "tty", "Allocate a pseudo-TTY");
    static final Flag UIDMAP =
            Flag.list("", "uidmap", "Users of the box: CONTAINER:HOST[:SIZE]\n(default as --gidmap)");
    static final Flag ULIMIT = new Flag("", "ulimit", "ulimit", true, "Resource limits: NAME=SOFT[:HARD]").of(limits());
    static final Flag UMASK = Flag.one("", "umask", "octal", "File mode creation mask (default 0022)");
    static final Flag USER = Flag.one("u", "user", "string", "User: NAME|UID[:GROUP|GID]");
    static final Flag USERNS =
            Flag.one("", "userns", "string", "User namespace: host or auto[:size=NUMBER]\n(default host)");
    static final Flag UTS = Flag.one(
                    "", "uts", "string", "UTS namespace: private, host, ns:PATH or ns:PID\n(default private)")
            .of("private", "host", "ns:");
    static final Flag VOLUME = Flag.list(
                    "v", "volume", "Bind mount a directory or file of the host:\nSRC:DST[:OPTIONS]")
            .ofFiles();
    static final Flag WORKDIR = Flag.one("w", "workdir", "string", "Working directory in the box");

    static final List<Flag> FLAGS = List.of(
            CAP_ADD,
            CAP_DROP,
            CGROUPNS,
            CPUS,
            DOMAINNAME,
            ENTRYPOINT,
            ENV,
            ENV_FILE,
            GIDMAP,
            GROUP_ADD,
            HOSTNAME,
            INIT,
            INTERACTIVE,
            IOPRIO,
            IPC,
            MEMORY,
            MOUNT,
            NETWORK,
            NICE,
            OOM_SCORE_ADJ,
            PERSONALITY,
            PID,
            PIDS_LIMIT,
            PRIVILEGED,
            READ_ONLY,
            RM,
            ROOTFS,
            SCHEDULER,
            SECURITY_OPT,
            SUBGIDNAME,
            SUBUIDNAME,
            SYSCTL,
            TIMEOUT,
            TIME_OFFSET,
            TMPFS,
            TTY,
            UIDMAP,
            ULIMIT,
            UMASK,
            USER,
            USERNS,
            UTS,
            VOLUME,
            WORKDIR);

    /// Docker's options that we mean to have. Until then they fail with a word about it.
    static final Set<String> LATER = Set.of("""
            --add-host --annotation --attach --blkio-weight --cgroup-parent --cidfile --cpu-period
            --cpu-quota --cpu-shares --cpuset-cpus --cpuset-mems --detach --detach-keys --device
            --device-cgroup-rule --device-read-bps --device-write-bps --dns --dns-option --dns-search
            --expose --gpus --health-cmd --health-interval --ip --ip6 --label --label-file --link
            --log-driver --log-opt --mac-address --memory-reservation --memory-swap --memory-swappiness
            --name --network-alias --no-healthcheck --oom-kill-disable --platform --publish --publish-all
            --pull --restart --runtime --shm-size --sig-proxy --stop-signal --stop-timeout --storage-opt
            --volumes-from -P -a -c -d -l -p""".split("\\s+"));

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
