/// Control groups, v2, v1 and hybrid: limits as steps of a plan, device rules as steps or as an eBPF program, and the
/// group that a box without a process table of its own is killed in. It changes no group itself. Read [Limits] first.
package io.carafe.sandbox.cgroup;
