// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox.executor;

import io.carafe.sandbox.linux.Errno;
import io.carafe.sandbox.linux.ErrnoException;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.SysSocket;
import io.carafe.sandbox.plan.Plan;
import io.carafe.sandbox.plan.Wire;
import java.io.IOException;
import java.util.List;

/// A running executor whose box waits for the rest of its plan, and the socket in which that goes. Nobody else
/// has its other end but the box's first process, until the program is there.
public final class Prepared implements AutoCloseable {
    private final Execution execution;
    private final Fd socket;

    Prepared(Execution execution, Fd socket) {
        this.execution = execution;
        this.socket = socket;
    }

    /// How it goes on, also if it fails before the rest has come.
    public Execution execution() {
        return execution;
    }

    /// Sends the rest, once. If the box is gone already nothing happens: its report says why.
    ///
    /// @param rest as [Plan#rest] makes it
    /// @param in   the program's standard input; the caller keeps all three, and closes its copies
    /// @param out  likewise its output
    /// @param err  likewise
    /// @throws IOException if it can't be sent for another reason
    public void begin(Plan rest, Fd in, Fd out, Fd err) throws IOException {
        send(Wire.encode(rest), List.of(in, out, err));
    }

    void send(byte[] wire, List<Fd> streams) throws IOException {
        try (socket) {
            SysSocket.send(socket, wire, streams);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EPIPE && e.errno() != Errno.ECONNRESET) {
                throw e;
            }
        }
    }

    /// Has the box end, if it has not been begun.
    @Override
    public void close() {
        socket.close();
    }
}
