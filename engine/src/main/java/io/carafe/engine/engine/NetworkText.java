package io.carafe.engine.engine;

import io.carafe.engine.container.Container;
import io.carafe.engine.engine.RunOptions.Network.Connected;
import io.carafe.engine.network.Asked.Attachment;
import io.carafe.engine.network.Rewiring;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Assigned;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Connections.Port;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A container's networks as `inspect` shows them: in Docker's places.
///
/// @param ports that lead to it now
/// @param now   what connects it; empty unless it runs on networks of ours
record NetworkText(Container container, RunOptions options, List<Port> ports, Optional<Connections> now) {
    /// What was asked for, among the rest of that.
    void asked(JsonWriter json) {
        List<String> networks = container.networks();
        json.put("NetworkMode", networks.isEmpty() ? "none" : networks.getFirst());
        var asked = new LinkedHashMap<String, List<Binding>>();
        if (options.network() instanceof Connected(var wanted)) {
            wanted.ports().forEach(it -> {
                String host = it.host() == 0 ? "" : Integer.toString(it.host());
                add(
                        asked,
                        it.inside() + "/" + it.protocol(),
                        new Binding(it.address().toString(), host));
            });
        }
        bindings(json, "PortBindings", asked);
    }

    /// What there is now.
    void settings(JsonWriter json) {
        json.name("NetworkSettings").beginObject();
        var open = new LinkedHashMap<String, List<Binding>>();
        ports.forEach(it -> {
            var binding = new Binding(it.address().toString(), Integer.toString(it.port()));
            add(open, it.inside() + "/" + it.protocol(), binding);
        });
        bindings(json, "Ports", open);
        json.name("Networks").beginObject();
        for (String network : container.networks()) {
            json.name(network).beginObject();
            now.flatMap(it -> Rewiring.link(it, network))
                    .ifPresentOrElse(it -> link(json, it), () -> attachment(json, network));
            json.endObject();
        }
        json.endObject().endObject();
    }

    /// Where a port leads from.
    private record Binding(String address, String port) {}

    private static void add(Map<String, List<Binding>> bindings, String port, Binding binding) {
        bindings.computeIfAbsent(port, _ -> new ArrayList<>()).add(binding);
    }

    private static void bindings(JsonWriter json, String name, Map<String, List<Binding>> bindings) {
        json.name(name).beginObject();
        bindings.forEach((port, all) -> {
            json.name(port).beginList();
            for (Binding one : all) {
                json.beginObject().put("HostIp", one.address()).put("HostPort", one.port());
                json.endObject();
            }
            json.endList();
        });
        json.endObject();
    }

    private static void link(JsonWriter json, Link link) {
        json.put("Interface", link.name()).put("MacAddress", link.hardware());
        json.put("Aliases", link.known());
        for (int i = 0; i < link.assigned().size(); i++) {
            Assigned own = link.assigned().get(i);
            String gateway = link.gateways().get(i).address().toString();
            boolean six = own.address().isSix();
            json.put(six ? "GlobalIPv6Address" : "IPAddress", own.address().toString());
            json.put(six ? "GlobalIPv6PrefixLen" : "IPPrefixLen", own.prefix());
            json.put(six ? "IPv6Gateway" : "Gateway", gateway);
        }
    }

    /// Of one that doesn't run, or has another way to the network.
    private void attachment(JsonWriter json, String network) {
        json.put("MacAddress", "").put("IPAddress", "");
        if (options.network() instanceof Connected(var wanted)) {
            List<String> aliases = wanted.networks().stream()
                    .filter(it -> it.network().equals(network))
                    .map(Attachment::aliases)
                    .findFirst()
                    .orElse(List.of());
            json.put("Aliases", aliases);
        }
    }
}
