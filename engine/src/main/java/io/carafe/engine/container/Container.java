package io.carafe.engine.container;

import io.carafe.engine.runtime.ContainerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What is kept of a container from its creation to its removal.
///
/// @param id          64 hexadecimal digits
/// @param name        a [ContainerName]
/// @param image       as the caller called it; `host`, or a directory for one of no image
/// @param imageId     what that name stood for, "" for none
/// @param command     the program and its arguments
/// @param stopSignal  what asks it to end
/// @param stopTimeout how long it has then, before it is killed
/// @param removed     when it has ended: `--rm`
/// @param terminal    it has a terminal of its own
/// @param interactive its standard input is open
/// @param health      null for none
/// @param volumes     names of volumes that were made for it, and go with it
/// @param pod         id of the pod that it is in, "" for none
/// @param init        it runs to its end before the others of its pod do; null if it doesn't
/// @param reach       what it is on, as lists show it
public record Container(
        String id,
        String name,
        Instant created,
        String image,
        String imageId,
        List<String> command,
        int stopSignal,
        Duration stopTimeout,
        boolean removed,
        boolean terminal,
        boolean interactive,
        RestartPolicy restart,
        LogSettings log,
        @Nullable HealthCheck health,
        Map<String, String> labels,
        List<String> volumes,
        String pod,
        @Nullable Init init,
        @Nullable Reach reach)
        implements Registered<Container> {
    /// What stands for the image of the container that holds a pod's namespaces; no image can be called so.
    public static final String PAUSE = "(pause)";

    private static final int BRIEF = 12;

    public Container {
        command = List.copyOf(command);
        labels = Collections.unmodifiableMap(new LinkedHashMap<>(labels));
        volumes = List.copyOf(volumes);
    }

    /// When one of a pod's containers runs that makes something ready for the others: Podman's words.
    public enum Init {
        /// At the pod's first start; then it is removed.
        ONCE,
        /// At each of the pod's starts.
        ALWAYS;

        /// As the command line and `inspect` have it.
        public String word() {
            return this == ONCE ? "once" : "always";
        }
    }

    /// Whether it makes something ready for the others of its pod.
    public boolean isInit() {
        return init != null;
    }

    /// Which networks one is on, without a look at what it was asked to be.
    ///
    /// @param networks  names; `none`, `host` or `pasta` where it is on no network of ours
    /// @param publishes ports of this machine lead to it when it runs
    public record Reach(List<String> networks, boolean publishes) {
        public Reach {
            networks = List.copyOf(networks);
        }
    }

    /// Which networks it is on, whether it runs or not.
    public List<String> networks() {
        return reach == null ? List.of() : reach.networks();
    }

    /// Whether ports of this machine lead to it when it runs.
    public boolean publishes() {
        return reach != null && reach.publishes();
    }

    /// What the runtime knows it by.
    public ContainerId key() {
        return new ContainerId(id);
    }

    /// Its first 12 digits, which people read.
    public String brief() {
        return id.substring(0, Math.min(BRIEF, id.length()));
    }

    /// Whether it does nothing but to hold the namespaces of its pod.
    public boolean isInfra() {
        return image.equals(PAUSE);
    }

    @Override
    public Container named(String other) {
        return with(other, restart, volumes, reach);
    }

    /// The same with another policy.
    public Container with(RestartPolicy other) {
        return with(name, other, volumes, reach);
    }

    /// The same with volumes that go with it.
    public Container with(List<String> more) {
        var all = new ArrayList<>(volumes);
        all.addAll(more);
        return with(name, restart, all, reach);
    }

    /// The same on other networks.
    public Container with(Reach other) {
        return with(name, restart, volumes, other);
    }

    /// The same, but for what can change of one.
    private Container with(
            String otherName, RestartPolicy otherPolicy, List<String> otherVolumes, @Nullable Reach otherReach) {
        return new Container(
                id,
                otherName,
                created,
                image,
                imageId,
                command,
                stopSignal,
                stopTimeout,
                removed,
                terminal,
                interactive,
                otherPolicy,
                log,
                health,
                labels,
                otherVolumes,
                pod,
                init,
                otherReach);
    }
}
