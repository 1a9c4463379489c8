package io.carafe.sandbox.planner;

import io.carafe.sandbox.host.RootListing;
import io.carafe.sandbox.seccomp.Architecture;
import io.carafe.sandbox.seccomp.DefaultProfile;
import io.carafe.sandbox.spec.Defaults;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import io.carafe.sandbox.spec.Seccomp;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Capabilities;
import io.carafe.sandbox.spec.Spec.Device;
import io.carafe.sandbox.spec.Spec.IdMapping;
import io.carafe.sandbox.spec.Spec.IoPriority;
import io.carafe.sandbox.spec.Spec.Landlock;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.Personality;
import io.carafe.sandbox.spec.Spec.Rlimit;
import io.carafe.sandbox.spec.Spec.Scheduler;
import io.carafe.sandbox.spec.Spec.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A spec to begin a test with: what a box gets when nothing is asked for. A test changes what it is about.
public final class Box {
    public String root = "/";
    public boolean readonly;
    public boolean copyOnWrite = true;
    public List<String> lower = List.of();
    public Spec.Upper upper;
    public Spec.Store store; // null for none
    public Spec.Emulator emulator; // likewise
    public List<Spec.TextFile> files = List.of();
    public boolean pivot = true;
    public boolean terminal;
    public int rows;
    public int columns;
    public User user = new User(0, 0, 0022, List.of());
    public List<String> args;
    public List<String> env = List.of("PATH=" + Defaults.PATH);
    public String cwd = "/";
    public Capabilities capabilities = Capabilities.ofRoot(Defaults.CAPABILITIES);
    public List<Rlimit> rlimits = List.of();
    public boolean noNewPrivileges;
    public Integer oomScoreAdj;
    public Scheduler scheduler;
    public IoPriority ioPriority;
    public String hostname = "box";
    public String domainname = "";
    public List<Mount> mounts = new ArrayList<>(Defaults.MOUNTS);
    public Map<Namespace, String> namespaces = new HashMap<>(Defaults.NAMESPACES);
    public List<IdMapping> uidMappings = List.of();
    public List<IdMapping> gidMappings = List.of();
    public Map<String, Duration> timeOffsets = Map.of();
    public Resources resources = Resources.UNLIMITED;
    public Spec.Container container = new Spec.Container("box", "/srv/bundle", java.util.Map.of());
    public Seccomp seccomp = DefaultProfile.of(Architecture.X86_64, Defaults.CAPABILITIES);
    public List<String> maskedPaths = Defaults.MASKED_PATHS;
    public List<String> readonlyPaths = Defaults.READONLY_PATHS;
    public List<Device> devices = List.of();
    public Map<String, String> sysctl = Map.of();
    public Personality personality;
    public String rootfsPropagation = "";
    public Landlock landlock;
    public String group = "carafe-test";
    public boolean init = true;
    public boolean interactive;
    public List<RootListing.Entry> parts = List.of();
    public Spec.Companion companion; // null for none
    public String processors = "";
    public boolean reports;
    public Duration timeout = Duration.ZERO;

    public Box(String... args) {
        this.args = List.of(args);
    }

    public void mount(String destination, String type, String source, String... options) {
        mounts.add(new Mount(destination, type, source, List.of(options)));
    }

    public void bind(String source, String destination, String... options) {
        mount(destination, "", source, options);
    }

    public void limit(Long memory, Long swap, Long cpuQuota, Long cpuPeriod, Long pids) {
        resources = new Resources(
                List.of(),
                Resources.Memory.of(memory, swap),
                Resources.Cpu.of(cpuQuota, cpuPeriod),
                pids,
                Resources.BlockIo.UNLIMITED,
                Map.of(),
                Map.of());
    }

    public Spec spec() {
        return new Spec(
                new Spec.Root(root, readonly, copyOnWrite, lower, upper, files, pivot)
                        .with(store)
                        .with(emulator),
                new Spec.Process(
                        terminal,
                        rows,
                        columns,
                        user,
                        args,
                        env,
                        cwd,
                        capabilities,
                        rlimits,
                        noNewPrivileges,
                        oomScoreAdj,
                        scheduler,
                        ioPriority),
                hostname,
                domainname,
                mounts,
                new Spec.Linux(
                        namespaces,
                        uidMappings,
                        gidMappings,
                        timeOffsets,
                        resources,
                        group,
                        devices,
                        seccomp,
                        maskedPaths,
                        readonlyPaths,
                        sysctl,
                        personality,
                        rootfsPropagation,
                        landlock),
                new Spec.Supervision(init, interactive, timeout, companion, processors, reports),
                container);
    }
}
