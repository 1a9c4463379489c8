package io.carafe.engine.engine;

import io.carafe.engine.container.Condition;
import io.carafe.engine.network.Asked;
import io.carafe.engine.pod.Pod;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.spec.Namespace;
import io.carafe.sandbox.spec.Resources;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pod as `pod inspect` shows it: Podman's names, as far as there is the same.
final class PodText {
    private PodText() {}

    /// @param infra what was asked for of the container that holds its namespaces
    static String json(Pod pod, List<Condition> containers, RunOptions infra) {
        var json = new JsonWriter();
        json.beginObject();
        json.put("Id", pod.id()).put("Name", pod.name());
        json.put("Created", pod.created().toString());
        json.put("ExitPolicy", pod.exitPolicy().word());
        json.put("State", Pods.status(containers).word());
        json.put("Hostname", infra.hostname());
        json.put("Labels", pod.labels());
        json.put("CreateInfra", true).put("InfraContainerID", pod.infra());
        json.put(
                "SharedNamespaces",
                pod.shared().stream().map(PodText::word).sorted().toList());
        json.name("InfraConfig").beginObject();
        json.put("HostNetwork", infra.network() instanceof RunOptions.Network.OfHost);
        json.put("HostAdd", infra.files().names().hosts());
        json.put("DNSServer", infra.files().names().servers());
        json.put("DNSSearch", infra.files().names().search());
        json.put("DNSOption", infra.files().names().options());
        network(json, infra.network());
        json.endObject();
        limits(json, pod.limits());
        json.put("NumContainers", containers.size());
        json.name("Containers").beginList();
        for (Condition each : containers) {
            json.beginObject();
            json.put("Id", each.container().id()).put("Name", each.container().name());
            json.put("State", each.status().toString());
            json.endObject();
        }
        return json.endList().endObject().text();
    }

    /// What is said of them, with the kernel's units: bytes, microseconds.
    private static void limits(JsonWriter json, @Nullable Resources limits) {
        if (limits == null) {
            return;
        }
        put(json, "MemoryLimit", limits.memory().limit());
        put(json, "MemorySwap", limits.memory().swap());
        put(json, "CPUQuota", limits.cpu().quota());
        put(json, "CPUPeriod", limits.cpu().period());
        put(json, "CPUShares", limits.cpu().shares());
        put(json, "PidsLimit", limits.pids());
        json.put("CPUSetCPUs", limits.cpu().cpus())
                .put("CPUSetMems", limits.cpu().mems());
    }

    private static void put(JsonWriter json, String name, @Nullable Long value) {
        if (value != null) {
            json.put(name, value);
        }
    }

    private static void network(JsonWriter json, RunOptions.Network network) {
        if (!(network instanceof RunOptions.Network.Connected(Asked asked))) {
            return;
        }
        json.put(
                "Networks",
                asked.networks().stream().map(Asked.Attachment::network).toList());
        json.name("PortBindings").beginObject();
        asked.ports().forEach(port -> {
            json.name(port.inside() + "/" + port.protocol()).beginList().beginObject();
            json.put("HostIp", port.address().toString()).put("HostPort", Integer.toString(port.host()));
            json.endObject().endList();
        });
        json.endObject();
    }

    /// What `--share` calls it.
    private static String word(Namespace namespace) {
        return namespace == Namespace.NETWORK ? "net" : namespace.toString();
    }
}
