/// Which system calls a box may make: profiles, and the compiler that turns one into a BPF program.
///
/// Pure: no files, no kernel; loading the program is a step of the plan. Not here: the JSON of profiles (`spec`),
/// the listener behind `SCMP_ACT_NOTIFY`. Read [Compiler] first, then [DefaultProfile].
@NullMarked
package io.carafe.sandbox.seccomp;

import org.jspecify.annotations.NullMarked;
