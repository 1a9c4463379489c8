package io.carafe.engine.network;

import io.carafe.engine.error.EngineException;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.IpAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Who is on which network now, as far as this network namespace goes.
public final class Presence {
    private final Place place;

    private Presence(Place place) {
        this.place = place;
    }

    /// Of the network namespace that we are in. Who has left without a word is forgotten.
    public static Presence now() {
        try {
            Place place = Place.ofThisNamespace();
            place.reclaim(Interfaces.names());
            return new Presence(place);
        } catch (IOException e) {
            throw new EngineException.Failed("look who is on networks", e);
        }
    }

    /// Takes away what a box that isn't there any more has left on a network.
    ///
    /// @param word its id, the first digits of that, or what it was called
    /// @return whether there was something
    /// @throws EngineException if it is there
    public static boolean forget(Network network, String word) {
        Presence presence = now();
        boolean found = false;
        for (Endpoint endpoint : presence.on(network)) {
            if (endpoint.box().startsWith(word) || endpoint.known().contains(word)) {
                found |= presence.forget(network, endpoint);
            }
        }
        return found;
    }

    private boolean forget(Network network, Endpoint endpoint) {
        try {
            if (place.forget(network.bridge(), endpoint.box(), Interfaces.names())) {
                return true;
            }
        } catch (IOException e) {
            throw new EngineException.Failed("forget who was on network " + network.name(), e);
        }
        throw new EngineException.Conflict(endpoint.box() + " still is on network " + network.name()
                + ", and is no container of yours: it can't be taken off");
    }

    /// The boxes on a network.
    public List<Endpoint> on(Network network) {
        var addresses = new LinkedHashMap<String, List<IpAddress>>();
        var known = new LinkedHashMap<String, List<String>>();
        try {
            for (Map.Entry<String, Place.Holder> one :
                    place.holders(network.bridge()).entrySet()) {
                String box = one.getValue().box();
                addresses.computeIfAbsent(box, _ -> new ArrayList<>()).add(IpAddress.of(one.getKey()));
                known.put(box, one.getValue().known());
            }
        } catch (IOException e) {
            throw new EngineException.Failed("look who is on network " + network.name(), e);
        }
        var endpoints = new ArrayList<Endpoint>();
        addresses.forEach((box, own) -> endpoints.add(new Endpoint(box, known.getOrDefault(box, List.of()), own)));
        return endpoints;
    }

    /// What the packet filter has to do for all of them.
    public List<Filtering> filterings() {
        try {
            return place.filterings();
        } catch (IOException e) {
            throw new EngineException.Failed("look who is on networks", e);
        }
    }
}
