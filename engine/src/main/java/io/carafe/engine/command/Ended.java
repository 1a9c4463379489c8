package io.carafe.engine.command;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;

/// How a plan ended that a command has given its front.
///
/// @param name      what the front was called as
/// @param directory its working directory, as the command had it
/// @param arguments without the name, likewise
/// @param terminal  the front's
/// @param report    `struct report` and its evidence (native/wire.h), unchecked
/// @param plan      the plan that was performed, in its wire form, unchecked
public record Ended(
        String name, String directory, List<String> arguments, Terminal terminal, ByteBuffer report, ByteBuffer plan) {

    /// The command line again, of whose caller no more is known.
    public Invocation invocation() {
        return new Invocation(name, arguments, Map.of(), directory, 0, terminal, 0, 0, "");
    }
}
