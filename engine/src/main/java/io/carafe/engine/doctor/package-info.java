/// What this machine can do, found by trying, and what helps where it can't. Read [Doctor] first, then [Probe] and
/// [Machine], and one of the groups: [NetworkProbes].
///
/// What may touch the machine is tried by the executor in a box that is thrown away: a plan whose last step can't
/// work, so that nothing runs in it. What can't touch it is asked of the kernel directly.
package io.carafe.engine.doctor;
