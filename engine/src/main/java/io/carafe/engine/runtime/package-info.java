/// The life cycle of an OCI container: created, started, signalled, deleted, and what is on disk of it in between
/// (runtime specification, runtime.md). Nothing is remembered: the directory and the kernel are the truth. Begin
/// with [io.carafe.engine.runtime.Containers].
package io.carafe.engine.runtime;
