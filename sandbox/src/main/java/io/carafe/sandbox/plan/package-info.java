/// What will be done to run a box, step by step, as data. No knowledge about containers: that is the planner's. Read
/// [Step] first, then [Plan]; [Wire] is the form that the executor reads.
package io.carafe.sandbox.plan;
