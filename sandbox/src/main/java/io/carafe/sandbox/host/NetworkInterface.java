package io.carafe.sandbox.host;

import java.util.List;

/// A network interface of the caller's.
///
/// @param index what the kernel calls it
public record NetworkInterface(String name, int index, List<Address> addresses) {
    public NetworkInterface {
        addresses = List.copyOf(addresses);
    }

    /// An address that somebody has given it for good, and that others can reach it by: rtnetlink(7).
    ///
    /// @param local     in hexadecimal, 8 or 32 digits
    /// @param peer      of a point-to-point link; else the same
    /// @param broadcast "" without one
    public record Address(String local, int prefix, String peer, String broadcast) {}
}
