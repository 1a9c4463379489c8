// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/// A box's standard streams, as pipes: its ends of them and ours.
final class Pipes implements AutoCloseable {
    /// Above the descriptors that the executor gets.
    private static final int LEAST = 6;

    private final List<Fd> open = new ArrayList<>();
    private final List<Unistd.Pipe> pipes = new ArrayList<>();

    /// @param merge what it writes to its standard error goes where its output goes
    /// @throws IOException if there is no descriptor left; nothing is open then
    Pipes(boolean merge) throws IOException {
        try {
            for (int i = 0; i < (merge ? 2 : 3); i++) {
                Unistd.Pipe pipe = Unistd.pipe();
                open.addAll(List.of(pipe.read(), pipe.write()));
                var above = new Unistd.Pipe(Fcntl.above(pipe.read(), LEAST), Fcntl.above(pipe.write(), LEAST));
                open.addAll(List.of(above.read(), above.write()));
                pipes.add(above);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /// The box's: its standard input, output and error.
    List<Fd> theirs() {
        return List.of(
                pipes.get(0).read(), pipes.get(1).write(), pipes.getLast().write());
    }

    /// To be called when the box has its own.
    void letGoOfTheirs() {
        theirs().forEach(Fd::close);
    }

    PipeOutput in() {
        return new PipeOutput(pipes.get(0).write());
    }

    PipeInput out() {
        return new PipeInput(pipes.get(1).read());
    }

    InputStream err() {
        return pipes.size() == 2
                ? InputStream.nullInputStream()
                : new PipeInput(pipes.get(2).read());
    }

    /// All of them, if no box has come of it.
    @Override
    public void close() {
        open.forEach(Fd::close);
    }
}
