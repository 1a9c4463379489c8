/// Whether a box that runs is still what its plan made of it: what the kernel says of its process, compared step by
/// step. Something else on the machine may have changed it since, or a kernel may do less than it says.
///
/// Not here: whether the plan is what was asked for; the planner's tests hold that. Read [Expectation] first, what a
/// plan leads to, then [Audit]. [Observation] is the only class that reads anything.
@NullMarked
package io.carafe.sandbox.audit;

import org.jspecify.annotations.NullMarked;
