/// Turns a spec and the facts about a machine into a plan: all knowledge about containers is here, as pure
/// functions. One file per kernel feature. Read [Planner] first: it is the order, and the order is the security
/// argument.
package io.carafe.sandbox.planner;
