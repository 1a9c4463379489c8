/// The command line: one class per command, which reads its arguments, asks the engine, and words the answer. What a
/// command means is the engine's; what the bytes on the socket look like is the daemon's. Read [Commands] first, then
/// [Run], [BoxFlags] and [BoxArguments].
package io.carafe.engine.cli;
