package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Container;
import io.carafe.engine.container.End;
import io.carafe.engine.container.Failure;
import io.carafe.engine.container.Health;
import io.carafe.engine.container.Start;
import io.carafe.engine.container.Status;
import io.carafe.engine.metric.Evidence;
import io.carafe.engine.metric.Why;
import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.plan.Signals;
import io.carafe.sandbox.spec.Spec.Mount;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A container as `inspect` shows it: Docker's names and places, as far as there is the same.
final class ContainerText {
    private static final String NEVER = "0001-01-01T00:00:00Z"; // Docker's

    private final JsonWriter json = new JsonWriter();

    private ContainerText() {}

    /// @param log  where its log is
    /// @param why  it ended, if it has
    /// @param size null to leave it out
    static String json(
            Condition now,
            RunOptions options,
            Path log,
            Optional<Why> why,
            @Nullable ContainerSize size,
            NetworkText networks) {
        var text = new ContainerText();
        text.write(now, options, log, why, size, networks);
        return text.json.text();
    }

    private void write(
            Condition now,
            RunOptions options,
            Path log,
            Optional<Why> why,
            @Nullable ContainerSize size,
            NetworkText networks) {
        Container container = now.container();
        List<String> command = container.command();
        json.beginObject();
        json.put("Id", container.id()).put("Created", container.created().toString());
        json.put("Path", command.isEmpty() ? "" : command.getFirst());
        json.put("Args", command.isEmpty() ? command : command.subList(1, command.size()));
        state(now);
        why.ifPresent(it -> json.name("Why").json(it.json()));
        json.put("Image", container.imageId()).put("ImageName", container.image());
        json.put("LogPath", container.log().kept() ? log.toString() : "");
        json.put("Name", "/" + container.name());
        Start start = now.start();
        json.put("RestartCount", start == null ? 0 : start.restarts());
        json.put("Pod", container.pod());
        if (size != null) {
            json.put("SizeRw", size.written()).put("SizeRootFs", size.whole());
        }
        Container.Init init = container.init();
        json.put("InitContainer", init == null ? "" : init.word());
        host(container, options, networks);
        mounts(options.mounts());
        config(container, options);
        networks.settings(json);
        json.endObject();
    }

    private void state(Condition now) {
        Start start = now.start();
        json.name("State").beginObject();
        json.put("Status", now.status().toString());
        json.put("Running", now.status().isLive()).put("Paused", now.status() == Status.PAUSED);
        json.put("Restarting", now.status() == Status.RESTARTING).put("Dead", now.status() == Status.DEAD);
        json.put("Pid", now.pid()).put("ExitCode", now.code());
        json.put("Error", now.failure().map(Failure::text).orElse(""));
        json.put(
                "OOMKilled",
                now.ended()
                        .map(End::report)
                        .filter(ContainerText::isOutOfMemory)
                        .isPresent());
        json.put("StartedAt", start == null ? NEVER : start.time().toString());
        json.put("FinishedAt", now.ended().map(End::time).map(Object::toString).orElse(NEVER));
        now.health().ifPresent(this::health);
        json.endObject();
    }

    /// Whether the kernel has killed in it, as Docker means it: whatever became of the first process.
    private static boolean isOutOfMemory(Report report) {
        return Evidence.of(report).oomKills() > 0;
    }

    private void health(Health health) {
        json.name("Health").beginObject();
        json.put("Status", health.state().word()).put("FailingStreak", health.failures());
        json.name("Log").beginList();
        for (Health.Check check : health.checks()) {
            json.beginObject();
            json.put("Start", check.begun().toString()).put("End", check.ended().toString());
            json.put("ExitCode", check.code()).put("Output", check.output());
            json.endObject();
        }
        json.endList().endObject();
    }

    private void host(Container container, RunOptions options, NetworkText networks) {
        Long memory = options.limits().memory();
        Long cpus = options.limits().nanoCpus();
        Long processes = options.limits().processes();
        json.name("HostConfig").beginObject();
        json.put("AutoRemove", container.removed());
        json.name("RestartPolicy").beginObject();
        json.put("Name", container.restart().word());
        json.put("MaximumRetryCount", container.restart().most()).endObject();
        json.name("LogConfig").beginObject();
        json.put("Type", container.log().kept() ? "k8s-file" : "none");
        json.name("Config").beginObject();
        json.put("max-size", Long.toString(container.log().size()));
        json.put("max-file", Integer.toString(container.log().files()))
                .endObject()
                .endObject();
        json.put("Memory", memory == null ? 0 : memory).put("NanoCpus", cpus == null ? 0 : cpus);
        json.put("PidsLimit", processes == null ? RunOptions.PROCESSES : processes);
        json.put("Privileged", options.security().fences().privileged());
        json.put("ReadonlyRootfs", options.readOnly());
        json.put("CgroupParent", options.control().cgroupParent());
        networks.asked(json);
        json.put("Annotations", options.control().annotations());
        json.endObject();
    }

    private void mounts(List<Mount> mounts) {
        json.name("Mounts").beginList();
        for (Mount mount : mounts) {
            if (mount.type().equals(SecretMounts.TYPE)) {
                continue;
            }
            json.beginObject();
            if (mount.type().equals(VolumeMounts.TYPE)) {
                json.put("Name", mount.source()).put("Driver", "local");
            }
            json.put("Type", mount.type()).put("Source", mount.source()).put("Destination", mount.destination());
            json.put("Options", mount.options()).put("RW", !mount.options().contains("ro"));
            json.endObject();
        }
        json.endList();
    }

    private void config(Container container, RunOptions options) {
        json.name("Config").beginObject();
        json.put("Hostname", options.hostname().isEmpty() ? container.brief() : options.hostname());
        json.put("Domainname", options.domainname()).put("User", options.user());
        json.put("Tty", container.terminal()).put("OpenStdin", container.interactive());
        json.put("Env", options.environment()).put("Cmd", container.command());
        json.put("Image", container.image()).put("WorkingDir", options.workdir());
        json.put("Labels", container.labels());
        json.put("StopSignal", Signals.name(container.stopSignal()));
        json.put("StopTimeout", container.stopTimeout().toSeconds());
        json.endObject();
    }
}
