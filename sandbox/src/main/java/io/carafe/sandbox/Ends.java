// SPDX-License-Identifier: Apache-2.0
package io.carafe.sandbox;

import io.carafe.sandbox.executor.Executor;
import io.carafe.sandbox.linux.Fcntl;
import io.carafe.sandbox.linux.Fd;
import io.carafe.sandbox.linux.Unistd;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/// The ends of a box's standard streams, its own and this JVM's. Closed, it closes the box's; and this JVM's too,
/// unless a box has come of it.
final class Ends implements AutoCloseable {
    private final List<Fd> open = new ArrayList<>(); // this JVM's
    private final List<Fd> given = new ArrayList<>(); // the box's, but for those that are somebody else's
    private Fd input = Fd.STDIN;
    private Fd output = Fd.STDOUT;
    private Fd error = Fd.STDERR;
    private OutputStream stdin = OutputStream.nullOutputStream();
    private InputStream stdout = InputStream.nullInputStream();
    private InputStream stderr = InputStream.nullInputStream();

    /// @param merge what the program writes to its standard error goes where its output goes
    /// @throws IOException if there is no descriptor left; nothing is open then
    Ends(Streams streams, boolean merge) throws IOException {
        try {
            read(streams);
            write(streams, merge);
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    private void read(Streams streams) throws IOException {
        if (streams.from() != null) {
            input = streams.from().read();
        } else if (streams.content() != null) {
            input = streams.content().sealed();
            given.add(input);
        } else {
            Unistd.Pipe in = pipe();
            given.add(in.read());
            open.add(in.write());
            input = in.read();
            stdin = new PipeOutput(in.write());
        }
    }

    private void write(Streams streams, boolean merge) throws IOException {
        if (streams.to() != null) {
            output = streams.to().write();
        } else {
            Unistd.Pipe out = pipe();
            given.add(out.write());
            open.add(out.read());
            output = out.write();
            stdout = new PipeInput(out.read());
        }
        error = output;
        if (!merge) {
            Unistd.Pipe err = pipe();
            given.add(err.write());
            open.add(err.read());
            error = err.write();
            stderr = new PipeInput(err.read());
        }
    }

    Fd input() {
        return input;
    }

    Fd output() {
        return output;
    }

    Fd error() {
        return error;
    }

    OutputStream stdin() {
        return stdin;
    }

    InputStream stdout() {
        return stdout;
    }

    InputStream stderr() {
        return stderr;
    }

    /// A box has come of it: this JVM's ends are its streams', and closed with those.
    void used() {
        open.clear();
    }

    @Override
    public void close() {
        given.forEach(Fd::close);
        open.forEach(Fd::close);
    }

    /// Both of whose numbers are out of the way of those that an executor gets.
    static Unistd.Pipe pipe() throws IOException {
        Unistd.Pipe pipe = Unistd.pipe();
        return new Unistd.Pipe(Fcntl.above(pipe.read(), Executor.LEAST), Fcntl.above(pipe.write(), Executor.LEAST));
    }
}
