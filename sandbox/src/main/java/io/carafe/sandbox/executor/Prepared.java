// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Wire;
import java.io.IOException;

/// A running executor whose box waits for the rest of its plan, and the pipe in which that goes. Nobody else
/// has the pipe's other end but the box's first process, until the program is there.
public final class Prepared implements AutoCloseable {
    private final Execution execution;
    private final Fd pipe;

    Prepared(Execution execution, Fd pipe) {
        this.execution = execution;
        this.pipe = pipe;
    }

    /// How it goes on, also if it fails before the rest has come.
    public Execution execution() {
        return execution;
    }

    /// Sends the rest, once. If the box is gone already nothing happens: its report says why.
    ///
    /// @param rest as [Plan#rest] makes it
    /// @throws IOException if it can't be sent for another reason
    public void begin(Plan rest) throws IOException {
        send(Wire.encode(rest));
    }

    void send(byte[] wire) throws IOException {
        try (pipe) {
            for (int done = 0; done < wire.length; ) {
                done += Unistd.write(pipe, wire, done, wire.length - done);
            }
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPIPE) {
                throw e;
            }
        }
    }

    /// Has the box end, if it has not been begun.
    @Override
    public void close() {
        pipe.close();
    }
}
