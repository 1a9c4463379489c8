/// What a program that nobody trusts may do, as data: a JSON file, or one of the built-in ones. Begin at [Policy];
/// [PolicyJson] is the file's form, [PolicyFilter] makes the seccomp profile of one, and the door's builder the rest.
///
/// Not the place for limits, which are a run's and not a policy's, nor for what happens after a forbidden call.
@NullMarked
package io.carafe.sandbox.policy;

import org.jspecify.annotations.NullMarked;
