package io.carafe.engine.engine;

import io.carafe.engine.engine.RunOptions.Limits;
import io.carafe.engine.engine.RunOptions.Network;
import io.carafe.engine.engine.RunOptions.Traits;
import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.json.Problem;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Personality;
import io.carafe.sandbox.spec.Spec.Rlimit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A box whose surroundings are the same on every machine, on every day and for every caller, as far as a box
/// can have them so: nothing of the caller's locale, time zone, paths, limits and numbers of processors
/// reaches its programs. What is left are the clock, random numbers, the processor's own make and the kernel.
record Reproducible(RunOptions options) implements Source {
    private static final String HOSTNAME = "carafe";

    /// 1 January 1980, the first day that every archive format can hold (reproducible-builds.org,
    /// SOURCE_DATE_EPOCH).
    private static final String EPOCH = "315532800";

    private static final List<String> ENVIRONMENT = List.of("LANG=C.UTF-8", "TZ=UTC", "SOURCE_DATE_EPOCH=" + EPOCH);

    /// Limits that programs look at to choose how they work.
    private static final List<Rlimit> LIMITS = List.of(
            new Rlimit("RLIMIT_CORE", 0, 0),
            new Rlimit("RLIMIT_NOFILE", 1024, 1024),
            new Rlimit("RLIMIT_STACK", 8 << 20, 8 << 20));

    @Override
    public Spec spec(Host machine, String id, Connector connector) {
        var problems = new ArrayList<Problem>();
        check(options, problems);
        if (!problems.isEmpty()) {
            throw new Refused(problems);
        }
        Spec spec = BoxSpec.of(canonical(options), machine, id, connector);
        var environment = new ArrayList<>(spec.process().env());
        environment.sort(null);
        return spec.with(spec.process().with(environment))
                .with(spec.supervision().on(processor()));
    }

    @Override
    public List<Problem> named(List<Problem> problems) {
        return OptionNames.named(problems);
    }

    @Override
    public String cgroupParent() {
        return options.control().cgroupParent();
    }

    private static void check(RunOptions options, List<Problem> problems) {
        if (!(options.network() instanceof Network.None)) {
            problems.add(
                    new Problem("--network", "with --reproducible there is none: nobody gets the same of it twice"));
        }
        for (Namespace shared : options.sharing().namespaces().keySet()) {
            problems.add(new Problem("--" + shared, "with --reproducible it is the box's own"));
        }
        if (options.traits().personality() != null) {
            problems.add(new Problem("--personality", "with --reproducible it is addr-no-randomize"));
        }
        if (!options.control().resources().cpu().cpus().isEmpty()) {
            problems.add(new Problem("--cpuset-cpus", "with --reproducible a box has one processor"));
        }
    }

    private static RunOptions canonical(RunOptions asked) {
        var environment = new ArrayList<>(ENVIRONMENT);
        environment.addAll(asked.environment());
        var rlimits = new ArrayList<>(asked.limits().rlimits());
        for (Rlimit limit : LIMITS) {
            if (rlimits.stream().noneMatch(it -> it.type().equals(limit.type()))) {
                rlimits.add(limit);
            }
        }
        Traits traits = asked.traits();
        Limits limits = asked.limits();
        return new RunOptions(
                asked.image(),
                asked.entrypoint(),
                asked.command(),
                environment,
                asked.user(),
                asked.workdir(),
                asked.hostname().isEmpty() ? HOSTNAME : asked.hostname(),
                asked.domainname(),
                asked.readOnly(),
                asked.mounts(),
                asked.network(),
                asked.sharing(),
                asked.ids(),
                asked.security(),
                new Limits(limits.memory(), limits.nanoCpus(), limits.processes(), rlimits, limits.timeout()),
                asked.control(),
                asked.streams(),
                asked.init(),
                new Traits(
                        traits.umask(),
                        traits.groups(),
                        traits.oomScoreAdj(),
                        traits.scheduler(),
                        traits.ioPriority(),
                        new Personality("LINUX", List.of("ADDR_NO_RANDOMIZE")),
                        traits.sysctls()),
                asked.files());
    }

    /// The first that we may use: which one it is can't be told apart in the box.
    private static String processor() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("Cpus_allowed_list:")) {
                    return line.substring(line.indexOf(':') + 1).strip().split("[-,]")[0];
                }
            }
            return "0";
        } catch (IOException e) {
            throw new Refused(List.of(new Problem("--reproducible", "which processors there are: " + e.getMessage())));
        }
    }
}
