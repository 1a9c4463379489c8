package io.carafe.engine.command;

import io.carafe.sandbox.plan.Plan;

/// The way back to the front. All methods may be called from any thread, one at a time. When the front is gone,
/// they do nothing.
public interface Replies {
    /// Text for standard output.
    void out(String text);

    /// Text for standard error.
    void err(String text);

    /// Has the front perform the plan in its own place. Nothing can be said after it.
    void plan(Plan plan);

    /// Ends the front with this exit code. Nothing can be said after it.
    void exit(int code);
}
