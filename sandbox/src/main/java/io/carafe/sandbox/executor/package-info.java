/// Starts the native executor, hands it a plan, and says in words how it ended.
///
/// [Executor] and [Execution] need the FFM API. The rest is pure text and numbers over a plan and a report, for
/// the library and for the engine alike: [Report] is what the executor sends, [Verdict] what it means for the
/// program, [ExitCode] the number for a shell, [Words] the sentences. This room decides nothing about what is
/// done.
///
/// Read [Verdict] first.
package io.carafe.sandbox.executor;
