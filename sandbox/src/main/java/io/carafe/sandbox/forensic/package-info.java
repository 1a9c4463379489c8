/// What happens when a program in a box makes a forbidden system call: it is written down, the box stands
/// still, what it was is kept, and it ends. Read [Violation] and [Watcher] first: the one is what is known of
/// such a call, the other the order of what is done. `Freezer` holds the box, [AuditLog] writes, `Snapshot` keeps,
/// [BundleView] shows. Not the place for what is forbidden: that is a seccomp filter's to say.
///
/// Everything that is read here of a box's processes, their memory included, is evidence and hostile: it is
/// bounded, and nothing is decided on it.
@NullMarked
package io.carafe.sandbox.forensic;

import org.jspecify.annotations.NullMarked;
