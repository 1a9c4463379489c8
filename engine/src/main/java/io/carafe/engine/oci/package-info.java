/// `carafe-runtime`: the command line of an OCI runtime, runc's own. One class per command, which reads its arguments
/// and asks the engine. Read [RuntimeCommands] first, then [Create].
package io.carafe.engine.oci;
