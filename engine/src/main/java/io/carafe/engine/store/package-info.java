/// Files that survive a crash, and locks between processes: what every room that keeps something on disk stands on. It
/// knows nothing of what is in them. Begin with [io.carafe.engine.store.DataRoot], which says where they are, then
/// [io.carafe.engine.store.WholeFile] and [io.carafe.engine.store.FileLock].
package io.carafe.engine.store;
