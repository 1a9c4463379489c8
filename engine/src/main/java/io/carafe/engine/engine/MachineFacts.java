package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.container.Status;
import io.carafe.engine.store.DataRoot;
import io.carafe.sandbox.host.Cgroups;
import io.carafe.sandbox.host.Host;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What `carafe info` tells, by Docker's names.
final class MachineFacts {
    private MachineFacts() {}

    static Map<String, String> of(Host host, List<Condition> containers, int images, DataRoot root, String version) {
        var facts = new LinkedHashMap<String, String>();
        facts.put("Containers", Integer.toString(containers.size()));
        long running = count(containers, Status.RUNNING);
        long paused = count(containers, Status.PAUSED);
        facts.put("ContainersRunning", Long.toString(running));
        facts.put("ContainersPaused", Long.toString(paused));
        facts.put("ContainersStopped", Long.toString(containers.size() - running - paused));
        facts.put("Images", Integer.toString(images));
        facts.put("ServerVersion", version);
        facts.put("Driver", "overlay");
        facts.put("LoggingDriver", "k8s-file");
        facts.put("CgroupVersion", host.cgroups().layout() == Cgroups.Layout.V2 ? "2" : "1");
        facts.put("SecurityOptions", String.join(" ", host.securityModules()));
        facts.put("KernelVersion", host.kernel().release());
        facts.put("OperatingSystem", system());
        facts.put("OSType", "linux");
        facts.put("Architecture", host.kernel().architecture());
        facts.put("NCPU", Integer.toString(host.processors()));
        facts.put("MemTotal", Long.toString(host.memory()));
        facts.put("Rootless", Boolean.toString(!host.isPrivileged()));
        facts.put("DockerRootDir", root.directory().toString());
        facts.put("Name", text("/proc/sys/kernel/hostname"));
        return facts;
    }

    private static long count(List<Condition> containers, Status status) {
        return containers.stream().filter(it -> it.status() == status).count();
    }

    private static String system() {
        return text("/etc/os-release")
                .lines()
                .filter(it -> it.startsWith("PRETTY_NAME="))
                .map(it -> it.substring("PRETTY_NAME=".length()).replace("\"", ""))
                .findFirst()
                .orElse("Linux");
    }

    private static String text(String file) {
        try {
            return Files.readString(Path.of(file), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
