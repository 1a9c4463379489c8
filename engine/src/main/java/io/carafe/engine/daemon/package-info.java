/// The socket, the front's protocol, idle exit: everything between the native front and [io.carafe.engine.cli.Cli].
/// It knows no command. Nothing in it is worth keeping: the daemon may be killed at any time, and a front asks the
/// next one.
///
/// Read [io.carafe.engine.daemon.Main] first, then [io.carafe.engine.daemon.Server]; docs/daemon.md has the whole
/// story.
package io.carafe.engine.daemon;
