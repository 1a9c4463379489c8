package io.carafe.engine.engine;

import io.carafe.sandbox.host.Host;
import io.carafe.sandbox.host.HostProbe;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.planner.Planner;
import io.carafe.sandbox.spec.InvalidSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.function.Supplier;

/// The rooms, built by hand, and what can be done with them together.
public final class Engine {
    private final Supplier<Host> host;
    private final Supplier<String> ids;

    /// @param ids makes names for boxes, of 16 hexadecimal digits
    Engine(Supplier<Host> host, Supplier<String> ids) {
        this.host = host;
        this.ids = ids;
    }

    /// An engine of the machine that we are on.
    public static Engine ofThisMachine() {
        return new Engine(new HostProbe(System.getenv())::host, Engine::randomId);
    }

    /// What will be done to run a box. Nothing is done yet.
    ///
    /// @throws InvalidSpec with everything that is wrong with what was asked for
    public Plan plan(RunOptions options) {
        Host machine = host.get();
        return Planner.plan(BoxSpec.of(options, machine, ids.get()), machine);
    }

    /// The kernel's own numbers: a `SecureRandom` takes a cold JVM longer than the whole plan.
    private static String randomId() {
        try (var in = Files.newInputStream(Path.of("/dev/urandom"))) {
            return HexFormat.of().formatHex(in.readNBytes(8));
        } catch (IOException e) {
            throw new UncheckedIOException("make up a name for the box", e);
        }
    }
}
