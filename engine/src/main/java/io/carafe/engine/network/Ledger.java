package io.carafe.engine.network;

import io.carafe.engine.error.EngineException;
import io.carafe.engine.store.WholeFile;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.spec.Connections;
import io.carafe.sandbox.spec.Connections.Filtering;
import io.carafe.sandbox.spec.Connections.Link;
import io.carafe.sandbox.spec.Connections.Port;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

/// What is put down of a box's networks in the runtime directory, where its plan has put it: here it is
/// read, and changed while the box runs.
public final class Ledger {
    private final Place place;
    private final String box;

    private Ledger(Place place, String box) {
        this.place = place;
        this.box = box;
    }

    /// Of a box.
    public static Ledger of(Connections connections) {
        return new Ledger(new Place(Path.of(connections.directory())), connections.box());
    }

    /// The published ports of a box in the network namespace that we are in; empty if nothing is known of it.
    public static Optional<List<Port>> ports(String box) {
        try {
            return Place.ofThisNamespace().filtering(box).map(Filtering::ports);
        } catch (IOException e) {
            throw new EngineException.Failed("look which ports lead to container " + box, e);
        }
    }

    /// Whether the packet filter has our table.
    public static boolean hasTable() {
        try {
            return Kernel.hasTable(Connecting.TABLE);
        } catch (ErrnoException e) {
            throw new EngineException.Failed("ask for the packet filter's table", e);
        }
    }

    /// Whether a cable is there.
    public static boolean hasCable(Link link) {
        try {
            return Interfaces.names().contains(link.host());
        } catch (IOException e) {
            throw new EngineException.Failed("look for the cable " + link.host(), e);
        }
    }

    /// What the filter has forgotten of others; none if it is there.
    public List<Filtering> others() {
        try {
            return hasTable() ? List.of() : place.filterings();
        } catch (IOException e) {
            throw new EngineException.Failed("look who is on networks", e);
        }
    }

    /// Puts down what the packet filter does for the box, which tells the box's helper, too, what it is on.
    public void write(Filtering own) {
        write(place.filterFile(box), own.text().getBytes(StandardCharsets.UTF_8), "rw-r--r--"); // the helper is nobody
    }

    /// Puts down what is to be undone at the box's end.
    ///
    /// @param plan with that for its undo part, in its wire form
    public void undo(Connections now, byte[] plan) {
        write(Path.of(now.kept()), plan, "rw-------");
    }

    /// Puts down, beside, what the box is made of.
    public void write(Path file, String text) {
        write(file, text.getBytes(StandardCharsets.UTF_8), "rw-------");
    }

    private void write(Path file, byte[] bytes, String permissions) {
        Path beside = place.directory().resolve(box + ".new");
        try {
            Files.deleteIfExists(beside);
            Files.createFile(beside);
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString(permissions));
            WholeFile.write(file, beside, bytes);
        } catch (NoSuchFileException e) {
            throw new EngineException.Conflict("container " + box + " has just ended");
        } catch (IOException e) {
            throw new EngineException.Failed("put down the networks of container " + box, e);
        }
    }
}
