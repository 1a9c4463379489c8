/// Networks of boxes: bridges of this machine, which addresses are whose on them, what the boxes are called
/// there, and what the packet filter has to know. It decides; the planner makes steps of it. What is created
/// is kept in the data root; who is there now, in the runtime directory, in files that plans make and take
/// away. Read [Networks] first, then [Connecting].
@NullMarked
package io.carafe.engine.network;

import org.jspecify.annotations.NullMarked;
