package io.carafe.engine.engine;

import io.carafe.engine.network.Asked;
import io.carafe.sandbox.spec.Connections;

/// Knows the machine's networks, and who is on them.
interface Connector {
    /// For boxes that are on none.
    Connector NONE = (asked, id, hostname) -> {
        throw new IllegalArgumentException("no network can be had here");
    };

    /// What connects a box as asked.
    ///
    /// @throws IllegalArgumentException if that makes no sense
    Connections connections(Asked asked, String id, String hostname);
}
