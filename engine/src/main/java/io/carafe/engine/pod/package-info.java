/// Pods: containers that share namespaces, what is kept of each pod, and what its containers come to together. The
/// pods of a data root are a [io.carafe.engine.container.Register]. How they are started and stopped is `engine`'s.
/// Read [Pod] first.
@NullMarked
package io.carafe.engine.pod;

import org.jspecify.annotations.NullMarked;
