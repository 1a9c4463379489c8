package io.carafe.engine.network;

import io.carafe.sandbox.spec.IpAddress;
import io.carafe.sandbox.spec.Subnet;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What is kept of a network from its creation to its removal.
///
/// @param id       64 hexadecimal digits
/// @param internal nothing leads out of it
/// @param mtu      bytes; 0 for the kernel's choice
/// @param dns      who is asked for names outside; none for whom the machine asks
public record Network(
        String id,
        String name,
        Instant created,
        List<Range> ranges,
        boolean internal,
        int mtu,
        List<IpAddress> dns,
        Map<String, String> labels) {
    /// What every data root has, without being asked for.
    public static final String DEFAULT = "bridge";

    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,63}");
    private static final List<String> RESERVED = List.of("host", "none", "pasta", "default", "private", "slirp4netns");
    private static final int BRIDGE_DIGITS = 10; // a name of an interface has 15 bytes at most
    private static final int NUMBER_DIGITS = 7;
    private static final int NUMBER_BASE = 1 << 28; // the kernel counts from 1

    public Network {
        ranges = List.copyOf(ranges);
        dns = List.copyOf(dns);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    }

    /// Addresses of a network.
    ///
    /// @param given those that boxes get without asking; null for all of the subnet
    public record Range(
            Subnet subnet, IpAddress gateway, @Nullable Subnet given) {}

    /// The name of its bridge.
    public String bridge() {
        return "cf" + id.substring(0, BRIDGE_DIGITS);
    }

    /// The bridge's index, which all who may make it agree on.
    public int number() {
        return NUMBER_BASE + Integer.parseInt(id.substring(0, NUMBER_DIGITS), 16);
    }

    /// The first twelve digits, as lists show them.
    public String brief() {
        return id.substring(0, 12);
    }

    /// Whether a network can be called so.
    ///
    /// @throws IllegalArgumentException if not
    public static void checkName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a network's name has 1 to 64 letters, digits, _, . and -, and begins"
                    + " with a letter or digit: " + name);
        }
        if (RESERVED.contains(name)) {
            throw new IllegalArgumentException("--network " + name + " means something else already");
        }
    }
}
