/// Runs programs that nobody trusts, once each, and says how each of them ended: the grading sandbox.
///
/// Begin at [Job], which `Sandbox.untrusted()` gives. A [Judge] runs many at once, and pairs that talk to
/// each other. What a program may take is [Limits], how it ended a [Verdict]. The way from a job to a box
/// is [Boxes] alone.
package io.carafe.sandbox.judge;
