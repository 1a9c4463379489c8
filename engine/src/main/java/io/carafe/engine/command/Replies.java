package io.carafe.engine.command;

import io.carafe.sandbox.executor.Report;
import io.carafe.sandbox.plan.Plan;

/// The way back to the front. All methods may be called from any thread, one at a time. When the front is gone,
/// they do nothing, but for [#perform].
public interface Replies {
    /// Text for standard output.
    void out(String text);

    /// Bytes for standard output. Returns when they are on their way: whoever doesn't read has us wait.
    void out(byte[] bytes);

    /// The next of standard input, as it comes. From then on the front can't ask another JVM.
    ///
    /// @param most 1 to 262144
    /// @return empty at its end, and when the front is gone
    byte[] read(int most);

    /// A line of standard input, without its end; of a terminal without an echo, after a prompt on standard
    /// error.
    ///
    /// @param prompt at most 4096 bytes
    String ask(String prompt);

    /// Text for standard error.
    void err(String text);

    /// Has the front perform a plan in the caller's context and waits for what came of it; then the
    /// conversation goes on. From then on the front can't ask another JVM.
    ///
    /// @return how it ended; [Report#unwatched] and no step where the one that performed it was killed
    /// @throws FrontGone if the front is gone, so that nobody knows how much of it is done
    Report perform(Plan plan);

    /// Has the front perform the plan in its own place. Nothing can be said after it.
    void plan(Plan plan);

    /// Has the front read its standard input to the end and ask the same again, with that. Nothing can be said
    /// before or after it.
    void input();

    /// Whether the front is still there.
    boolean isHeard();

    /// Ends the front with this exit code. Nothing can be said after it.
    void exit(int code);
}
