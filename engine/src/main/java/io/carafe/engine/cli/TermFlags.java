package io.carafe.engine.cli;

import io.carafe.engine.command.Flag;
import java.util.List;
import java.util.TreeMap;

/// The options that say what becomes of a container beside its box: those of `run` and `create`. Docker's names and
/// meanings.
final class TermFlags {
    static final Flag CIDFILE = Flag.one("", "cidfile", "file", "Write the container's id to a new file")
            .ofFiles();
    static final Flag HEALTH_CMD =
            Flag.one("", "health-cmd", "command", "Command for a shell in the container that tells whether it works");
    static final Flag HEALTH_INTERVAL =
            Flag.one("", "health-interval", "duration", "Time between two checks (default 30s)");
    static final Flag HEALTH_ON_FAILURE = Flag.one(
                    "",
                    "health-on-failure",
                    "action",
                    "What becomes of an unhealthy container: none, kill, restart or stop (default none)")
            .of("none", "kill", "restart", "stop");
    static final Flag HEALTH_RETRIES =
            Flag.one("", "health-retries", "int", "Failures in a row that make it unhealthy (default 3)");
    static final Flag HEALTH_START_PERIOD =
            Flag.one("", "health-start-period", "duration", "Time at its start in which a failure doesn't count");
    static final Flag HEALTH_TIMEOUT =
            Flag.one("", "health-timeout", "duration", "Time after which a check has failed (default 30s)");
    static final Flag LABEL = Flag.list("l", "label", "Set metadata on the container: NAME[=VALUE]");
    static final Flag LABEL_FILE =
            Flag.list("", "label-file", "Read in a file of labels").ofFiles();
    static final Flag LOG_DRIVER = Flag.one(
                    "", "log-driver", "driver", "Who keeps what it prints: k8s-file or none (default k8s-file)")
            .of("k8s-file", "none");
    static final Flag LOG_OPT = Flag.list(
                    "", "log-opt", "Log options: max-size=SIZE (default 10m), max-file=NUMBER (default 3)")
            .of("max-size=", "max-file=");
    static final Flag NAME = Flag.one("", "name", "string", "Name of the container (default a made-up one)");
    static final Flag NO_HEALTHCHECK = Flag.toggle("", "no-healthcheck", "Do without the image's health check");
    static final Flag POD = Flag.one(
            "", "pod", "pod", "Make it in this pod; new:NAME makes the pod, too, of the options for its network");
    static final Flag RESTART = Flag.one(
                    "",
                    "restart",
                    "policy",
                    "Start it again when it has ended: no, on-failure[:TIMES], always, unless-stopped (default no)")
            .of("no", "on-failure", "always", "unless-stopped");
    static final Flag STOP_SIGNAL =
            Flag.one("", "stop-signal", "signal", "Signal that asks it to end (default the image's, else SIGTERM)");
    static final Flag STOP_TIMEOUT =
            Flag.one("", "stop-timeout", "seconds", "How long it has then, before it is killed (default 10)");

    static final List<Flag> FLAGS = List.of(
            CIDFILE,
            HEALTH_CMD,
            HEALTH_INTERVAL,
            HEALTH_ON_FAILURE,
            HEALTH_RETRIES,
            HEALTH_START_PERIOD,
            HEALTH_TIMEOUT,
            LABEL,
            LABEL_FILE,
            LOG_DRIVER,
            LOG_OPT,
            NAME,
            NO_HEALTHCHECK,
            POD,
            RESTART,
            STOP_SIGNAL,
            STOP_TIMEOUT);

    private TermFlags() {}

    /// These, those of a box, and a command's own, by name.
    static List<Flag> with(List<Flag> own) {
        var flags = new TreeMap<String, Flag>(); // a cold JVM has no comparator ready
        for (List<Flag> some : List.of(BoxFlags.FLAGS, FLAGS, own)) {
            for (Flag flag : some) {
                flags.put(flag.name(), flag);
            }
        }
        return List.copyOf(flags.values());
    }
}
