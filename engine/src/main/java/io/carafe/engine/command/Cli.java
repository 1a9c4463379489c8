package io.carafe.engine.command;

/// What the daemon calls. It knows nothing about commands, and the commands nothing about sockets.
///
/// Every call has its own virtual thread; calls overlap. A call must leave nothing behind in memory that a later one
/// relies on: a front may ask again, of another JVM, as long as it has printed nothing.
public interface Cli {

    /// Answers one command line. The last reply is [Replies#plan] or [Replies#exit], exactly once.
    void run(Invocation invocation, Replies replies);

    /// Says how the box of a plan ended, for people, and with which code the front exits. Not called when there
    /// is nothing to say (status 0, no flags): that exit code the front knows itself. The last reply is
    /// [Replies#exit].
    void ended(Ended ended, Replies replies);

    /// Walks the common paths once, so that the first request finds them compiled. Called once, on a thread of its
    /// own, while requests are already served. It must change nothing.
    void warmUp();
}
