package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.engine.container.Register;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import io.carafe.engine.runtime.ContainerId;
import io.carafe.engine.runtime.Containers;
import io.carafe.sandbox.host.MountPoints;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Plan.Line;
import io.carafe.sandbox.plan.Plan.Undo;
import io.carafe.sandbox.plan.Slot;
import io.carafe.sandbox.plan.Step;
import io.carafe.sandbox.planner.Acts;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Spec;
import io.carafe.sandbox.spec.Spec.Mount;
import io.carafe.sandbox.spec.Spec.TextFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/// What a container gets from its pod when it starts: namespaces, shared memory, and what names mean. The
/// container that holds the pod's namespaces is the one that makes these.
final class PodSharing {
    private static final String MEMORY = "/dev/shm";
    private static final long SAFE = 0x2 | 0x4 | 0x8; // MOUNT_ATTR_NOSUID, _NODEV, _NOEXEC

    private final Engine engine;
    private final Register<Pod> pods;
    private final Containers running;
    private final Path runtime;

    /// @param runtime where the pods have what ends with the boot
    PodSharing(Engine engine, Register<Pod> pods, Containers running, Path runtime) {
        this.engine = engine;
        this.pods = pods;
        this.running = running;
        this.runtime = runtime;
    }

    /// The pod of a container; nothing if it is in none.
    ///
    /// @throws EngineException if that is gone
    Optional<Pod> of(Container container) {
        return container.pod().isEmpty() ? Optional.empty() : Optional.of(pods.find(container.pod()));
    }

    /// What the monitor of a container has to call when that has ended, beside what its own policy says.
    static boolean isHeardOf(Container container, Optional<Pod> pod) {
        return container.isInfra()
                || (!container.isInit()
                        && pod.filter(it -> it.exitPolicy() == Pod.ExitPolicy.STOP)
                                .isPresent());
    }

    /// What was asked for of a member, with what its pod has.
    ///
    /// @throws EngineException unless the pod's namespaces are there
    RunOptions joined(RunOptions asked, Pod pod) {
        Acts.Target holder = holder(pod);
        var namespaces = new EnumMap<Namespace, String>(Namespace.class);
        namespaces.putAll(asked.sharing().namespaces());
        for (Namespace namespace : pod.shared()) {
            namespaces.put(namespace, "/proc/" + holder.pid() + "/ns/" + file(namespace));
        }
        var mounts = new ArrayList<>(asked.mounts());
        boolean free = mounts.stream().noneMatch(it -> it.destination().equals(MEMORY));
        if (pod.shares(Namespace.IPC) && free) {
            mounts.add(new Mount(
                    MEMORY, "bind", memory(pod), List.of("bind", "rprivate", "rw", "nosuid", "nodev", "noexec")));
        }
        var sharing = new RunOptions.Sharing(
                namespaces, asked.sharing().sharedMemory(), asked.sharing().timeOffsets());
        RunOptions.Network reach = pod.shares(Namespace.NETWORK) ? RunOptions.Network.NONE : asked.network();
        RunOptions joined = asked.with(sharing, reach, mounts, asked.files());
        return pod.limits() == null ? joined : joined.below(PodGroup.name(pod));
    }

    private Acts.Target holder(Pod pod) {
        var id = new ContainerId(pod.infra());
        if (running.find(id).filter(it -> it.pid() != 0).isEmpty()) {
            throw new EngineException.Conflict("pod " + pod.name() + " is not running; carafe pod start " + pod.name());
        }
        return running.first(id);
    }

    private static String file(Namespace namespace) {
        return namespace == Namespace.NETWORK ? "net" : namespace.toString();
    }

    /// Where its shared memory is on the host, as long as it runs.
    private String memory(Pod pod) {
        return runtime.resolve(pod.id()).toString();
    }

    /// The box of a member, in which names mean what they mean in the whole pod.
    Spec named(Spec spec, Pod pod) {
        Spec holder = running.spec(new ContainerId(pod.infra()));
        var files = new HashMap<String, TextFile>();
        for (TextFile file : holder.root().files()) {
            boolean ofItsName = file.path().equals("/etc/hostname");
            if (pod.shares(ofItsName ? Namespace.UTS : Namespace.NETWORK)) {
                files.put(file.path(), file);
            }
        }
        Spec renamed = spec.withFiles(spec.root().files().stream()
                .map(it -> files.getOrDefault(it.path(), it))
                .toList());
        boolean nameless =
                pod.shares(Namespace.UTS) && spec.process().env().stream().noneMatch(it -> it.startsWith("HOSTNAME="));
        return nameless ? renamed.with(renamed.process().with("HOSTNAME", holder.hostname())) : renamed;
    }

    /// The plan of a member: whose namespaces are joined is made sure of first, for a process's number may
    /// be somebody else's by then.
    Plan checked(Plan plan, Pod pod) {
        Acts.Target holder = holder(pod);
        var step = new Step.SignalProcess(holder.pid(), holder.began(), 0, false);
        return plan.with(List.of(new Line(step, "the pod's namespaces are still those")), List.of());
    }

    /// The plan of the container that holds the namespaces, which also makes the control group of the
    /// others, and their shared memory.
    ///
    /// @throws io.carafe.sandbox.spec.InvalidSpec with every limit that this machine can't keep
    Plan holding(Plan plan, Pod pod) {
        List<Line> group = PodGroup.made(pod, engine.host());
        return (pod.shares(Namespace.IPC) ? sharing(plan, pod) : plan).with(group, List.of());
    }

    private Plan sharing(Plan plan, Pod pod) {
        String memory = memory(pod);
        var options = List.of("source=shm", "mode=1777", "size=65536k");
        var first = List.of(
                new Line(new Step.MakeDirectory(runtime.toString(), 0700, true), "has what pods share"),
                new Line(new Step.MakeDirectory(memory, 0700, true), "shared memory of the pod"),
                new Line(new Step.NewFilesystem(Slot.MOUNT, "tmpfs", options, SAFE), "as large as a box's own"),
                new Line(new Step.AttachMount(Slot.MOUNT, Slot.HOST, memory, false), "all of them can bind it"));
        Plan made = plan.with(first, List.of());
        var undo = new ArrayList<Undo>();
        undo.add(new Undo(first.size() - 1, new Step.Unmount(memory, true), "nobody has it any more"));
        undo.add(new Undo(1, new Step.RemoveDirectory(memory, 0), "it ends with the pod"));
        undo.addAll(made.undo()); // its state goes last: who sees that it is gone may make new memory
        return new Plan(
                made.outside(), made.inside(), undo, made.timeout(), made.detached(), made.kept(), made.preserved());
    }

    /// What is left of what its containers shared, as a plan that removes it: its control group, and its
    /// shared memory if the monitor and that one's keeper were killed.
    Optional<Plan> leftovers(Pod pod) {
        var lines = new ArrayList<>(PodGroup.removed(pod, engine.host()));
        String memory = memory(pod);
        if (Files.exists(Path.of(memory))) {
            lines.addAll(unshared(memory));
        }
        return lines.isEmpty() ? Optional.empty() : Optional.of(Plan.act(lines, List.of()));
    }

    private static List<Line> unshared(String memory) {
        var lines = new ArrayList<Line>();
        try {
            MountPoints.now().stream()
                    .filter(memory::equals)
                    .forEach(it -> lines.add(new Line(new Step.Unmount(it, true), "left behind")));
        } catch (IOException e) {
            throw new EngineException.Failed("read what is mounted", e);
        }
        lines.add(new Line(new Step.RemoveDirectory(memory, 0), "left behind"));
        return lines;
    }
}
