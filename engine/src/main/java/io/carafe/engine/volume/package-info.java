/// Volumes: directories with a name that outlive the boxes and containers that have them. What is kept of each, who
/// makes and removes them, and how a new one gets what an image has in its place. Mounting them is a plan's business,
/// and what containers there are isn't known here. Read [Volumes] first.
@NullMarked
package io.carafe.engine.volume;

import org.jspecify.annotations.NullMarked;
