package io.carafe.sandbox.judge;

import io.carafe.sandbox.RunningBox;
import io.carafe.sandbox.Streams;
import io.carafe.sandbox.Workspace;

/// From a job to a box with its program in it: the only way, so that where boxes come from is one decision.
interface Boxes {
    /// Starts a job's program in a box that nobody has used before.
    ///
    /// @param streams without the job's own input
    /// @throws io.carafe.sandbox.InvalidBox if there can be no such box here
    /// @throws InterruptedException         while it waits for a processor
    Box start(Job job, Streams streams) throws InterruptedException;

    /// One that runs.
    interface Box extends AutoCloseable {
        RunningBox running();

        /// Where it works: its files can be fetched when it has ended.
        Workspace workspace();

        /// Kills it if it still runs, waits until nothing of it is left, and gives back what it had.
        @Override
        void close();
    }
}
