package io.carafe.engine.command;

/// The front was killed while it performed a plan. Nobody is left to be told anything, and nothing more can be done in
/// the caller's context: a command lets it pass, and leaves the rest to who looks after what commands leave behind.
public final class FrontGone extends RuntimeException {
    public FrontGone() {
        super("the front is gone", null, false, false);
    }
}
