/// What a command line is, whoever speaks it: its caller, its words told apart, its options and their help, and the
/// way the answers go. It knows no command. Begin with [io.carafe.engine.command.Command].
package io.carafe.engine.command;
