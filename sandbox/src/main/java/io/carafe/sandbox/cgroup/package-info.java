/// Control groups, v2, v1 and hybrid: where a box's are, limits as steps of a plan, device rules as steps or as
/// an eBPF program, what is done to the groups of a container that runs, and what is read of them. It changes
/// no group itself. Read [Limits] first, then [Site].
package io.carafe.sandbox.cgroup;
