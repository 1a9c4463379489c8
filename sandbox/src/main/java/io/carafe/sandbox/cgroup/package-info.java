/// Control groups, v2, v1 and hybrid: limits as steps of a plan. It changes no group itself. Read [Limits] first.
package io.carafe.sandbox.cgroup;
