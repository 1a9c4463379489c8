/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The plan as it comes from the JVM, and the report that goes back. plan/Wire.java and executor/Report.java write
 * the same layout; little-endian, this machine only, nothing is kept in this form.
 *
 * A plan is one block: the header, the steps of its three parts one after the other, then operands. An operand is
 * named by its offset from the start of the plan:
 *   string  bytes up to a NUL
 *   list    8-aligned: u64 count, then count u64 offsets of strings, then one u64 of 0 (they become pointers in place)
 *   blob    8-aligned: u64 length in bytes, then the bytes
 */
#ifndef CARAFE_WIRE_H
#define CARAFE_WIRE_H

#include <stdint.h>

#define PLAN_MAGIC     0x31465243u /* "CRF1" */
#define PLAN_SIZE_MAX  (16u << 20)
#define PLAN_STEPS_MAX 4096u

enum part { PART_OUTSIDE, PART_INSIDE, PART_UNDO, PARTS };

/*
 * The executor doesn't wait for the box's end, and undoes only what has failed. A plan without a Clone, which makes no
 * box at all, has this and no inside part.
 */
#define PLAN_DETACHED 1u
/* What was made for the box stays when its program has ended. */
#define PLAN_KEPT     2u
#define PRESERVED_MAX 1021u

struct plan_header {
        uint32_t magic;
        uint32_t size; /* of everything, this header included */
        uint32_t steps[PARTS];
        uint16_t flags;
        uint16_t preserved; /* descriptors from 3 on that the box gets too */
        uint64_t timeout_ms; /* 0: none */
};

/*
 * The rest of a plan, for a box that waits in OP_AWAIT_REST, is a plan too, with an inside part and a timeout alone. It
 * comes in a stream socket, which the box's first process reads, with the program's standard streams beside its first
 * byte (SCM_RIGHTS). How such a box ended is told twice: when nothing of it runs any more, with ENDED_EARLY, and when
 * all is undone.
 */
#define MONITOR_WORDS 4u /* of OP_MONITOR's first operand; the environment is behind them */

struct step {
        uint16_t op;
        uint8_t slot[2];
        uint32_t operand[3];
        uint64_t arg[4]; /* in the undo part arg[3] is the outside step that this one takes back */
};

_Static_assert(sizeof(struct plan_header) == 32, "wire format: plan/Wire.java");
_Static_assert(sizeof(struct step) == 48, "wire format: plan/Wire.java");

enum op {
        OP_MAKE_DIRECTORY = 1,
        OP_WRITE_FILE,
        OP_CLONE,
        OP_UNSHARE,
        OP_SET_PROPAGATION,
        OP_NEW_FILESYSTEM,
        OP_CLONE_TREE,
        OP_OPEN_DEVICE,
        OP_OPEN_DIRECTORY,
        OP_SET_MOUNT_ATTRIBUTES,
        OP_ATTACH_MOUNT,
        OP_ENTER_DIRECTORY,
        OP_MAKE_DIRECTORY_IN,
        OP_MAKE_DEVICE,
        OP_MAKE_SYMLINK,
        OP_MAKE_MOUNT_POINT,
        OP_MASK,
        OP_MAKE_READ_ONLY,
        OP_PIVOT_ROOT,
        OP_UNMOUNT_TOP,
        OP_CHANGE_DIRECTORY,
        OP_SET_HOST_NAME,
        OP_SET_DOMAIN_NAME,
        OP_RAISE_LOOPBACK,
        OP_OPEN_CONSOLE,
        OP_READ_INPUT_FROM,
        OP_NEW_SESSION,
        OP_NEW_KEYRING,
        OP_SET_LIMIT,
        OP_SET_UMASK,
        OP_LIMIT_BOUNDING_SET,
        OP_SET_USER,
        OP_SET_CAPABILITIES,
        OP_RAISE_AMBIENT,
        OP_NO_NEW_PRIVILEGES,
        OP_LOAD_SECCOMP,
        OP_BECOME_INIT,
        OP_EXECUTE,
        OP_COLLECT,
        OP_REMOVE_DIRECTORY,
        OP_GUARD_STREAMS,
        OP_NEW_ID_MAP,
        OP_MAP_IDS,
        OP_WRITE_ID_MAP,
        OP_BIND_DEVICE,
        OP_WRITE_IN,
        OP_SET_PERSONALITY,
        OP_SET_SCHEDULER,
        OP_SET_IO_PRIORITY,
        OP_NEW_RULESET,
        OP_ALLOW_BENEATH,
        OP_RESTRICT_SELF,
        OP_MAKE_NODE,
        OP_JOIN_NAMESPACE,
        OP_KILL_GROUP,
        OP_MAKE_FILE,
        OP_COPY_DIRECTORY,
        OP_MOVE_ROOT,
        OP_LOCK_DIRECTORY,
        OP_REMOVE_FILE,
        OP_LOAD_DEVICE_PROGRAM,
        OP_SEND_NETLINK,
        OP_DENY_SETGROUPS,
        OP_RUN_PROGRAM,
        OP_OPEN_NAMESPACE,
        OP_KEEP_FILE,
        OP_KEEP_PROCESS,
        OP_MAKE_FIFO,
        OP_MEET,
        OP_AWAIT_START,
        OP_START,
        OP_FIND_PROGRAM,
        OP_RUN_HOOK,
        OP_DETACH,
        OP_OPEN_PROCESS,
        OP_SIGNAL_PROCESS,
        OP_AWAIT_PROCESS,
        OP_JOIN_PROCESS,
        OP_PRESERVE_DESCRIPTORS,
        OP_OWN_STREAMS,
        OP_CONNECT,
        OP_SEND_DESCRIPTOR,
        OP_LOAD_NOTIFYING_SECCOMP,
        OP_SET_MEMORY_POLICY,
        OP_MOVE_INTERFACE,
        OP_MAKE_GROUP,
        OP_REMOVE_GROUP,
        OP_FREEZE_GROUP,
        OP_SIGNAL_GROUP,
        OP_GIVE_GROUP,
        OP_CALL_BUS,
        OP_SET_AFFINITY,
        OP_SET_LABEL,
        OP_OPEN_SELF,
        OP_CHECK_PRIVILEGES,
        OP_SERVE_FILES,
        OP_REGISTER_FORMAT,
        OP_UNMOUNT,
        OP_MONITOR,
        OP_ATTACH,
        OP_REMOVE_TREE,
        OP_APPEND_LINE,
        OP_CLONE_BELOW,
        OP_GIVE_TREE,
        OP_MAKE_SECRET,
        OP_JOIN_SHARED,
        OP_LEAVE_SHARED,
        OP_WATCH_MEMORY,
        OP_SEND_NETLINK_IN,
        OP_UNDO_KEPT,
        OP_TAKE_MOUNT,
        OP_LOAD_REPORTING_SECCOMP,
        OP_AWAIT_REST,
        OP_REPORT_UPPER,
        OPS
};

enum slot {
        SLOT_HOST,
        SLOT_BASE,
        SLOT_ROOT,
        SLOT_DEV,
        SLOT_PTS,
        SLOT_MOUNT,
        SLOT_NULL,
        SLOT_EMPTY,
        SLOT_LOWER,
        SLOT_IDS,
        SLOT_MAP,
        SLOT_PROC,
        SLOT_RULESET,
        SLOT_SHARED_A,
        SLOT_SHARED_B,
        SLOT_SHARED_C,
        SLOT_SHARED_D,
        SLOT_SHARED_E,
        SLOT_SHARED_F,
        SLOT_SHARED_G,
        SLOT_SHARED_H,
        SLOT_START,
        SLOT_ANSWER,
        SLOT_PROCESS,
        SLOT_CONSOLE,
        SLOT_AGENT,
        SLOT_WATCHER,
        SLOT_DEVICES,
        SLOT_CARRIED = 32, /* and on: mounts that are made outside and attached inside */
        SLOTS = 240
};

/*
 * How a box ended. Followed by `evidence` bytes, entries of u32 index, u32 length, the bytes: what the OP_COLLECT step
 * at that place of the undo part read; EVIDENCE_KERNEL is what the kernel itself says of the failed step.
 * Of a box that waited for the rest of its plan: steps of the rest are numbered on from those before, and the times
 * begin when it came.
 */
#define EVIDENCE_KERNEL UINT32_MAX
#define EVIDENCE_BEFORE 0x20000000u /* + index: what that step read when the box waited for the rest of its plan */
#define EVIDENCE_PROCESS \
        (UINT32_MAX - 1) /* the program's process id as the executor has it, where there is a monitor */
#define EVIDENCE_PATH 0x40000000u /* + index: what that step read, where there is a monitor: nobody has the plan */

enum outcome {
        OUTCOME_ENDED = 1, /* the program ran; status is waitpid(2)'s */
        OUTCOME_FAILED, /* step failed with error; nothing of the box runs any more */
        OUTCOME_REFUSED, /* the plan itself is malformed: nothing was done; step is where, or UINT32_MAX */
        OUTCOME_DONE, /* of a detached plan: all of it was done, and stays */
};

#define ENDED_BY_TIMEOUT 1u
#define ENDED_BY_REQUEST 2u /* the control channel closed */
#define ENDED_UNWATCHED  4u /* the executor was killed, and its box with it; or nobody knows any more how it ended */
#define ENDED_EARLY      8u /* it isn't undone yet: the same is said once more when it is */
#define FAILED_CODE      8 /* of OUTCOME_FAILED: the flags from this bit on are the exit code that a shell is told */

struct report {
        uint32_t outcome;
        uint32_t flags;
        uint32_t part; /* of the step that failed */
        uint32_t step;
        int32_t error; /* its; of a program that ended: why its output couldn't be written on, or 0 */
        int32_t status;
        uint64_t wall_ns; /* from the clone to the end */
        uint64_t user_us; /* of the whole box, as far as wait4(2) tells */
        uint64_t system_us;
        uint64_t peak_kib; /* resident, of its largest process */
        uint32_t undo_step; /* the first undo step that failed, or UINT32_MAX */
        int32_t undo_error;
        int32_t log_error; /* why lines of its log are missing, or 0 */
        uint32_t evidence;
};

_Static_assert(sizeof(struct report) == 72, "wire format: executor/Report.java");

/*
 * What may be sent on the control channel while a box runs, one in a message: a signal's number; or CONTROL_CAUGHT +
 * the milliseconds for which it is still needed, of a box that waits in a forbidden call. The channel's end kills it.
 */
struct control {
        uint32_t signal;
};

#define CONTROL_CAUGHT 0x80000000u

/* What comes on it before the report, with a descriptor: where the box's forbidden calls are told, and before that
   where what it changes of its root is kept. */
#define CONTROL_LISTENER 1u
#define CONTROL_UPPER    2u

#endif
