package io.carafe.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;

/// A range of user and group ids on the host that nobody else's box has, for who must know them before there is a box:
/// the owner of a [Workspace]. A box that has it ([SandboxBuilder#ids]) gives it back when it is gone, [#close] does
/// where none has come of it.
public final class IdRange implements AutoCloseable {
    /// How many ids are in it.
    public static final int SIZE = OwnIds.SIZE;

    private final OwnIds.Lease lease;

    private IdRange(OwnIds.Lease lease) {
        this.lease = lease;
    }

    /// One that is free.
    ///
    /// @throws UncheckedIOException if there is none, or the caller isn't root
    public static IdRange take() {
        try {
            return new IdRange(OwnIds.lease());
        } catch (IOException e) {
            throw new UncheckedIOException("take a range of ids for the box", e);
        }
    }

    /// The host's id, unsigned, of one that the box knows by this number.
    ///
    /// @param inside 0 to 65535
    public int onHost(int inside) {
        return lease.mapping().hostID() + inside;
    }

    OwnIds.Lease lease() {
        return lease;
    }

    @Override
    public void close() {
        lease.giveBack();
    }
}
