package io.carafe.engine.engine;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.network.Endpoint;
import io.carafe.engine.network.Network;
import io.carafe.engine.network.Networks;
import io.carafe.engine.network.Presence;
import io.carafe.engine.network.Wish;
import io.carafe.sandbox.json.JsonWriter;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Refiltering;
import java.util.ArrayList;
import java.util.List;

/// The networks of a caller.
public final class NetworkStore {
    private final Networks networks;

    NetworkStore(Networks networks) {
        this.networks = networks;
    }

    /// Makes one.
    ///
    /// @return its id
    /// @throws IllegalArgumentException if there can be none like that
    public String create(Wish wish) {
        return networks.create(wish).id();
    }

    /// All of them that pass, the default one too.
    ///
    /// @param filters [NetworkFilters]
    /// @throws Refused if a filter isn't one
    public List<Network> list(List<String> filters) {
        var wanted = new NetworkFilters(filters);
        networks.find(Network.DEFAULT);
        return networks.all().stream()
                .filter(it -> wanted.pass(it, NetworkStore::isUsed))
                .toList();
    }

    private static boolean isUsed(Network network) {
        return !Presence.now().on(network).isEmpty();
    }

    /// Removes one that nobody is on.
    ///
    /// @return its name
    public String remove(String word) {
        Network network = networks.find(word);
        List<Endpoint> there = Presence.now().on(network);
        if (!there.isEmpty()) {
            throw new EngineException.Conflict("network " + network.name() + " is in use by "
                    + String.join(", ", there.stream().map(NetworkStore::name).toList())
                    + "; it can go when they have");
        }
        networks.remove(network);
        return network.name();
    }

    private static String name(Endpoint endpoint) {
        return endpoint.known().isEmpty() ? endpoint.box() : endpoint.known().getFirst();
    }

    /// Removes all that nobody is on and that pass, but the default one.
    ///
    /// @param filters [NetworkFilters]
    /// @return their names
    /// @throws Refused if a filter isn't one
    public List<String> prune(List<String> filters) {
        var wanted = new NetworkFilters(filters);
        var gone = new ArrayList<String>();
        Presence presence = Presence.now();
        for (Network network : networks.all()) {
            boolean free = presence.on(network).isEmpty();
            if (free && !network.name().equals(Network.DEFAULT) && wanted.pass(network, _ -> false)) {
                networks.remove(network);
                gone.add(network.name());
            }
        }
        return gone;
    }

    /// Everything about one, in Docker's words.
    public String inspect(String word) {
        Network network = networks.find(word);
        var json = new JsonWriter();
        json.beginObject()
                .put("Name", network.name())
                .put("Id", network.id())
                .put("Created", network.created().toString())
                .put("Scope", "local")
                .put("Driver", "bridge")
                .put("Bridge", network.bridge())
                .put(
                        "EnableIPv6",
                        network.ranges().stream().anyMatch(it -> it.subnet().isSix()))
                .put("Internal", network.internal());
        json.name("IPAM").beginObject().put("Driver", "default").name("Config").beginList();
        for (Network.Range range : network.ranges()) {
            json.beginObject()
                    .put("Subnet", range.subnet().toString())
                    .put("Gateway", range.gateway().toString());
            if (range.given() != null) {
                json.put("IPRange", range.given().toString());
            }
            json.endObject();
        }
        json.endList().endObject();
        json.name("Containers").beginObject();
        for (Endpoint endpoint : Presence.now().on(network)) {
            json.name(endpoint.box()).beginObject().put("Name", name(endpoint)).put("Names", endpoint.known());
            endpoint.addresses().forEach(it -> json.put(it.isSix() ? "IPv6Address" : "IPv4Address", it.toString()));
            json.endObject();
        }
        json.endObject();
        json.put("Dns", network.dns().stream().map(Object::toString).toList());
        json.name("Options").beginObject();
        if (network.mtu() > 0) {
            json.put("mtu", String.valueOf(network.mtu()));
        }
        json.endObject().put("Labels", network.labels());
        return json.endObject().text();
    }

    /// What makes the packet filter right again.
    public Plan reload() {
        return Refiltering.plan(Presence.now().filterings());
    }
}
