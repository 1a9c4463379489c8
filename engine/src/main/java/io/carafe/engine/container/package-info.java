/// Containers that live: what is kept of each of them on disk, and what it comes to now. Read [Records] first, then
/// [Condition]. How they are started, stopped and looked at as a whole is `engine`'s; what a container is to the kernel
/// is `runtime`'s.
@org.jspecify.annotations.NullMarked
package io.carafe.engine.container;
