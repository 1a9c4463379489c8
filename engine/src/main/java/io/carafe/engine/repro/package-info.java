/// What went into a run and what came out of it, put down so that another run can be held against it: [Receipt]. What
/// makes a run repeatable is not here but in the box that the engine makes. Read [Tree] first.
@org.jspecify.annotations.NullMarked
package io.carafe.engine.repro;
