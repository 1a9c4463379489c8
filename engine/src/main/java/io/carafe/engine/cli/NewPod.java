package io.carafe.engine.cli;

import io.carafe.engine.command.Arguments;
import io.carafe.engine.command.Flag;
import io.carafe.engine.command.Invocation;
import io.carafe.engine.command.UsageError;
import io.carafe.engine.container.ContainerName;
import io.carafe.engine.engine.Engine;
import io.carafe.engine.engine.LimitChange;
import io.carafe.engine.engine.Pods;
import io.carafe.engine.engine.RunOptions;
import io.carafe.engine.error.EngineException;
import io.carafe.engine.pod.Pod;
import io.carafe.sandbox.spec.Namespace;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Puts a new pod down, for `pod create` and `run --pod new:NAME`. The container that holds its namespaces
/// is a box like any other, whose options are written here as its command line.
final class NewPod {
    private static final int HOST_NAME_MAX = 64;
    private static final Set<Namespace> USUAL = EnumSet.of(Namespace.IPC, Namespace.NETWORK, Namespace.UTS);

    private final Engine engine;
    private final Arguments arguments;
    private final Invocation caller;

    /// @param arguments with the options of [PodFlags#NETWORK] and [PodFlags#HOST_NAME]
    NewPod(Engine engine, Arguments arguments, Invocation caller) {
        this.engine = engine;
        this.arguments = arguments;
        this.caller = caller;
    }

    /// @param name   "" for one that is made up
    /// @param limits of all its containers together; null for none
    /// @throws UsageError with everything that is wrong
    Pod of(
            String name,
            Set<Namespace> shared,
            Pod.ExitPolicy policy,
            Map<String, String> labels,
            @Nullable LimitChange limits) {
        if (caller.uid() != 0) {
            throw new EngineException.Conflict(
                    "pods need root: an ordinary user's boxes are in user namespaces of their"
                            + " own, and can't join each other's others; sudo carafe can");
        }
        if (!name.isEmpty()) {
            check(name);
        }
        if (!shared.contains(Namespace.NETWORK)) {
            refuse(PodFlags.NETWORK, "net");
        }
        if (!shared.contains(Namespace.UTS)) {
            refuse(PodFlags.HOST_NAME, "uts");
        }
        infra("pod", "/", shared); // before anything is kept
        var pod = new Pod(
                engine.newContainerId(),
                name,
                java.time.Instant.now(),
                List.copyOf(shared),
                engine.newContainerId(),
                policy,
                labels,
                limits == null || limits.isEmpty() ? null : engine.resources(limits));
        Pods pods = engine.pods(caller.environment(), caller.uid());
        return pods.create(pod, created -> infra(created.name(), created.empty().toString(), shared));
    }

    private static void check(String name) {
        try {
            new ContainerName(name);
        } catch (IllegalArgumentException e) {
            throw new UsageError(String.valueOf(e.getMessage()).replace("container", "pod"));
        }
    }

    private void refuse(List<Flag> flags, String word) {
        for (Flag flag : flags) {
            if (arguments.last(flag) != null) {
                throw new UsageError(flag + " is for what the containers have together: --share +" + word
                        + " makes it so, or give it to each of them");
            }
        }
    }

    /// Names and numbers of the kernel alone: no files, no rights, no further processes.
    private RunOptions infra(String name, String empty, Set<Namespace> shared) {
        var words = new ArrayList<>(List.of(
                "--rootfs=" + empty,
                "--read-only",
                "--cap-drop=ALL",
                "--security-opt=no-new-privileges",
                "--init=false",
                "--ipc=none"));
        if (arguments.last(BoxFlags.HOSTNAME) == null && name.length() <= HOST_NAME_MAX) {
            words.add("--hostname=" + name);
        }
        if (shared.contains(Namespace.NETWORK) && arguments.last(NetworkFlags.NETWORK) == null) {
            words.add("--network=bridge");
        }
        PodFlags.NETWORK.forEach(flag -> copy(flag, words));
        PodFlags.HOST_NAME.forEach(flag -> copy(flag, words));
        copy(BoxFlags.SYSCTL, words);
        words.addAll(Pods.PAUSE);
        return BoxArguments.read(Arguments.parse(BoxFlags.FLAGS, Map.of(), words), caller, _ -> {
            throw new IllegalStateException("it has no image");
        });
    }

    private void copy(Flag flag, List<String> words) {
        arguments.all(flag).forEach(value -> words.add("--" + flag.name() + "=" + value));
    }

    /// What `--share` says.
    ///
    /// @throws UsageError if it says something else
    static Set<Namespace> shared(List<String> given) {
        if (given.isEmpty()) {
            return USUAL;
        }
        Set<Namespace> shared = EnumSet.noneOf(Namespace.class);
        for (String word : String.join(",", given).split(",", -1)) {
            boolean adds = word.startsWith("+");
            if (adds) {
                shared.addAll(USUAL);
            }
            switch (adds ? word.substring(1) : word) {
                case "ipc" -> shared.add(Namespace.IPC);
                case "net" -> shared.add(Namespace.NETWORK);
                case "pid" -> shared.add(Namespace.PID);
                case "uts" -> shared.add(Namespace.UTS);
                case "none" -> shared.clear();
                default ->
                    throw new UsageError(UsageError.invalid(
                            PodFlags.SHARE,
                            word,
                            "there are ipc, net, pid, uts and none; mounts, users and groups are"
                                    + " each container's own"));
            }
        }
        return shared;
    }
}
