/// What can be seen of containers from outside: their processes, what they use, and why one ended. It only reads:
/// the host's `/proc`, control groups, the kernel's log; nothing of a container's own files, which it could have
/// prepared for the reader. Text that comes from a container (names, command lines) is hostile and goes through
/// [io.carafe.engine.metric.Printable]. Begin with [io.carafe.engine.metric.Meter] and
/// [io.carafe.engine.metric.Why].
package io.carafe.engine.metric;
