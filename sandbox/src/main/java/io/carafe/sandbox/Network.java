package io.carafe.sandbox;

/// What a box sees of the network.
public enum Network {
    /// A loopback device of its own, and nothing else.
    NONE,
    /// All that the host sees.
    HOST
}
