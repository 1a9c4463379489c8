/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The executor: checks a plan, then performs its steps in order and stops at the first that fails. It reads no
 * configuration, formats no text, decides nothing and falls back to nothing. One do_x per OP_X per record plan.Step.X.
 *
 * Reading order: step table and validate(), the do_ functions, then supervise.c for what the parent does meanwhile.
 * files.c is what a box without a program does.
 */
#include "executor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/close_range.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/landlock.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/netlink.h>
#include <linux/nsfs.h>
#include <linux/openat2.h>
#include <linux/rtnetlink.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "files.h"
#include "lifecycle.h"
#include "monitor.h"

/* <sys/mount.h> and <linux/mount.h> can't both be had from musl */
#define MNT_DETACH      2
#define UMOUNT_NOFOLLOW 8

#define autoclose __attribute__((cleanup(close_fd)))

static void close_fd(const int *fd)
{
        if (*fd >= 0)
                close(*fd);
}

/* ---- the plan ---- */

/* What stands as CHILD acts on the box from outside: it comes after the Clone. */
enum { OUTSIDE = 1 << PART_OUTSIDE, INSIDE = 1 << PART_INSIDE, UNDO = 1 << PART_UNDO, CHILD = 1 << PARTS };

/*
 * What a step may carry. Operands: s string, l list, b blob. Slots: o is filled by the step, i must have been filled by
 * an earlier one, h may also be SLOT_HOST.
 */
static const struct shape {
        char operand[3];
        char slot[2];
        uint8_t parts;
} shapes[OPS] = {
        [OP_MAKE_DIRECTORY] = { "s", "", OUTSIDE },
        [OP_WRITE_FILE] = { "ss", "", OUTSIDE | INSIDE },
        [OP_CLONE] = { "s", "hh", OUTSIDE },
        [OP_UNSHARE] = { "", "", OUTSIDE | INSIDE },
        [OP_SET_PROPAGATION] = { "", "", INSIDE },
        [OP_NEW_FILESYSTEM] = { "sl", "o", OUTSIDE | INSIDE },
        [OP_CLONE_TREE] = { "s", "oh", OUTSIDE | INSIDE },
        [OP_OPEN_DEVICE] = { "s", "o", INSIDE },
        [OP_OPEN_DIRECTORY] = { "s", "oh", INSIDE },
        [OP_SET_MOUNT_ATTRIBUTES] = { "", "i", OUTSIDE | INSIDE },
        [OP_ATTACH_MOUNT] = { "s", "ih", OUTSIDE | INSIDE },
        [OP_ENTER_DIRECTORY] = { "", "i", OUTSIDE | INSIDE },
        [OP_MAKE_DIRECTORY_IN] = { "s", "i", INSIDE },
        [OP_MAKE_DEVICE] = { "s", "i", INSIDE },
        [OP_MAKE_SYMLINK] = { "ss", "i", OUTSIDE | INSIDE },
        [OP_MAKE_MOUNT_POINT] = { "s", "ih", INSIDE },
        [OP_MASK] = { "s", "i", INSIDE },
        [OP_MAKE_READ_ONLY] = { "s", "i", INSIDE },
        [OP_PIVOT_ROOT] = { "", "i", INSIDE },
        [OP_UNMOUNT_TOP] = { "", "", INSIDE },
        [OP_CHANGE_DIRECTORY] = { "s", "", INSIDE },
        [OP_SET_HOST_NAME] = { "s", "", INSIDE },
        [OP_SET_DOMAIN_NAME] = { "s", "", INSIDE },
        [OP_RAISE_LOOPBACK] = { "", "", INSIDE },
        [OP_OPEN_CONSOLE] = { "", "ih", INSIDE },
        [OP_READ_INPUT_FROM] = { "s", "h", INSIDE },
        [OP_NEW_SESSION] = { "", "", INSIDE },
        [OP_NEW_KEYRING] = { "", "", INSIDE },
        [OP_SET_LIMIT] = { "", "", CHILD | INSIDE },
        [OP_SET_UMASK] = { "", "", INSIDE },
        [OP_LIMIT_BOUNDING_SET] = { "", "", INSIDE },
        [OP_SET_USER] = { "b", "", INSIDE },
        [OP_SET_CAPABILITIES] = { "", "", INSIDE },
        [OP_RAISE_AMBIENT] = { "", "", INSIDE },
        [OP_NO_NEW_PRIVILEGES] = { "", "", INSIDE },
        [OP_LOAD_SECCOMP] = { "b", "", INSIDE },
        [OP_BECOME_INIT] = { "", "", INSIDE },
        [OP_EXECUTE] = { "lll", "", INSIDE },
        [OP_COLLECT] = { "s", "", UNDO },
        [OP_REMOVE_DIRECTORY] = { "s", "", OUTSIDE | UNDO },
        [OP_GUARD_STREAMS] = { "", "", INSIDE },
        [OP_NEW_ID_MAP] = { "ss", "o", OUTSIDE },
        [OP_MAP_IDS] = { "", "ii", OUTSIDE | INSIDE },
        [OP_WRITE_ID_MAP] = { "s", "", CHILD },
        [OP_BIND_DEVICE] = { "ss", "i", INSIDE },
        [OP_WRITE_IN] = { "ss", "i", INSIDE },
        [OP_SET_PERSONALITY] = { "", "", INSIDE },
        [OP_SET_SCHEDULER] = { "b", "", INSIDE },
        [OP_SET_IO_PRIORITY] = { "", "", INSIDE },
        [OP_NEW_RULESET] = { "", "o", INSIDE },
        [OP_ALLOW_BENEATH] = { "s", "ii", INSIDE },
        [OP_RESTRICT_SELF] = { "", "i", INSIDE },
        [OP_MAKE_NODE] = { "s", "i", INSIDE },
        [OP_JOIN_NAMESPACE] = { "s", "h", OUTSIDE },
        [OP_KILL_GROUP] = { "s", "", OUTSIDE | UNDO },
        [OP_MAKE_FILE] = { "ss", "i", INSIDE },
        [OP_COPY_DIRECTORY] = { "s", "hi", INSIDE },
        [OP_MOVE_ROOT] = { "", "i", INSIDE },
        [OP_LOCK_DIRECTORY] = { "s", "", OUTSIDE },
        [OP_REMOVE_FILE] = { "s", "", OUTSIDE | UNDO },
        [OP_LOAD_DEVICE_PROGRAM] = { "sb", "", OUTSIDE },
        [OP_SEND_NETLINK] = { "bs", "", OUTSIDE | INSIDE | UNDO },
        [OP_DENY_SETGROUPS] = { "", "", CHILD },
        [OP_RUN_PROGRAM] = { "sl", "", CHILD },
        [OP_OPEN_NAMESPACE] = { "s", "o", OUTSIDE },
        [OP_KEEP_FILE] = { "ss", "", OUTSIDE },
        [OP_KEEP_PROCESS] = { "ss", "", CHILD },
        [OP_MAKE_FIFO] = { "s", "o", OUTSIDE },
        [OP_MEET] = { "", "", CHILD | INSIDE },
        [OP_AWAIT_START] = { "", "ii", INSIDE },
        [OP_START] = { "ssl", "", OUTSIDE },
        [OP_FIND_PROGRAM] = { "sl", "", INSIDE },
        [OP_RUN_HOOK] = { "lll", "", OUTSIDE | INSIDE | UNDO },
        [OP_DETACH] = { "", "", INSIDE },
        [OP_OPEN_PROCESS] = { "", "o", OUTSIDE },
        [OP_SIGNAL_PROCESS] = { "", "", OUTSIDE | UNDO },
        [OP_AWAIT_PROCESS] = { "", "", OUTSIDE | UNDO },
        [OP_JOIN_PROCESS] = { "", "i", INSIDE },
        [OP_PRESERVE_DESCRIPTORS] = { "", "", INSIDE },
        [OP_OWN_STREAMS] = { "", "", INSIDE },
        [OP_CONNECT] = { "s", "o", OUTSIDE },
        [OP_SEND_DESCRIPTOR] = { "l", "ii", INSIDE },
        [OP_LOAD_NOTIFYING_SECCOMP] = { "lb", "i", INSIDE },
        [OP_SET_MEMORY_POLICY] = { "b", "", INSIDE },
        [OP_MOVE_INTERFACE] = { "s", "", CHILD },
        [OP_MAKE_GROUP] = { "s", "", OUTSIDE },
        [OP_REMOVE_GROUP] = { "s", "", OUTSIDE | UNDO },
        [OP_FREEZE_GROUP] = { "s", "", OUTSIDE | UNDO },
        [OP_SIGNAL_GROUP] = { "s", "", OUTSIDE },
        [OP_GIVE_GROUP] = { "sl", "", OUTSIDE },
        [OP_CALL_BUS] = { "sbs", "", OUTSIDE | UNDO },
        [OP_SET_AFFINITY] = { "b", "", OUTSIDE | INSIDE },
        [OP_SET_LABEL] = { "s", "i", INSIDE },
        [OP_OPEN_SELF] = { "", "o", INSIDE },
        [OP_CHECK_PRIVILEGES] = { "b", "", CHILD },
        [OP_SERVE_FILES] = { "", "", INSIDE },
        [OP_REGISTER_FORMAT] = { "s", "i", OUTSIDE | INSIDE },
        [OP_UNMOUNT] = { "s", "", OUTSIDE | UNDO },
        [OP_MONITOR] = { "lll", "", OUTSIDE },
        [OP_ATTACH] = { "ss", "", OUTSIDE },
        [OP_REMOVE_TREE] = { "ss", "", OUTSIDE | UNDO },
        [OP_APPEND_LINE] = { "sl", "", OUTSIDE | UNDO },
        [OP_CLONE_BELOW] = { "ss", "o", OUTSIDE | INSIDE },
        [OP_GIVE_TREE] = { "", "i", OUTSIDE | INSIDE },
        [OP_MAKE_SECRET] = { "sb", "i", INSIDE },
        [OP_JOIN_SHARED] = { "lbs", "", OUTSIDE },
        [OP_LEAVE_SHARED] = { "lbs", "", OUTSIDE | UNDO },
        [OP_WATCH_MEMORY] = { "ssl", "", CHILD },
        [OP_SEND_NETLINK_IN] = { "bs", "i", OUTSIDE },
        [OP_UNDO_KEPT] = { "s", "", UNDO },
        [OP_TAKE_MOUNT] = { "", "o", OUTSIDE },
        [OP_LOAD_REPORTING_SECCOMP] = { "b", "", INSIDE },
        [OP_AWAIT_REST] = { "", "", INSIDE },
        [OP_REPORT_UPPER] = { "s", "i", INSIDE },
};

/* Where validate() stands: lists and blobs lie one behind the other, so that no pointer put in place spoils another. */
struct check {
        uint8_t *base;
        uint32_t size;
        uint64_t operands; /* offset of the first operand: the header and the steps are none */
        uint64_t free; /* offset behind the last list or blob seen */
        bool filled[SLOTS]; /* slots that a step before has filled */
        bool inherited[SLOTS]; /* those of them that the box has too */
        unsigned clones;
        unsigned monitors;
        unsigned attached;
        unsigned meetings[PARTS]; /* how often each side waits for the other */
        unsigned told; /* steps in which the box sends what the executor must have the plan for */
        unsigned rests;
        unsigned reports;
};

static bool valid_words(struct check *c, uint32_t offset, bool list)
{
        if (offset % 8 != 0 || offset < c->free || offset > c->size - 8)
                return false;
        uint64_t *words = (uint64_t *)(void *)(c->base + offset);
        const uint64_t room = c->size - offset - 8;
        if (!list) {
                c->free = (uint64_t)offset + 8 + words[0];
                return words[0] <= room;
        }
        if (room < 8 || words[0] > room / 8 - 1)
                return false;
        c->free = (uint64_t)offset + 8 + 8 * (words[0] + 1);
        if (words[1 + words[0]] != 0)
                return false;
        for (uint64_t i = 1; i <= words[0]; i++) {
                if (words[i] < c->operands || words[i] >= c->size)
                        return false;
                words[i] += (uintptr_t)c->base;
        }
        return true;
}

static bool valid_operand(struct check *c, char kind, uint32_t offset)
{
        switch (kind) {
        case 's': /* the plan's last byte is 0: every string ends in it */
                return offset >= c->operands && offset < c->size;
        case 'l':
                return valid_words(c, offset, true);
        case 'b':
                return valid_words(c, offset, false);
        }
        return offset == 0;
}

static bool valid_slot(struct check *c, char kind, uint8_t slot)
{
        if (slot >= SLOTS)
                return false;
        switch (kind) {
        case 'o':
                c->filled[slot] = true;
                return slot != SLOT_HOST;
        case 'h':
                return slot == SLOT_HOST || c->filled[slot];
        case 'i':
                return slot != SLOT_HOST && c->filled[slot];
        }
        return slot == 0;
}

/* What the inside part ends with, and nothing else does: behind it there is no executor any more, or another plan. */
static bool is_last(const struct step *s)
{
        return s->op == OP_EXECUTE || s->op == OP_SERVE_FILES || s->op == OP_AWAIT_REST;
}

static uint64_t blob_count(const struct check *c, uint32_t offset)
{
        return *(const uint64_t *)(const void *)(c->base + offset);
}

/* Its words are there, its numbers what they can be; no tick without a command. */
static bool valid_monitor(const struct check *c, const struct step *s)
{
        const uint64_t *words = (const uint64_t *)(const void *)(c->base + s->operand[0]);
        if (blob_count(c, s->operand[0]) < MONITOR_WORDS || strlen((const char *)(uintptr_t)words[4]) > KEYS_MAX)
                return false;
        return s->arg[1] <= INT_MAX && (s->arg[2] & 0xff) < MONITOR_INPUTS && s->arg[3] <= INT_MAX &&
               (s->arg[3] == 0 || blob_count(c, s->operand[1]) != 0) && (s->arg[2] >> 9 & 0x7fffff) == 0 &&
               s->arg[2] >> 32 <= 7;
}

static bool valid_step(struct check *c, const struct step *s, enum part part)
{
        if (s->op == 0 || s->op >= OPS)
                return false;
        const struct shape *shape = &shapes[s->op];
        const bool onto_child = part == PART_OUTSIDE && c->clones == 1;
        if ((shape->parts >> part & 1) == 0 && (!onto_child || (shape->parts & CHILD) == 0))
                return false;
        for (int i = 0; i < 3; i++)
                if (!valid_operand(c, shape->operand[i], s->operand[i]))
                        return false;
        for (int i = 1; i >= 0; i--) /* inputs stand second where there are both */
                if (!valid_slot(c, shape->slot[i], s->slot[i]))
                        return false;
        c->monitors += s->op == OP_MONITOR;
        c->attached += s->op == OP_ATTACH;
        c->told += s->op == OP_OPEN_CONSOLE || s->op == OP_GUARD_STREAMS || s->op == OP_REPORT_UPPER;
        c->rests += s->op == OP_AWAIT_REST;
        c->reports += s->op == OP_LOAD_REPORTING_SECCOMP;
        if ((s->op == OP_AWAIT_REST || s->op == OP_TAKE_MOUNT) && s->arg[0] >= GIVEN_MAX)
                return false;
        if (s->op == OP_WATCH_MEMORY) /* a journal, and a line; somebody has to watch */
                return c->monitors == 1 && blob_count(c, s->operand[2]) >= 2;
        return s->op != OP_MONITOR || valid_monitor(c, s);
}

static bool check_header(struct plan *p, struct check *c, void *memory, size_t size)
{
        struct plan_header *h = memory;
        if (size < sizeof *h || size > PLAN_SIZE_MAX || h->magic != PLAN_MAGIC || h->size != size ||
            (h->flags & ~(PLAN_DETACHED | PLAN_KEPT)) != 0 || h->preserved > PRESERVED_MAX)
                return false;
        uint64_t count = 0;
        for (int part = 0; part < PARTS; part++) {
                if (h->steps[part] > PLAN_STEPS_MAX)
                        return false;
                count += h->steps[part];
        }
        c->base = memory;
        c->size = h->size;
        c->operands = c->free = sizeof *h + count * sizeof(struct step);
        p->base = memory;
        p->header = h;
        return c->free < size && c->base[size - 1] == 0;
}

/* Leaves the number of a step at fault in *at. */
static bool check_steps(struct plan *p, struct check *c, uint32_t *at)
{
        const struct plan_header *h = p->header;
        const struct step *s = (const struct step *)(h + 1);
        for (int part = 0; part < PARTS; part++) {
                p->steps[part] = s;
                if (part == PART_INSIDE)
                        memcpy(c->filled, c->inherited, sizeof c->filled);
                for (uint32_t i = 0; i < h->steps[part]; i++, s++) {
                        *at = i;
                        if (!valid_step(c, s, (enum part)part))
                                return false;
                        if (s->op == OP_CLONE) {
                                c->clones++;
                                memcpy(c->inherited, c->filled, sizeof c->filled);
                                memset(c->filled, 0, sizeof c->filled); /* they are the box's from here on */
                        }
                        c->meetings[part] += s->op == OP_MEET || s->op == OP_AWAIT_START;
                        if (is_last(s) != (part == PART_INSIDE && i == h->steps[part] - 1))
                                return false;
                        if (part == PART_UNDO && s->arg[3] >= h->steps[PART_OUTSIDE])
                                return false;
                }
        }
        return true;
}

/* Checks everything before anything is done. Returns the number of a step at fault, or UINT32_MAX, in *at. */
static bool validate(struct plan *p, void *memory, size_t size, uint32_t *at)
{
        *at = UINT32_MAX;
        struct check c = { 0 };
        if (!check_header(p, &c, memory, size) || !check_steps(p, &c, at))
                return false;
        *at = UINT32_MAX;
        const struct plan_header *h = p->header;
        if (c.rests > 0 && (c.monitors > 0 || c.meetings[PART_INSIDE] > 0 || h->flags != 0))
                return false; /* it is who makes the box that sends the rest */
        if (c.monitors > 1 || (c.monitors == 1 && (c.clones == 0 || (h->flags & PLAN_DETACHED) != 0)))
                return false; /* it is who waits for a box */
        if (c.attached > 0 && c.clones > 0)
                return false; /* it is to somebody else's */
        if (c.clones == 0)
                return h->steps[PART_INSIDE] == 0 && (h->flags & PLAN_DETACHED) != 0;
        return c.clones == 1 && h->steps[PART_INSIDE] > 0 && c.meetings[PART_OUTSIDE] == c.meetings[PART_INSIDE];
}

/* The same of the rest of a plan, for a box that stands as its steps so far have left it. */
static bool validate_rest(struct plan *p, void *memory, size_t size, const struct box *b, bool reports)
{
        struct check c = { 0 };
        for (int slot = 0; slot < SLOTS; slot++)
                c.inherited[slot] = b->fd[slot] >= 0;
        uint32_t at = UINT32_MAX;
        if (!check_header(p, &c, memory, size) || !check_steps(p, &c, &at))
                return false;
        const struct plan_header *h = p->header;
        return h->steps[PART_OUTSIDE] == 0 && h->steps[PART_INSIDE] > 0 && h->steps[PART_UNDO] == 0 && h->flags == 0 &&
               h->preserved == 0 && c.rests == 0 && c.told == 0 && c.meetings[PART_INSIDE] == 0 &&
               (reports || c.reports == 0);
}

static const char *str(const struct plan *p, const struct step *s, int i)
{
        return (const char *)p->base + s->operand[i];
}

/* A list is an array of pointers by now, with its count before and a null pointer at its end. */
static char **list(const struct plan *p, const struct step *s, int i)
{
        return (char **)(void *)(p->base + s->operand[i] + 8);
}

static uint64_t blob_size(const struct plan *p, const struct step *s, int i)
{
        return *(const uint64_t *)(const void *)(p->base + s->operand[i]);
}

static void *blob(const struct plan *p, const struct step *s, int i)
{
        return p->base + s->operand[i] + 8;
}

/* ---- small words for long calls ---- */

static int done(long result)
{
        return result == -1 ? -errno : 0;
}

/* Below root, whatever links say (R1). */
static int open_below(int root, const char *path, uint64_t flags, uint64_t resolve)
{
        const struct open_how how = {
                .flags = flags | O_CLOEXEC,
                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
        };
        const long fd = syscall(SYS_openat2, root, path, &how, sizeof how);
        return fd == -1 ? -errno : (int)fd;
}

static int clone_tree(int fd, unsigned flags)
{
        const long tree = syscall(SYS_open_tree, fd, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags);
        return tree == -1 ? -errno : (int)tree;
}

static int set_attributes(int fd, unsigned flags, uint64_t set, uint64_t clear, uint64_t propagation)
{
        struct mount_attr attr = { .attr_set = set, .attr_clr = clear, .propagation = propagation };
        if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH | flags, &attr, sizeof attr) == -1)
                return -errno;
        if (set == 0)
                return 0;
        /* MOUNT_ATTR_* and ST_* are the same bits for these four: what was asked for is what the kernel shows */
        const uint64_t fences = set & (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        struct statfs fs;
        if (fstatfs(fd, &fs) == -1)
                return -errno;
        return ((uint64_t)fs.f_flags & fences) == fences ? 0 : -EPROTO;
}

static int attach(int mount, int target)
{
        return done(syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

/* Puts a new descriptor, or -errno, into a slot. */
static int fill(struct box *b, uint8_t slot, int fd)
{
        if (fd < 0)
                return fd;
        if (b->fd[slot] >= 0)
                close(b->fd[slot]);
        b->fd[slot] = fd;
        return 0;
}

/* ---- files and cgroups ---- */

/* Ours or root's, and nobody else can rename what is in it: what stands there is believed later. */
static int check_trusted(const char *directory)
{
        enum { NOBODY = 65534 }; /* in a user namespace: the host's root */
        struct stat link, st;
        if (lstat(directory, &link) == -1 || stat(directory, &st) == -1)
                return -errno;
        if (!S_ISDIR(st.st_mode))
                return -ENOTDIR;
        const uid_t self = geteuid();
        const bool owned = (st.st_uid == self || st.st_uid == 0 || st.st_uid == NOBODY) &&
                           (link.st_uid == self || link.st_uid == 0 || link.st_uid == NOBODY);
        const bool closed = (st.st_mode & 022) == 0 || (st.st_mode & S_ISVTX) != 0;
        return owned && closed ? 0 : -EPERM;
}

static int do_make_directory(const struct plan *p, const struct step *s)
{
        if (mkdir(str(p, s, 0), (mode_t)s->arg[0]) == 0)
                return 0;
        return errno == EEXIST && s->arg[1] != 0 ? check_trusted(str(p, s, 0)) : -errno;
}

static int do_make_group(const struct plan *p, const struct step *s)
{
        return mkdir(str(p, s, 0), 0755) == 0 || errno == EEXIST ? 0 : -errno;
}

/* A file that belongs to a controller which the group hasn't got isn't there, and needs no owner. */
static int do_give_group(const struct plan *p, const struct step *s)
{
        autoclose int group = open(str(p, s, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (group == -1 || fchown(group, (uid_t)s->arg[0], (gid_t)-1) == -1)
                return -errno;
        for (char **file = list(p, s, 1); *file != NULL; file++)
                if (fchownat(group, *file, (uid_t)s->arg[0], (gid_t)-1, AT_SYMLINK_NOFOLLOW) == -1 && errno != ENOENT)
                        return -errno;
        return 0;
}

static int write_file(const char *path, const char *text)
{
        autoclose int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
        return fd == -1 ? -errno : done(write(fd, text, strlen(text)));
}

static int do_write_file(const struct plan *p, const struct step *s)
{
        return write_file(str(p, s, 0), str(p, s, 1));
}

/* Nothing leads out of the directory, whatever lies on it (R2). */
static int do_write_in(const struct box *b, const struct plan *p, const struct step *s)
{
        const struct open_how how = {
                .flags = O_WRONLY | O_CLOEXEC,
                .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV,
        };
        autoclose int fd = (int)syscall(SYS_openat2, b->fd[s->slot[0]], str(p, s, 0), &how, sizeof how);
        if (fd == -1)
                return -errno;
        const char *text = str(p, s, 1);
        return done(write(fd, text, strlen(text)));
}

/* One of that name that is there already is as good: somebody was faster. */
static int do_register_format(const struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int fd = openat(b->fd[s->slot[0]], "register", O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd == -1)
                return -errno;
        const char *format = str(p, s, 0);
        const int result = done(write(fd, format, strlen(format)));
        return result == -EEXIST ? 0 : result;
}

static const struct timespec pause_between_tries = { .tv_nsec = 500 * 1000 }; /* twice a millisecond */

static int do_lock_directory(struct box *b, const struct plan *p, const struct step *s)
{
        const int fd = open(str(p, s, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd == -1)
                return -errno;
        if (s->arg[0] != 0)
                b->lock = fd;
        for (uint64_t tries = 0; flock(fd, (s->arg[1] != 0 ? LOCK_SH : LOCK_EX) | LOCK_NB) == -1; tries++) {
                if (errno != EWOULDBLOCK || tries >= 2 * s->arg[2])
                        return -errno;
                nanosleep(&pause_between_tries, NULL);
        } /* stays open: it is the lock */
        struct stat st;
        if (fstat(fd, &st) == -1)
                return -errno;
        return st.st_nlink == 0 ? -ENOENT : 0; /* who had it before has removed the directory */
}

#define DEVICE_PROGRAM "carafe_devices"
#define PROGRAMS_MAX   64 /* of one kind on one group: the kernel takes no more */

/* The program of ours that is on the group, among those of others. Returns 0 if there is none. */
static int find_device_program(int group, int *found)
{
        uint32_t ids[PROGRAMS_MAX];
        union bpf_attr query;
        memset(&query, 0, sizeof query);
        query.query.target_fd = (uint32_t)group;
        query.query.attach_type = BPF_CGROUP_DEVICE;
        query.query.prog_ids = (uintptr_t)ids;
        query.query.prog_cnt = PROGRAMS_MAX;
        if (syscall(SYS_bpf, BPF_PROG_QUERY, &query, sizeof query) == -1)
                return -errno;
        for (uint32_t i = 0; i < query.query.prog_cnt; i++) {
                union bpf_attr by_id, ask;
                struct bpf_prog_info info;
                memset(&by_id, 0, sizeof by_id);
                by_id.prog_id = ids[i];
                autoclose int program = (int)syscall(SYS_bpf, BPF_PROG_GET_FD_BY_ID, &by_id, sizeof by_id);
                if (program == -1)
                        return -errno;
                memset(&info, 0, sizeof info);
                memset(&ask, 0, sizeof ask);
                ask.info.bpf_fd = (uint32_t)program;
                ask.info.info_len = sizeof info;
                ask.info.info = (uintptr_t)&info;
                if (syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &ask, sizeof ask) == -1)
                        return -errno;
                if (strncmp(info.name, DEVICE_PROGRAM, sizeof info.name) != 0)
                        continue;
                *found = program;
                program = -1;
                return 1;
        }
        return 0;
}

static int do_load_device_program(const struct plan *p, const struct step *s)
{
        autoclose int group = open(str(p, s, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (group == -1)
                return -errno;
        union bpf_attr load;
        memset(&load, 0, sizeof load);
        load.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
        load.insns = (uintptr_t)blob(p, s, 1);
        load.insn_cnt = (uint32_t)(blob_size(p, s, 1) / sizeof(struct bpf_insn));
        load.license = (uintptr_t) "Apache-2.0";
        _Static_assert(sizeof DEVICE_PROGRAM <= sizeof load.prog_name, "with its NUL");
        memcpy(load.prog_name, DEVICE_PROGRAM, sizeof DEVICE_PROGRAM);
        autoclose int program = (int)syscall(SYS_bpf, BPF_PROG_LOAD, &load, sizeof load);
        if (program == -1)
                return -errno;
        union bpf_attr to;
        memset(&to, 0, sizeof to);
        to.target_fd = (uint32_t)group;
        to.attach_bpf_fd = (uint32_t)program;
        to.attach_type = BPF_CGROUP_DEVICE;
        to.attach_flags = BPF_F_ALLOW_MULTI; /* groups above have theirs, and groups below may add some */
        autoclose int before = -1;
        const int found = s->arg[0] != 0 ? find_device_program(group, &before) : 0;
        if (found < 0)
                return found;
        if (found == 1) { /* in one go: at no time may the group do more than either lets it */
                to.attach_flags |= BPF_F_REPLACE;
                to.replace_bpf_fd = (uint32_t)before;
        }
        return done(syscall(SYS_bpf, BPF_PROG_ATTACH, &to, sizeof to));
}

static int do_unshare(const struct step *s)
{
        return done(unshare((int)s->arg[0]));
}

/* ---- ids ---- */

/* Writes a process id, or another number that isn't negative, and a NUL. Returns the number of digits, 10 at most. */
size_t put_decimal(char *text, pid_t pid)
{
        char digits[16];
        size_t length = 0, at = 0;
        pid_t rest = pid;
        do
                digits[length++] = (char)('0' + rest % 10);
        while ((rest /= 10) > 0);
        while (length > 0)
                text[at++] = digits[--length];
        text[at] = 0;
        return at;
}

/* A file of a process, in the caller's own procfs and nothing that lies over it. */
int open_proc(pid_t pid, const char *file, int flags)
{
        char path[64] = "/proc/";
        const size_t at = strlen(path) + put_decimal(path + strlen(path), pid);
        path[at] = '/';
        memcpy(path + at + 1, file, strlen(file) + 1);
        autoclose int fd = open(path, flags | O_CLOEXEC);
        struct statfs fs;
        if (fd == -1 || fstatfs(fd, &fs) == -1)
                return -errno;
        if (fs.f_type != PROC_SUPER_MAGIC && fs.f_type != NSFS_MAGIC)
                return -ENODEV;
        const int result = fd;
        fd = -1;
        return result;
}

/* One write: the kernel takes no second. */
static int write_id_map(pid_t pid, const char *file, const char *map)
{
        autoclose int fd = open_proc(pid, file, O_WRONLY);
        return fd < 0 ? fd : done(write(fd, map, strlen(map)));
}

static int do_write_id_map(const struct box *b, const struct plan *p, const struct step *s)
{
        return write_id_map(b->child, s->arg[0] != 0 ? "gid_map" : "uid_map", str(p, s, 0));
}

static int do_deny_setgroups(const struct box *b)
{
        return write_id_map(b->child, "setgroups", "deny");
}

static int do_new_id_map(struct box *b, const struct plan *p, const struct step *s)
{
        pid_t holder;
        int result = hold_user_namespace(&holder);
        if (result != 0)
                return result;
        result = write_id_map(holder, "uid_map", str(p, s, 0));
        if (result == 0)
                result = write_id_map(holder, "gid_map", str(p, s, 1));
        if (result == 0)
                result = fill(b, s->slot[0], open_proc(holder, "ns/user", O_RDONLY));
        release(holder);
        return result;
}

static int do_map_ids(const struct box *b, const struct step *s)
{
        struct mount_attr attr = { .attr_set = MOUNT_ATTR_IDMAP, .userns_fd = (unsigned)b->fd[s->slot[1]] };
        const unsigned flags = AT_EMPTY_PATH | (s->arg[0] != 0 ? AT_RECURSIVE : 0);
        return done(syscall(SYS_mount_setattr, b->fd[s->slot[0]], "", flags, &attr, sizeof attr));
}

/* ---- other namespaces ---- */

/* In the order of /proc/PID/ns, which says nothing. */
static const struct kind {
        uint64_t flag;
        const char *own;
} kinds[NAMESPACES] = {
        { CLONE_NEWCGROUP, "/proc/self/ns/cgroup" }, { CLONE_NEWIPC, "/proc/self/ns/ipc" },
        { CLONE_NEWNS, "/proc/self/ns/mnt" },        { CLONE_NEWNET, "/proc/self/ns/net" },
        { CLONE_NEWPID, "/proc/self/ns/pid" },       { CLONE_NEWTIME, "/proc/self/ns/time" },
        { CLONE_NEWUSER, "/proc/self/ns/user" },     { CLONE_NEWUTS, "/proc/self/ns/uts" },
};

/* Returns a descriptor, or -errno: EINVAL when it is of another kind, ENOTTY when it is no namespace at all. */
static int open_namespace(const char *path, uint64_t kind)
{
        autoclose int there = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        if (there == -1)
                return -errno;
        const int found = ioctl(there, NS_GET_NSTYPE);
        if (found == -1)
                return -errno;
        if ((uint64_t)found != kind)
                return -EINVAL;
        const int result = there;
        there = -1;
        return result;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
        return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int do_open_namespace(struct box *b, const struct plan *p, const struct step *s)
{
        const int there = open_namespace(str(p, s, 0), s->arg[0]);
        const int result = fill(b, s->slot[0], there);
        struct stat own, st;
        if (result != 0 || s->arg[0] != CLONE_NEWUSER)
                return result;
        if (stat("/proc/self/ns/user", &own) == -1 || fstat(there, &st) == -1)
                return -errno;
        return same_file(&own, &st) ? -EALREADY : 0; /* setns(2) refuses it too, but says EINVAL */
}

/* Whether root in a user namespace has rights over another namespace: that is its own, or of one below it. */
static int check_owner(int namespace, int users)
{
        struct stat wanted, st;
        if (fstat(users, &wanted) == -1)
                return -errno;
        for (int next = ioctl(namespace, NS_GET_USERNS);;) {
                autoclose int owner = next;
                if (owner == -1 || fstat(owner, &st) == -1)
                        return -errno; /* EPERM: there is none above, or none that we see */
                if (same_file(&wanted, &st))
                        return 0;
                next = ioctl(owner, NS_GET_PARENT);
        }
}

/*
 * The process that becomes the box is born where the executor is: so this goes there, and comes back after the clone.
 * Entered by the box itself, in a user namespace of its own, it would be refused; and nobody can enter a PID namespace,
 * only send a child there.
 */
static int do_join_namespace(struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int there = open_namespace(str(p, s, 0), s->arg[0]);
        if (there < 0)
                return there;
        const int error = s->slot[0] == SLOT_HOST ? 0 : check_owner(there, b->fd[s->slot[0]]);
        if (error != 0)
                return error;
        for (int i = 0; i < NAMESPACES; i++) {
                if (kinds[i].flag != s->arg[0])
                        continue;
                struct stat own, st;
                if (s->arg[1] != 0 && (fstat(there, &st) == -1 || stat(kinds[i].own, &own) == -1))
                        return -errno;
                if (s->arg[1] != 0 && same_file(&own, &st))
                        return -EALREADY;
                const bool stays = s->arg[2] != 0;
                if (!stays && b->home[i] < 0)
                        b->home[i] = open(kinds[i].own, O_RDONLY | O_CLOEXEC);
                return !stays && b->home[i] == -1 ? -errno : done(setns(there, (int)kinds[i].flag));
        }
        return -EINVAL;
}

static int start_box(struct box *b, struct supervisor *v, const struct plan *p, const struct step *s, bool wait)
{
        struct birth how = {
                .namespaces = s->arg[0],
                .cgroup = str(p, s, 0),
                .users = s->slot[0] == SLOT_HOST ? -1 : b->fd[s->slot[0]],
                .process = s->slot[1] == SLOT_HOST ? -1 : b->fd[s->slot[1]],
                .joined = (int)s->arg[1],
                .home = -1,
                .wait = wait,
        };
        for (int i = 0; i < NAMESPACES; i++)
                if (kinds[i].flag == CLONE_NEWPID)
                        how.home = b->home[i];
        return start_child(v, &how, &b->notes, &b->self);
}

static int go_home(struct box *b)
{
        for (int i = 0; i < NAMESPACES; i++) {
                if (b->home[i] < 0)
                        continue;
                autoclose int home = b->home[i];
                b->home[i] = -1;
                if (setns(home, (int)kinds[i].flag) == -1)
                        return -errno;
        }
        return 0;
}

/* ---- sockets ---- */

/* By a descriptor of the socket itself: its own address has no room for a long path. */
static int do_connect(struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int there = open(str(p, s, 0), O_PATH | O_CLOEXEC);
        struct stat st;
        if (there == -1 || fstat(there, &st) == -1)
                return -errno;
        if (!S_ISSOCK(st.st_mode))
                return -ENOTSOCK;
        struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "/proc/self/fd/" };
        autoclose int fds = open(address.sun_path, O_PATH | O_DIRECTORY | O_CLOEXEC);
        struct statfs fs;
        if (fds == -1 || fstatfs(fds, &fs) == -1)
                return -errno;
        if (fs.f_type != PROC_SUPER_MAGIC)
                return -ENODEV;
        (void)put_decimal(address.sun_path + strlen(address.sun_path), there);
        autoclose int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (fd == -1 || connect(fd, (const struct sockaddr *)&address, sizeof address) == -1)
                return -errno;
        return fill(b, s->slot[0], fcntl(fd, F_DUPFD_CLOEXEC, 3)); /* below 3 it would be taken for a stream */
}

#define PIECES_MAX 8

/* A text in pieces, between which the box's process id stands as the executor has it. */
struct text {
        char pid[16];
        struct iovec parts[2 * PIECES_MAX - 1];
        uint8_t count; /* the C libraries disagree about the type of what it goes into */
};

static int put_text(struct text *t, char **pieces, pid_t pid)
{
        const size_t digits = put_decimal(t->pid, pid);
        size_t length = 0;
        t->count = 0;
        for (int i = 0; pieces[i] != NULL; i++) {
                if (i == PIECES_MAX)
                        return -E2BIG;
                if (i > 0)
                        t->parts[t->count++] = (struct iovec){ .iov_base = t->pid, .iov_len = digits };
                t->parts[t->count] = (struct iovec){ .iov_base = pieces[i], .iov_len = strlen(pieces[i]) };
                length += t->parts[t->count++].iov_len;
        }
        return length > 0 ? 0 : -EINVAL; /* without a byte no descriptor is sent */
}

/* All of it in one sendmsg(2), unless the other end takes no more at once: the descriptor goes with the first. */
static int send_text(int socket, struct text *t, int fd)
{
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(sizeof(int))];
        } rights = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd) } };
        memcpy(CMSG_DATA(&rights.header), &fd, sizeof fd);
        struct msghdr message = {
                .msg_iov = t->parts, .msg_iovlen = t->count, .msg_control = &rights, .msg_controllen = sizeof rights
        };
        while (message.msg_iovlen > 0) {
                const ssize_t sent = sendmsg(socket, &message, MSG_NOSIGNAL);
                if (sent == -1)
                        return -errno;
                message.msg_control = NULL;
                message.msg_controllen = 0;
                size_t rest = (size_t)sent;
                while (message.msg_iovlen > 0 && rest >= message.msg_iov->iov_len) {
                        rest -= message.msg_iov++->iov_len;
                        message.msg_iovlen--;
                }
                if (message.msg_iovlen > 0) {
                        message.msg_iov->iov_base = (char *)message.msg_iov->iov_base + rest;
                        message.msg_iov->iov_len -= rest;
                }
        }
        return 0;
}

static int do_send_descriptor(const struct box *b, const struct plan *p, const struct step *s)
{
        struct text text;
        const int error = put_text(&text, list(p, s, 0), b->self);
        return error != 0 ? error : send_text(b->fd[s->slot[0]], &text, b->fd[s->slot[1]]);
}

/* ---- mounts ---- */

static int do_set_propagation(const struct step *s)
{
        struct mount_attr attr = { .propagation = s->arg[0] };
        return done(syscall(SYS_mount_setattr, AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof attr));
}

static int do_new_filesystem(struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int fs = (int)syscall(SYS_fsopen, str(p, s, 0), FSOPEN_CLOEXEC);
        if (fs == -1)
                return -errno;
        long result = 0;
        for (char **option = list(p, s, 1); *option != NULL && result != -1; option++) {
                char key[256]; /* the kernel takes no longer one */
                const size_t length = strcspn(*option, "=");
                if (length >= sizeof key)
                        return -EINVAL;
                memcpy(key, *option, length);
                key[length] = 0;
                const char *value = (*option)[length] == '=' ? *option + length + 1 : NULL;
                result = syscall(SYS_fsconfig, fs, value != NULL ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value,
                                 0);
        }
        if (result != -1)
                result = syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0);
        if (result == -1) {
                const int error = errno;
                const ssize_t length = read(fs, b->kernel, sizeof b->kernel); /* the kernel's own words, if any */
                b->kernel_length = length > 0 ? (uint32_t)length : 0;
                return -error;
        }
        const long mount = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, s->arg[0]);
        return fill(b, s->slot[0], mount == -1 ? -errno : (int)mount);
}

static int do_clone_tree(struct box *b, const struct plan *p, const struct step *s)
{
        const unsigned flags = s->arg[0] != 0 ? AT_RECURSIVE : 0;
        const int how = O_PATH | (s->arg[1] != 0 ? O_NOFOLLOW : 0);
        autoclose int at = s->slot[1] == SLOT_HOST ? open(str(p, s, 0), how | O_CLOEXEC)
                                                   : open_below(b->fd[s->slot[1]], str(p, s, 0), (uint64_t)how, 0);
        if (at < 0)
                return s->slot[1] == SLOT_HOST ? -errno : at;
        return fill(b, s->slot[0], clone_tree(at, flags));
}

/* The directory is opened once: what lies below it is looked up there, whoever exchanges names meanwhile (R1). */
static int do_clone_below(struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int directory = open(str(p, s, 0), O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (directory == -1)
                return -errno;
        autoclose int at = open_below(directory, str(p, s, 1), O_PATH, 0);
        return at < 0 ? at : fill(b, s->slot[0], clone_tree(at, s->arg[0] != 0 ? AT_RECURSIVE : 0));
}

unsigned given;

/* main.c has kept it from the caller's; nobody needs it a second time. What wasn't given is no descriptor. */
static int given_fd(const struct step *s)
{
        return s->arg[0] < given ? CONTROL_FD + 1 + (int)s->arg[0] : -1;
}

static int do_take_mount(struct box *b, const struct step *s)
{
        const int handed = given_fd(s);
        const int mount = fcntl(handed, F_DUPFD_CLOEXEC, CONTROL_FD + 1 + (int)GIVEN_MAX);
        if (mount == -1)
                return -errno;
        close(handed);
        return fill(b, s->slot[0], mount);
}

static int do_open_device(struct box *b, const struct plan *p, const struct step *s)
{
        const int fd = open(str(p, s, 0), O_PATH | O_CLOEXEC | O_NOFOLLOW);
        if (fd == -1)
                return -errno;
        const int result = fill(b, s->slot[0], fd);
        struct stat st;
        if (fstat(fd, &st) == -1)
                return -errno;
        const bool same = S_ISCHR(st.st_mode) && st.st_rdev == makedev((unsigned)s->arg[0], (unsigned)s->arg[1]);
        return same ? result : -ENODEV;
}

static int do_open_directory(struct box *b, const struct plan *p, const struct step *s)
{
        const int from = s->slot[1] == SLOT_HOST ? AT_FDCWD : b->fd[s->slot[1]]; /* where a joined process's / is */
        return fill(b, s->slot[0], open_below(from, str(p, s, 0), O_PATH | O_DIRECTORY, 0));
}

/* Nothing else leads there when the box runs: the file system that it is on is mounted nowhere any more. */
static int do_report_upper(const struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int upper = open_below(b->fd[s->slot[0]], str(p, s, 0), O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS);
        return upper < 0 ? upper : send_note(b->notes, (struct note){ .kind = NOTE_UPPER }, upper);
}

static int do_set_mount_attributes(const struct box *b, const struct step *s)
{
        return set_attributes(b->fd[s->slot[0]], s->arg[3] != 0 ? AT_RECURSIVE : 0, s->arg[0], s->arg[1], s->arg[2]);
}

/* A mount's descriptor is O_PATH: it can't be labelled, but looked up from. */
static int do_set_label(const struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int root = openat(b->fd[s->slot[0]], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        const char *label = str(p, s, 0);
        return root == -1 ? -errno : done(fsetxattr(root, "security.selinux", label, strlen(label) + 1, 0));
}

static int do_attach_mount(const struct box *b, const struct plan *p, const struct step *s)
{
        const int mount = b->fd[s->slot[0]];
        if (s->slot[1] == SLOT_HOST)
                return done(syscall(SYS_move_mount, mount, "", AT_FDCWD, str(p, s, 0), MOVE_MOUNT_F_EMPTY_PATH));
        const uint64_t resolve = s->arg[0] != 0 ? 0 : RESOLVE_NO_SYMLINKS;
        const uint64_t flags = O_PATH | (s->arg[1] != 0 ? O_NOFOLLOW : 0);
        autoclose int target = open_below(b->fd[s->slot[1]], str(p, s, 0), flags, resolve);
        return target < 0 ? target : attach(mount, target);
}

static int do_enter_directory(const struct box *b, const struct step *s)
{
        return done(fchdir(b->fd[s->slot[0]]));
}

static int do_make_directory_in(const struct box *b, const struct plan *p, const struct step *s)
{
        const int fd = b->fd[s->slot[0]];
        if (mkdirat(fd, str(p, s, 0), 0) == -1)
                return -errno;
        return done(fchmodat(fd, str(p, s, 0), (mode_t)s->arg[0], 0)); /* mkdirat(2) heeds the umask */
}

static int do_make_device(const struct box *b, const struct plan *p, const struct step *s)
{
        const int fd = b->fd[s->slot[0]];
        if (mknodat(fd, str(p, s, 0), S_IFCHR, makedev((unsigned)s->arg[1], (unsigned)s->arg[2])) == -1)
                return -errno;
        return done(fchmodat(fd, str(p, s, 0), (mode_t)s->arg[0], 0));
}

static int do_make_symlink(const struct box *b, const struct plan *p, const struct step *s)
{
        const int error = done(symlinkat(str(p, s, 1), b->fd[s->slot[0]], str(p, s, 0)));
        return error == -EEXIST && s->arg[0] != 0 ? 0 : error;
}

/* Opens the directory that holds the last name of path, making directories on the way; *last is that name. */
static int make_parents(int root, const char *path, const char **last)
{
        char name[PATH_MAX];
        int at = open_below(root, "/", O_PATH | O_DIRECTORY, 0);
        size_t walked = 0;
        for (;;) {
                const char *start = path + walked + strspn(path + walked, "/");
                const size_t length = strcspn(start, "/");
                if (at < 0 || start[length + strspn(start + length, "/")] == 0) {
                        *last = start;
                        return at;
                }
                walked = (size_t)(start - path) + length;
                autoclose int parent = at;
                if (walked >= sizeof name)
                        return -ENAMETOOLONG;
                memcpy(name, path, walked);
                name[walked] = 0;
                at = open_below(root, name, O_PATH | O_DIRECTORY, 0);
                if (at != -ENOENT)
                        continue;
                if (mkdirat(parent, name + (start - path), 0755) == -1)
                        return -errno; /* EEXIST: a link that leads nowhere */
                at = open_below(root, name, O_PATH | O_DIRECTORY, 0);
        }
}

static int do_make_node(const struct box *b, const struct plan *p, const struct step *s)
{
        const char *name;
        autoclose int parent = make_parents(b->fd[s->slot[0]], str(p, s, 0), &name);
        if (parent < 0)
                return parent;
        const mode_t mode = (mode_t)s->arg[0];
        const dev_t number = makedev((unsigned)(s->arg[1] >> 32), (unsigned)s->arg[1]);
        const mode_t before = umask(0);
        const int error = done(mknodat(parent, name, mode, number));
        (void)umask(before);
        if (error == -EEXIST) {
                struct stat st;
                if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
                        return -errno;
                const bool same = (st.st_mode & S_IFMT) == (mode & S_IFMT) && (S_ISFIFO(mode) || st.st_rdev == number);
                return same ? 0 : -EEXIST;
        }
        if (error != 0)
                return error;
        return done(fchownat(parent, name, (uid_t)s->arg[2], (gid_t)s->arg[3], AT_SYMLINK_NOFOLLOW));
}

/* The host's device, checked, over a file: a process in a user namespace can make no device that opens. */
static int do_bind_device(const struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int device = open(str(p, s, 1), O_PATH | O_CLOEXEC | O_NOFOLLOW);
        struct stat st;
        if (device == -1 || fstat(device, &st) == -1)
                return -errno;
        const dev_t number = makedev((unsigned)s->arg[1], (unsigned)s->arg[2]);
        if ((st.st_mode & S_IFMT) != (mode_t)s->arg[0] || st.st_rdev != number)
                return -ENODEV;
        autoclose int mount = clone_tree(device, 0);
        if (mount < 0)
                return mount;
        const char *name;
        autoclose int parent = make_parents(b->fd[s->slot[0]], str(p, s, 0), &name);
        if (parent < 0)
                return parent;
        autoclose int made = openat(parent, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (made == -1 && errno != EEXIST)
                return -errno;
        autoclose int file = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
        return file == -1 ? -errno : attach(mount, file);
}

static int make_mount_point(const struct box *b, const struct step *s, int parent, const char *name)
{
        struct stat st = { .st_mode = S_IFDIR };
        if (s->slot[1] != SLOT_HOST && fstat(b->fd[s->slot[1]], &st) == -1)
                return -errno;
        if (S_ISDIR(st.st_mode))
                return done(mkdirat(parent, name, 0755));
        autoclose int file = openat(parent, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
        return file == -1 ? -errno : 0;
}

/* Where the link `name` in the directory of path leads: path becomes that. */
static int follow(char path[PATH_MAX], const char *last, int parent, const char *name)
{
        char target[PATH_MAX];
        const ssize_t length = readlinkat(parent, name, target, sizeof target - 1);
        if (length == -1)
                return -errno;
        target[length] = 0;
        const size_t kept = target[0] == '/' ? 0 : (size_t)(last - path);
        if (kept + (size_t)length >= PATH_MAX)
                return -ENAMETOOLONG;
        memcpy(path + kept, target, (size_t)length + 1);
        return 0;
}

#define LINKS_MAX 40 /* as the kernel's MAXSYMLINKS */

/* What is missing at the end of links that lead nowhere is made there, below the root as everything. */
static int do_make_mount_point(const struct box *b, const struct plan *p, const struct step *s)
{
        const int root = b->fd[s->slot[0]];
        const uint64_t flags = O_PATH | (s->arg[0] != 0 ? O_NOFOLLOW : 0);
        char path[PATH_MAX];
        if (strlen(str(p, s, 0)) >= sizeof path)
                return -ENAMETOOLONG;
        strcpy(path, str(p, s, 0));
        for (int links = 0; links <= LINKS_MAX; links++) {
                autoclose int there = open_below(root, path, flags, 0);
                if (there != -ENOENT)
                        return there < 0 ? there : 0;
                const char *last = path;
                autoclose int parent = make_parents(root, path, &last);
                if (parent < 0)
                        return parent;
                char name[NAME_MAX + 1];
                const size_t length = strcspn(last, "/");
                if (length > NAME_MAX)
                        return -ENAMETOOLONG;
                memcpy(name, last, length);
                name[length] = 0;
                const int error = make_mount_point(b, s, parent, name);
                if (error != -EEXIST)
                        return error;
                if (follow(path, last, parent, name) != 0)
                        return error;
        }
        return -ELOOP;
}

static int write_all(int fd, const char *text, size_t length)
{
        while (length > 0) {
                const ssize_t written = write(fd, text, length);
                if (written == -1)
                        return -errno;
                text += written;
                length -= (size_t)written;
        }
        return 0;
}

static int do_make_file(const struct box *b, const struct plan *p, const struct step *s)
{
        const int flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
        autoclose int fd = openat(b->fd[s->slot[0]], str(p, s, 0), flags, 0);
        if (fd == -1 || fchmod(fd, (mode_t)s->arg[0]) == -1)
                return -errno;
        const char *text = str(p, s, 1);
        return write_all(fd, text, strlen(text));
}

#define DEPTH_MAX 64 /* of a directory that is copied: one descriptor and 4 KiB of stack each */

static int copy_entries(int from, int to, int depth);

static int copy_owner(int fd, const struct stat *st)
{
        if (fchown(fd, st->st_uid, st->st_gid) == -1 || fchmod(fd, st->st_mode & 07777) == -1)
                return -errno;
        const struct timespec times[] = { st->st_atim, st->st_mtim };
        return done(futimens(fd, times));
}

static int copy_file(int from, int to, const char *name)
{
        autoclose int source = openat(from, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        struct stat st;
        if (source == -1 || fstat(source, &st) == -1)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return -EAGAIN; /* exchanged since it was looked at */
        autoclose int copy = openat(to, name, O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0);
        if (copy == -1)
                return -errno;
        char bytes[4096];
        for (ssize_t length; (length = read(source, bytes, sizeof bytes)) != 0;) {
                const int error = length == -1 ? -errno : write_all(copy, bytes, (size_t)length);
                if (error != 0)
                        return error;
        }
        return copy_owner(copy, &st);
}

static int copy_link(int from, int to, const char *name, const struct stat *st)
{
        char target[PATH_MAX];
        const ssize_t length = readlinkat(from, name, target, sizeof target - 1);
        if (length == -1)
                return -errno;
        target[length] = 0;
        if (symlinkat(target, to, name) == -1)
                return -errno;
        return done(fchownat(to, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW));
}

static int copy_fifo(int to, const char *name, const struct stat *st)
{
        if (mknodat(to, name, S_IFIFO, 0) == -1 || fchownat(to, name, st->st_uid, st->st_gid, 0) == -1)
                return -errno;
        return done(fchmodat(to, name, st->st_mode & 07777, 0));
}

static int copy_directory(int from, int to, const char *name, int depth)
{
        const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
        autoclose int source = openat(from, name, flags);
        struct stat st;
        if (source == -1 || fstat(source, &st) == -1 || mkdirat(to, name, 0700) == -1)
                return -errno;
        autoclose int copy = openat(to, name, flags);
        if (copy == -1)
                return -errno;
        const int error = copy_entries(source, copy, depth - 1);
        return error != 0 ? error : copy_owner(copy, &st);
}

static int copy_entry(int from, int to, const char *name, int depth)
{
        struct stat st;
        if (fstatat(from, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
                return -errno;
        if (S_ISDIR(st.st_mode))
                return copy_directory(from, to, name, depth);
        if (S_ISREG(st.st_mode))
                return copy_file(from, to, name);
        if (S_ISLNK(st.st_mode))
                return copy_link(from, to, name, &st);
        return S_ISFIFO(st.st_mode) ? copy_fifo(to, name, &st) : 0;
}

/* getdents64(2): the C library has no struct for it. */
struct directory_entry {
        uint64_t inode;
        int64_t offset;
        uint16_t length;
        uint8_t type;
        char name[];
};

static int copy_entries(int from, int to, int depth)
{
        if (depth == 0)
                return -ELOOP;
        _Alignas(struct directory_entry) char names[4096];
        for (long length; (length = syscall(SYS_getdents64, from, names, sizeof names)) != 0;) {
                if (length == -1)
                        return -errno;
                for (long at = 0; at < length;) {
                        const struct directory_entry *entry = (const struct directory_entry *)(void *)(names + at);
                        at += entry->length;
                        if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
                                continue;
                        const int error = copy_entry(from, to, entry->name, depth);
                        if (error != 0)
                                return error;
                }
        }
        return 0;
}

static int do_copy_directory(const struct box *b, const struct plan *p, const struct step *s)
{
        const int flags = O_RDONLY | O_DIRECTORY;
        autoclose int from = s->slot[0] == SLOT_HOST ? open(str(p, s, 0), flags | O_CLOEXEC)
                                                     : open_below(b->fd[s->slot[0]], str(p, s, 0), (uint64_t)flags, 0);
        if (from < 0 && s->slot[0] == SLOT_HOST)
                return -errno;
        if (from < 0)
                return from == -ENOENT ? 0 : from; /* the mount point is made later: nothing is in it */
        struct stat st;
        /* a mount's descriptor is O_PATH: it can't be changed, but looked up from */
        autoclose int to = openat(b->fd[s->slot[1]], ".", flags | O_CLOEXEC);
        if (to == -1 || fstat(from, &st) == -1)
                return -errno;
        if (fchown(to, st.st_uid, st.st_gid) == -1 || fchmod(to, st.st_mode & 07777) == -1)
                return -errno;
        return s->arg[0] != 0 ? copy_entries(from, to, DEPTH_MAX) : 0;
}

#define GIVE_DEPTH_MAX 256 /* likewise */

static int give(int at, const char *name, const struct step *s, int depth);

static int give_entries(int directory, const struct step *s, int depth)
{
        if (depth == 0)
                return -ELOOP;
        _Alignas(struct directory_entry) char names[4096];
        for (long length; (length = syscall(SYS_getdents64, directory, names, sizeof names)) != 0;) {
                if (length == -1)
                        return -errno;
                for (long at = 0; at < length;) {
                        const struct directory_entry *entry = (const struct directory_entry *)(void *)(names + at);
                        at += entry->length;
                        if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0)
                                continue;
                        const int error = give(directory, entry->name, s, depth - 1);
                        if (error != 0)
                                return error;
                }
        }
        return 0;
}

/* Another box may be at work in there: what has gone since it was listed needs no owner. */
static int give(int at, const char *name, const struct step *s, int depth)
{
        const uid_t uid = (uid_t)s->arg[0];
        const gid_t gid = (gid_t)s->arg[1];
        struct stat st;
        if (fstatat(at, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
                return errno == ENOENT ? 0 : -errno;
        if ((st.st_uid != uid || st.st_gid != gid) && fchownat(at, name, uid, gid, AT_SYMLINK_NOFOLLOW) == -1 &&
            errno != ENOENT)
                return -errno;
        if (!S_ISDIR(st.st_mode))
                return 0;
        autoclose int directory = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (directory == -1)
                return errno == ENOENT || errno == ENOTDIR || errno == ELOOP ? 0 : -errno;
        return give_entries(directory, s, depth);
}

static int do_give_tree(const struct box *b, const struct step *s)
{
        struct stat st;
        if (fstat(b->fd[s->slot[0]], &st) == -1)
                return -errno;
        if (S_ISDIR(st.st_mode))
                return give(b->fd[s->slot[0]], ".", s, GIVE_DEPTH_MAX);
        return done(fchownat(b->fd[s->slot[0]], "", (uid_t)s->arg[0], (gid_t)s->arg[1], AT_EMPTY_PATH));
}

/* The mode comes last: until then nobody but us can open it. */
static int do_make_secret(const struct box *b, const struct plan *p, const struct step *s)
{
        const int flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC;
        autoclose int fd = openat(b->fd[s->slot[0]], str(p, s, 0), flags, 0);
        int error = fd == -1 ? -errno : write_all(fd, blob(p, s, 1), blob_size(p, s, 1));
        explicit_bzero(blob(p, s, 1), blob_size(p, s, 1));
        if (error == 0)
                error = done(fchown(fd, (uid_t)s->arg[1], (gid_t)s->arg[2]));
        return error != 0 ? error : done(fchmod(fd, (mode_t)s->arg[0]));
}

/* A path that isn't there needs no fence. */
static bool absent(int fd)
{
        return fd == -ENOENT || fd == -ENOTDIR;
}

static int do_mask(const struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int target = open_below(b->fd[s->slot[0]], str(p, s, 0), O_PATH, 0);
        if (target < 0)
                return absent(target) ? 0 : target;
        struct stat st;
        if (fstat(target, &st) == -1)
                return -errno;
        autoclose int mask = clone_tree(b->fd[S_ISDIR(st.st_mode) ? SLOT_EMPTY : SLOT_NULL], 0);
        if (mask < 0)
                return mask;
        const int result = set_attributes(mask, 0, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC, 0, 0);
        return result != 0 ? result : attach(mask, target);
}

static int do_make_read_only(const struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int target = open_below(b->fd[s->slot[0]], str(p, s, 0), O_PATH, 0);
        if (target < 0)
                return absent(target) ? 0 : target;
        autoclose int tree = clone_tree(target, AT_RECURSIVE);
        if (tree < 0)
                return tree;
        const int result = set_attributes(tree, AT_RECURSIVE, MOUNT_ATTR_RDONLY, 0, 0);
        return result != 0 ? result : attach(tree, target);
}

static int do_pivot_root(const struct box *b, const struct step *s)
{
        if (fchdir(b->fd[s->slot[0]]) == -1)
                return -errno;
        return done(syscall(SYS_pivot_root, ".", "."));
}

/* The path is "/" as it was: what lies on it already is below then, and out of reach of "..". */
static int do_move_root(const struct box *b, const struct step *s)
{
        const int root = b->fd[s->slot[0]];
        if (syscall(SYS_move_mount, root, "", AT_FDCWD, "/", MOVE_MOUNT_F_EMPTY_PATH) == -1)
                return -errno;
        if (fchdir(root) == -1)
                return -errno;
        return done(chroot("."));
}

static int do_unmount_top(void)
{
        return done(syscall(SYS_umount2, ".", MNT_DETACH));
}

static int do_unmount(const struct plan *p, const struct step *s)
{
        return done(syscall(SYS_umount2, str(p, s, 0), UMOUNT_NOFOLLOW | (s->arg[0] != 0 ? MNT_DETACH : 0)));
}

static int do_change_directory(const struct plan *p, const struct step *s)
{
        /* not through /proc/self/fd, where our own descriptors are (CVE-2024-21626) */
        const struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC, .resolve = RESOLVE_NO_MAGICLINKS };
        autoclose int fd = (int)syscall(SYS_openat2, AT_FDCWD, str(p, s, 0), &how, sizeof how);
        if (fd == -1 || fchdir(fd) == -1)
                return -errno;
        char cwd[PATH_MAX]; /* a directory outside the root reads "(unreachable)…" */
        if (syscall(SYS_getcwd, cwd, sizeof cwd) == -1)
                return -errno;
        return cwd[0] == '/' ? 0 : -EXDEV;
}

/* ---- names and network ---- */

static int do_set_host_name(const struct plan *p, const struct step *s)
{
        return done(sethostname(str(p, s, 0), strlen(str(p, s, 0))));
}

static int do_set_domain_name(const struct plan *p, const struct step *s)
{
        return done(syscall(SYS_setdomainname, str(p, s, 0), strlen(str(p, s, 0))));
}

static int do_raise_loopback(void)
{
        autoclose int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (fd == -1)
                return -errno;
        struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
        return done(ioctl(fd, SIOCSIFFLAGS, &request));
}

/* How many answers a request gets, or -EINVAL if it isn't made of whole messages. */
static int answers(const uint8_t *request, size_t size)
{
        int count = 0;
        for (size_t at = 0; at < size;) {
                struct nlmsghdr h;
                if (size - at < sizeof h)
                        return -EINVAL;
                memcpy(&h, request + at, sizeof h);
                if (h.nlmsg_len < sizeof h || h.nlmsg_len % NLMSG_ALIGNTO != 0 || h.nlmsg_len > size - at)
                        return -EINVAL;
                count += (h.nlmsg_flags & NLM_F_ACK) != 0;
                at += h.nlmsg_len;
        }
        return count;
}

/* Takes one datagram: how many acknowledgements are in it, or the kernel's -errno. */
static int receive_answers(int fd, uint8_t *answer, size_t room)
{
        const ssize_t length = recv(fd, answer, room, 0);
        if (length == -1)
                return -errno;
        int count = 0;
        for (size_t at = 0; at + sizeof(struct nlmsghdr) + sizeof(int) <= (size_t)length;) {
                struct nlmsghdr h;
                int error;
                memcpy(&h, answer + at, sizeof h);
                memcpy(&error, answer + at + sizeof h, sizeof error); /* struct nlmsgerr begins so */
                if (h.nlmsg_type == NLMSG_ERROR && error != 0)
                        return error;
                count += h.nlmsg_type == NLMSG_ERROR;
                at += NLMSG_ALIGN((size_t)h.nlmsg_len < sizeof h ? sizeof h : h.nlmsg_len);
        }
        return count;
}

static int ask_by(int fd, const void *request, size_t size)
{
        const int expected = answers(request, size);
        if (expected <= 0) /* without an answer nobody knows what came of it */
                return -EINVAL;
        const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
        if (sendto(fd, request, size, 0, (const struct sockaddr *)&kernel, sizeof kernel) == -1)
                return -errno;
        uint8_t answer[1 << 16];
        for (int got = 0; got < expected;) {
                const int count = receive_answers(fd, answer, sizeof answer);
                if (count < 0)
                        return count;
                got += count;
        }
        return 0;
}

static int ask(int protocol, const void *request, size_t size)
{
        autoclose int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
        return fd == -1 ? -errno : ask_by(fd, request, size);
}

/* What is asked to be taken away may have gone by itself. */
static int unless_absent(int error)
{
        return error == -ENOENT || error == -ENODEV || error == -ESRCH || error == -EADDRNOTAVAIL ? 0 : error;
}

/* The box's process id, which isn't known before, takes the place of the word at arg 1, unless that is 0. */
static int do_send_netlink(pid_t box, const struct plan *p, const struct step *s)
{
        uint8_t *request = blob(p, s, 0);
        const uint64_t size = blob_size(p, s, 0), pid_at = s->arg[1];
        if (pid_at != 0 && (box == 0 || size < 4 || pid_at > size - 4))
                return -EINVAL;
        if (pid_at != 0)
                memcpy(request + pid_at, &(int32_t){ box }, sizeof(int32_t));
        const int error = ask((int)s->arg[0], request, size);
        return s->arg[2] != 0 ? unless_absent(error) : error;
}

/*
 * A socket belongs to the network namespace that it was made in: so that of the process is entered for one call, and
 * everything after it, the undo part too, happens at home.
 */
static int do_send_netlink_in(const struct box *b, const struct plan *p, const struct step *s)
{
        autoclose int home = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
        if (home == -1 || setns(b->fd[s->slot[0]], CLONE_NEWNET) == -1)
                return -errno;
        autoclose int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, (int)s->arg[0]);
        const int made = fd == -1 ? -errno : 0;
        if (setns(home, CLONE_NEWNET) == -1)
                _exit(EXIT_FAILED); /* nothing more may be done from there */
        return made != 0 ? made : ask_by(fd, blob(p, s, 0), blob_size(p, s, 0));
}

/* ---- what boxes share ---- */

/* An answer to SIGSTOP at the wrong moment: nobody waits for ever. */
#define LOCK_PATIENCE_MS 10000u

static int lock_directory(const char *path)
{
        autoclose int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd == -1)
                return -errno;
        for (unsigned waited = 0; flock(fd, LOCK_EX | LOCK_NB) == -1; waited++) {
                if (errno != EWOULDBLOCK || waited == LOCK_PATIENCE_MS)
                        return errno == EWOULDBLOCK ? -ETIMEDOUT : -errno;
                nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
        }
        const int locked = fd;
        fd = -1;
        return locked;
}

/* Operands: lock, directory, text, names; request. Files of ours in a directory that is there while somebody has some.
 */
static int do_join_shared(const struct plan *p, const struct step *s)
{
        char **words = list(p, s, 0);
        const uint64_t count = blob_size(p, s, 0);
        if (count < 3)
                return -EINVAL;
        autoclose int lock = lock_directory(words[0]);
        if (lock < 0)
                return lock;
        if (mkdir(words[1], 0755) == -1 && errno != EEXIST)
                return -errno;
        autoclose int directory = open(words[1], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (directory == -1)
                return -errno;
        if (fchmod(directory, 0755) == -1) /* whatever the umask: who resolves names is nobody */
                return -errno;
        uint64_t made = 3;
        int error = 0;
        for (; error == 0 && made < count; made += error == 0)
                error = keep_file_in(directory, words[made], 0644, words[2]);
        if (error == 0 && blob_size(p, s, 1) > 0)
                error = ask((int)s->arg[0], blob(p, s, 1), blob_size(p, s, 1));
        if (error == 0)
                return 0;
        while (made-- > 3)
                (void)unlinkat(directory, words[made], 0); /* ours, and the step counts as not done */
        (void)rmdir(words[1]); /* ENOTEMPTY: somebody else's are left */
        return error;
}

/* Whether a file begins with this word: it says whose it is. Of somebody else's, or none, nothing is to be taken. */
static bool begins_with(int directory, const char *name, const char *word)
{
        char text[256];
        const size_t length = strlen(word);
        autoclose int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        return fd != -1 && length < sizeof text && read(fd, text, length + 1) == (ssize_t)length + 1 &&
               memcmp(text, word, length) == 0 && text[length] == ' ';
}

/* Whether a directory has nothing in it. It is read from its beginning. */
static bool is_empty(int directory)
{
        _Alignas(struct directory_entry) char names[512];
        long length;
        while ((length = syscall(SYS_getdents64, directory, names, sizeof names)) > 0)
                for (long at = 0; at < length;) {
                        const struct directory_entry *entry = (const struct directory_entry *)(void *)(names + at);
                        at += entry->length;
                        if (strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0)
                                return false;
                }
        return length == 0;
}

/* Under the lock: nobody can join in between. */
static int take_away_shared(const struct plan *p, const struct step *s, const char *directory)
{
        if (rmdir(directory) == -1)
                return errno == ENOTEMPTY || errno == EEXIST ? 0 : -errno;
        return blob_size(p, s, 1) == 0 ? 0 : unless_absent(ask((int)s->arg[0], blob(p, s, 1), blob_size(p, s, 1)));
}

/*
 * What takes away what is shared if nobody has joined for a while. Nobody's child, holding nothing of whom it comes
 * from but the directory, whose lock says that it is there.
 */
static noreturn void linger(const struct plan *p, const struct step *s, char **words, int directory)
{
        sigset_t none;
        sigemptyset(&none);
        if (setsid() == -1 || fork() != 0)
                _exit(0);
        (void)prctl(PR_SET_NAME, "carafe-linger", 0, 0, 0);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        if (chdir("/") == -1 || dup2(directory, 0) == -1 || syscall(SYS_close_range, 1u, ~0u, 0u) == -1)
                _exit(EXIT_FAILED);
        const uint64_t ms = s->arg[1];
        struct timespec left = { .tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000 };
        while (nanosleep(&left, &left) == -1 && errno == EINTR)
                ;
        const int lock = lock_directory(words[0]);
        if (lock >= 0)
                (void)take_away_shared(p, s, words[1]);
        _exit(0); /* the directory's lock goes before the other's: 0 is closed first */
}

/*
 * Operands: lock, directory, file, value, owner, names; request. Who takes the last file away writes the value and asks
 * for the rest, too, at once or a while later: what is asked for takes long, and the next may come in a moment.
 */
static int do_leave_shared(const struct plan *p, const struct step *s)
{
        char **words = list(p, s, 0);
        const uint64_t count = blob_size(p, s, 0);
        if (count < 5)
                return -EINVAL;
        autoclose int lock = lock_directory(words[0]);
        if (lock < 0)
                return lock;
        autoclose int directory = open(words[1], O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (directory == -1)
                return errno == ENOENT ? 0 : -errno;
        int error = 0;
        for (uint64_t i = 5; i < count; i++)
                if ((words[4][0] == '\0' || begins_with(directory, words[i], words[4])) &&
                    unlinkat(directory, words[i], 0) == -1 && errno != ENOENT)
                        error = -errno;
        if (error != 0 || !is_empty(directory))
                return error;
        if (words[2][0] != '\0')
                error = write_file(words[2], words[3]);
        if (s->arg[1] != 0 && flock(directory, LOCK_EX | LOCK_NB) == -1)
                return error; /* one lingers already */
        const pid_t between = s->arg[1] == 0 ? -1 : fork();
        if (between == 0)
                linger(p, s, words, directory);
        if (between == -1) {
                const int taken = take_away_shared(p, s, words[1]);
                return taken != 0 ? taken : error;
        }
        while (waitpid(between, NULL, 0) == -1 && errno == EINTR)
                ;
        return error;
}

/*
 * The one request of ours that names a process: who becomes the box isn't known before. With another number, since the
 * box's network may have given away the one that the interface has here.
 */
static int do_move_interface(const struct box *b, const struct plan *p, const struct step *s)
{
        struct {
                struct nlmsghdr header;
                struct ifinfomsg link;
                struct rtattr process_type;
                int32_t process;
                struct rtattr number_type;
                int32_t number;
                struct rtattr name_type;
                char name[IFNAMSIZ];
        } request = {
                .header = { sizeof request, RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK, 0, 0 },
                .link = { .ifi_index = (int)s->arg[0] },
                .process_type = { RTA_LENGTH(sizeof request.process), IFLA_NET_NS_PID },
                .process = b->child,
                .number_type = { RTA_LENGTH(sizeof request.number), IFLA_NEW_IFINDEX },
                .number = (int32_t)s->arg[1],
                .name_type = { RTA_LENGTH(sizeof request.name), IFLA_IFNAME },
        };
        _Static_assert(sizeof request == 68, "what explain says, and nothing between the parts");
        const size_t length = strlen(str(p, s, 0));
        if (length >= sizeof request.name)
                return -ENAMETOOLONG;
        memcpy(request.name, str(p, s, 0), length);
        return ask(NETLINK_ROUTE, &request, sizeof request);
}

/* ---- the process ---- */

static int do_open_console(const struct box *b, const struct step *s)
{
        struct statfs fs;
        if (fstatfs(b->fd[s->slot[0]], &fs) == -1)
                return -errno;
        if (fs.f_type != DEVPTS_SUPER_MAGIC)
                return -ENODEV; /* somebody has put something else there */
        autoclose int master = openat(b->fd[s->slot[0]], "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NOFOLLOW);
        if (master == -1)
                return -errno;
        const int unlock = 0;
        if (ioctl(master, TIOCSPTLCK, &unlock) == -1)
                return -errno;
        autoclose int terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (terminal == -1)
                return -errno;
        const struct winsize size = { .ws_row = (unsigned short)s->arg[0], .ws_col = (unsigned short)s->arg[1] };
        if (size.ws_row != 0 && ioctl(master, TIOCSWINSZ, &size) == -1)
                return -errno;
        if (fchown(terminal, (uid_t)s->arg[2], (gid_t)-1) == -1)
                return -errno;
        for (int fd = 0; fd <= 2; fd++)
                if (dup2(terminal, fd) == -1)
                        return -errno;
        char name[] = "/dev/ptmx", *pieces[] = { name, NULL };
        struct text text;
        if (s->slot[1] != SLOT_HOST)
                return put_text(&text, pieces, 0) == 0 ? send_text(b->fd[s->slot[1]], &text, master) : -EINVAL;
        return send_note(b->notes, (struct note){ .kind = NOTE_CONSOLE, .value = (int)s->arg[3] }, master);
}

static int do_read_input_from(struct box *b, const struct plan *p, const struct step *s)
{
        const int flags = O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC;
        autoclose int fd = s->slot[0] == SLOT_HOST
                                   ? open(str(p, s, 0), flags)
                                   : open_below(b->fd[s->slot[0]], str(p, s, 0), (uint64_t)flags, RESOLVE_NO_SYMLINKS);
        if (fd < 0)
                return s->slot[0] == SLOT_HOST ? -errno : fd;
        struct stat st;
        if (fstat(fd, &st) == -1)
                return -errno;
        if (!S_ISCHR(st.st_mode))
                return -ENODEV;
        b->input = s->slot[0] == SLOT_HOST ? INPUT_HOSTS : INPUT_BOXS;
        return done(dup2(fd, 0));
}

/* Whether what is written to both comes out at one place: the order of what is written must stay. */
static bool same_place(const struct stat *a, const struct stat *b)
{
        if (S_ISCHR(a->st_mode) && S_ISCHR(b->st_mode))
                return a->st_rdev == b->st_rdev;
        return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* The box's own /dev/null in place of the caller's: it is as good, and what is written needn't be read. */
static int take_null(const struct box *b, int fd)
{
        const uint64_t flags = O_RDWR | O_NOCTTY | O_CLOEXEC;
        autoclose int ours = open_below(b->fd[SLOT_DEV], "null", flags, RESOLVE_NO_SYMLINKS);
        return ours < 0 ? ours : done(dup2(ours, fd));
}

/*
 * A directory would lead the box to all of the host's files. A terminal is the caller's keyboard whichever stream it
 * is. A file or device can be opened again through /proc/self/fd, for writing though it was given for reading, and
 * its mode changed: its owner's set-user-id program, or a /dev/null that nobody can use. A pipe takes their place.
 */
static int do_guard_streams(const struct box *b, const struct step *s)
{
        const bool alone = s->arg[0] != 0; /* nobody is there to fill or empty a pipe */
        const dev_t null = makedev(1, 3);
        struct stat output, st;
        if (fstat(1, &output) == -1)
                memset(&output, 0, sizeof output);
        for (int fd = 0; fd <= 2; fd++) {
                if (fstat(fd, &st) == -1)
                        continue; /* closed, and nothing else has taken its place */
                if (S_ISDIR(st.st_mode))
                        return -EISDIR;
                if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
                        continue;
                if (fd == 0 && b->input == INPUT_BOXS)
                        continue;
                if (S_ISCHR(st.st_mode) && st.st_rdev == null && b->fd[SLOT_DEV] != -1) {
                        const int error = take_null(b, fd);
                        if (error != 0)
                                return error;
                        continue;
                }
                if (alone)
                        continue;
                if (fd == 2 && same_place(&st, &output)) {
                        if (dup2(1, 2) == -1)
                                return -errno;
                        continue;
                }
                int ends[2];
                if (pipe2(ends, O_CLOEXEC) == -1)
                        return -errno;
                autoclose int theirs = ends[fd == 0 ? 0 : 1];
                autoclose int ours = ends[fd == 0 ? 1 : 0];
                if (dup2(theirs, fd) == -1)
                        return -errno;
                if (fd == 0 && b->input == INPUT_HOSTS)
                        continue; /* nobody writes to it: it is as empty as that device */
                const int error = send_note(b->notes, (struct note){ .kind = NOTE_STREAM, .value = fd }, ours);
                if (error != 0)
                        return error;
        }
        return 0;
}

static int do_new_session(const struct step *s)
{
        if (setsid() == -1)
                return -errno;
        return s->arg[0] != 0 ? done(ioctl(0, TIOCSCTTY, 0)) : 0;
}

static int do_new_keyring(void)
{
        return done(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL));
}

static int do_set_limit(const struct box *b, const struct step *s)
{
        const struct rlimit limit = { .rlim_cur = s->arg[1], .rlim_max = s->arg[2] };
        return done(prlimit(b->child, (int)s->arg[0], &limit, NULL));
}

static int do_set_personality(const struct step *s)
{
        return done(syscall(SYS_personality, s->arg[0]));
}

static int do_set_scheduler(const struct plan *p, const struct step *s)
{
        struct { /* struct sched_attr up to what Linux 3.14 had of it; libcs disagree about its header */
                uint32_t size, policy;
                uint64_t flags;
                int32_t nice;
                uint32_t priority;
                uint64_t times[3];
        } attr = {
                .size = sizeof attr,
                .policy = (uint32_t)s->arg[0],
                .flags = s->arg[1],
                .nice = (int32_t)s->arg[2],
                .priority = (uint32_t)s->arg[3],
        };
        _Static_assert(sizeof attr == 48, "SCHED_ATTR_SIZE_VER0");
        if (blob_size(p, s, 0) != sizeof attr.times)
                return -EINVAL;
        memcpy(attr.times, blob(p, s, 0), sizeof attr.times);
        return done(syscall(SYS_sched_setattr, 0, &attr, 0));
}

static int do_set_io_priority(const struct step *s)
{
        const int process = 1, class_shift = 13; /* <linux/ioprio.h> came with Linux 5.15 */
        return done(syscall(SYS_ioprio_set, process, 0, s->arg[0] << class_shift | s->arg[1]));
}

static int do_set_memory_policy(const struct plan *p, const struct step *s)
{
        const uint64_t size = blob_size(p, s, 0);
        const void *nodes = size == 0 ? NULL : blob(p, s, 0);
        const uint64_t bits = size == 0 ? 0 : 8 * size + 1; /* the kernel takes one bit less than it is told */
        return done(syscall(SYS_set_mempolicy, s->arg[0], nodes, bits));
}

static int do_set_affinity(const struct plan *p, const struct step *s)
{
        return done(syscall(SYS_sched_setaffinity, 0, blob_size(p, s, 0), blob(p, s, 0)));
}

static int do_set_umask(const struct step *s)
{
        (void)umask((mode_t)s->arg[0]); /* can't fail */
        return 0;
}

/* ---- privileges ---- */

static int do_limit_bounding_set(const struct step *s)
{
        for (unsigned long cap = 0; cap < 64; cap++) {
                if ((s->arg[0] >> cap & 1) != 0 || prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
                        continue;
                return errno == EINVAL ? 0 : -errno; /* EINVAL: the kernel knows no capability from here on */
        }
        return 0;
}

static int do_set_user(const struct box *b, const struct plan *p, const struct step *s)
{
        if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == -1)
                return -errno;
        const size_t groups = (size_t)(blob_size(p, s, 0) / sizeof(gid_t));
        if (s->arg[2] == 0 && setgroups(groups, blob(p, s, 0)) == -1 &&
            (errno != EPERM || groups != 0 || getgroups(0, NULL) != 0))
                return -errno; /* a user namespace may forbid it: who has no groups needs nothing then */
        const gid_t gid = (gid_t)s->arg[1];
        if (setresgid(gid, gid, gid) == -1)
                return -errno;
        const uid_t uid = (uid_t)s->arg[0];
        if (setresuid(uid, uid, uid) == -1)
                return -errno;
        return die_with_executor(b->notes);
}

static int do_set_capabilities(const struct step *s)
{
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
        for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++)
                data[i] = (struct __user_cap_data_struct){
                        .effective = (uint32_t)(s->arg[0] >> (32 * i)),
                        .permitted = (uint32_t)(s->arg[1] >> (32 * i)),
                        .inheritable = (uint32_t)(s->arg[2] >> (32 * i)),
                };
        return done(syscall(SYS_capset, &header, data));
}

static int do_raise_ambient(const struct step *s)
{
        for (unsigned long cap = 0; cap < 64; cap++)
                if ((s->arg[0] >> cap & 1) != 0 && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) == -1)
                        return -errno;
        return 0;
}

static int do_no_new_privileges(void)
{
        return done(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
}

static int do_new_ruleset(struct box *b, const struct step *s)
{
        /* all that ABI 6 knows: an older kernel takes the longer structure as long as what it doesn't know is 0 */
        const struct {
                uint64_t files, network, scopes;
        } attr = { s->arg[0], s->arg[1], s->arg[2] };
        const long fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
        return fill(b, s->slot[0], fd == -1 ? -errno : (int)fd);
}

static int do_allow_beneath(const struct box *b, const struct plan *p, const struct step *s)
{
        /* what the kernel lets a rule say of a file: execute, write, read, truncate, ioctl */
        const uint64_t of_file = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                 LANDLOCK_ACCESS_FS_READ_FILE | 1u << 14 | 1u << 15;
        autoclose int fd = open_below(b->fd[s->slot[1]], str(p, s, 0), O_PATH, 0);
        if (fd < 0)
                return fd;
        struct stat st;
        if (fstat(fd, &st) == -1)
                return -errno;
        const struct landlock_path_beneath_attr rule = {
                .allowed_access = s->arg[0] & (S_ISDIR(st.st_mode) ? ~(uint64_t)0 : of_file),
                .parent_fd = fd,
        };
        return done(syscall(SYS_landlock_add_rule, b->fd[s->slot[0]], LANDLOCK_RULE_PATH_BENEATH, &rule, 0));
}

static int do_restrict_self(const struct box *b, const struct step *s)
{
        return done(syscall(SYS_landlock_restrict_self, b->fd[s->slot[0]], 0));
}

static int load_seccomp(uint64_t flags, void *filter, uint64_t size)
{
        if (size % sizeof(struct sock_filter) != 0 || size / sizeof(struct sock_filter) > BPF_MAXINSNS)
                return -EINVAL; /* cut off by the narrow .len it would be another program */
        const struct sock_fprog program = {
                .len = (unsigned short)(size / sizeof(struct sock_filter)),
                .filter = filter,
        };
        const long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
        return result == -1 ? -errno : (int)result;
}

static int do_load_seccomp(const struct plan *p, const struct step *s)
{
        return load_seccomp(s->arg[0], blob(p, s, 0), blob_size(p, s, 0));
}

enum { LISTENER_AWAITED = -1, LISTENER_COMING = -2, LISTENER_FAILED = -3 };

/* What the box's second thread needs to hand over a listener. */
struct handover {
        int listener; /* or what of it there is */
        int agent; /* or -1: it goes to the executor */
        struct text *state;
        int notes;
        uint32_t step;
        pid_t there; /* the kernel makes it 0 when the thread has ended */
};

static const struct timespec a_moment = { .tv_nsec = 20 * 1000 };

/* Returns when the keeper has it too: none of those who then hold it can end and have a call return. */
static int report_to_executor(const struct handover *h, int listener)
{
        const int error = send_note(h->notes, (struct note){ .kind = NOTE_LISTENER }, listener);
        pid_t self;
        return error != 0 ? error : may_go(h->notes, &self) ? 0 : -ECANCELED;
}

/*
 * Under the filter every call of the box may be one that waits for the agent's answer, and the agent can't answer
 * before it has the listener: so this thread, which the filter is not for, sends it, and tells of its own failure. No
 * call can wake it. It closes the box's listener, or an agent that ends would leave the box waiting for ever.
 */
static int hand_over_listener(void *argument)
{
        struct handover *h = argument;
        const int none = 0; /* struct sched_param, of which musl makes more */
        /* the box waits without leaving the processor: of two in real time on the same one only it would ever run */
        (void)syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &none);
        int listener = LISTENER_COMING;
        __atomic_store_n(&h->listener, listener, __ATOMIC_RELEASE);
        for (; listener == LISTENER_COMING; listener = __atomic_load_n(&h->listener, __ATOMIC_ACQUIRE))
                nanosleep(&a_moment, NULL);
        if (listener == LISTENER_FAILED)
                return 0;
        const int error = h->agent == -1 ? report_to_executor(h, listener) : send_text(h->agent, h->state, listener);
        close(listener);
        if (h->agent != -1)
                close(h->agent);
        if (error == 0)
                return 0;
        (void)send_note(h->notes, (struct note){ .kind = NOTE_FAILED, .step = h->step, .value = -error }, -1);
        _exit(EXIT_FAILED); /* the box too */
}

/* The kernel's answer to a filter with a listener, which by then another thread has handed over. */
static int load_listening(struct handover *h, uint64_t flags, void *filter, uint64_t size)
{
        enum { STACK = 256 << 10 }; /* untouched, it costs nothing */
        char *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
        if (stack == MAP_FAILED)
                return -errno;
        const int shared =
                CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_CHILD_CLEARTID;
        if (clone(hand_over_listener, stack + STACK, shared, h, NULL, NULL, &h->there) == -1)
                return -errno;
        while (__atomic_load_n(&h->listener, __ATOMIC_ACQUIRE) == LISTENER_AWAITED)
                nanosleep(&a_moment, NULL);
        const int listener = load_seccomp(flags | SECCOMP_FILTER_FLAG_NEW_LISTENER, filter, size);
        __atomic_store_n(&h->listener, listener < 0 ? LISTENER_FAILED : listener, __ATOMIC_RELEASE);
        while (__atomic_load_n(&h->there, __ATOMIC_ACQUIRE) != 0)
                ; /* no call: see above */
        return listener < 0 ? listener : 0;
}

static int do_load_notifying_seccomp(struct box *b, const struct plan *p, const struct step *s)
{
        struct text state;
        const int error = put_text(&state, list(p, s, 0), b->self);
        if (error != 0)
                return error;
        struct handover h = {
                .listener = LISTENER_AWAITED,
                .agent = b->fd[s->slot[0]],
                .state = &state,
                .notes = b->notes,
                .step = b->before + (uint32_t)(s - p->steps[PART_INSIDE]),
                .there = 1,
        };
        const int result = load_listening(&h, s->arg[0], blob(p, s, 1), blob_size(p, s, 1));
        b->fd[s->slot[0]] = -1;
        return result;
}

static int do_load_reporting_seccomp(const struct box *b, const struct plan *p, const struct step *s)
{
        struct handover h = {
                .listener = LISTENER_AWAITED,
                .agent = -1,
                .notes = b->notes,
                .step = b->before + (uint32_t)(s - p->steps[PART_INSIDE]),
                .there = 1,
        };
        return load_listening(&h, s->arg[0], blob(p, s, 0), blob_size(p, s, 0));
}

/* ---- the program ---- */

/* No program: the box is this process, and ends with its work. */
static int do_serve_files(struct box *b)
{
        struct files_words words;
        const int error = serve_files(&words);
        if (error == 0)
                _exit(0);
        _Static_assert(sizeof words.text <= sizeof b->kernel, "");
        memcpy(b->kernel, words.text, words.length);
        b->kernel_length = words.length;
        return error;
}

static int do_execute(const struct plan *p, const struct step *s)
{
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int result = -ENOENT;
        for (char **candidate = list(p, s, 0); *candidate != NULL; candidate++) {
                execve(*candidate, list(p, s, 1), list(p, s, 2));
                if (errno == EACCES)
                        result = -EACCES;
                else if (errno != ENOENT && errno != ENOTDIR)
                        return -errno;
        }
        return result;
}

/* That there is something to execute, before anybody relies on it. */
static int do_find_program(const struct plan *p, const struct step *s)
{
        int result = -ENOENT;
        for (char **candidate = list(p, s, 1); *candidate != NULL; candidate++) {
                struct stat st;
                if (stat(*candidate, &st) == -1) {
                        if (errno != ENOENT && errno != ENOTDIR)
                                result = -errno;
                } else if (S_ISDIR(st.st_mode)) {
                        result = -EISDIR;
                } else if (faccessat(AT_FDCWD, *candidate, X_OK, AT_EACCESS) == -1) {
                        result = -errno;
                } else {
                        return 0;
                }
        }
        return result;
}

/* ---- what an OCI container has more ---- */

static int do_meet(struct box *b)
{
        const int error = send_note(b->notes, (struct note){ .kind = NOTE_HERE }, -1);
        if (error == 0 && !may_go(b->notes, &b->self))
                _exit(EXIT_FAILED); /* nobody hears why */
        return error;
}

static int do_await_start(struct box *b, const struct step *s)
{
        const int result = await_start(b->fd[s->slot[0]], b->fd[s->slot[1]], b->notes);
        if (result < 0)
                return result;
        b->notes = result;
        return 0;
}

/* 0 at an end that comes too early, too. */
static int read_whole(int fd, void *bytes, size_t size)
{
        for (size_t done = 0; done < size;) {
                const ssize_t length = read(fd, (char *)bytes + done, size - done);
                if (length == -1 && errno != EINTR)
                        return -errno;
                if (length == 0)
                        return 0;
                done += length == -1 ? 0 : (size_t)length;
        }
        return 1;
}

enum { STREAMS = 3 };

/* What is not three descriptors with the first of its bytes isn't from who made the box. */
static int receive_header(int socket, struct plan_header *header)
{
        union {
                struct cmsghdr header;
                uint8_t space[CMSG_SPACE(STREAMS * sizeof(int))];
        } rights = { 0 };
        struct iovec part = { .iov_base = header, .iov_len = sizeof *header };
        struct msghdr message = {
                .msg_iov = &part, .msg_iovlen = 1, .msg_control = &rights, .msg_controllen = sizeof rights
        };
        ssize_t length;
        do
                length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
        while (length == -1 && errno == EINTR);
        if (length <= 0)
                return length == 0 ? 0 : -errno;
        int streams[STREAMS];
        if (message.msg_controllen == 0 || rights.header.cmsg_len != CMSG_LEN(sizeof streams))
                return -EINVAL;
        memcpy(streams, CMSG_DATA(&rights.header), sizeof streams);
        for (int i = 0; i < STREAMS; i++) {
                if (dup2(streams[i], i) == -1)
                        return -errno;
                close(streams[i]);
        }
        return read_whole(socket, (uint8_t *)header + length, sizeof *header - (size_t)length);
}

/* Its end before it has come: the box was made for nothing, and goes. */
static int await_rest(struct box *b, const struct step *s, struct plan *rest)
{
        struct rusage used;
        (void)getrusage(RUSAGE_SELF, &used); /* can't fail */
        const struct usage usage = { microseconds(used.ru_utime), microseconds(used.ru_stime) };
        struct note note = { .kind = NOTE_WAITS, .length = sizeof usage };
        memcpy(note.kernel, &usage, sizeof usage);
        int error = send_note(b->notes, note, -1);
        if (error != 0)
                return error;
        if (!may_go(b->notes, &b->self)) /* what the box has cost until now is read */
                _exit(EXIT_FAILED); /* nobody hears why */
        struct plan_header header;
        const int socket = given_fd(s);
        int result = receive_header(socket, &header);
        if (result <= 0)
                return result == 0 ? -ECANCELED : result;
        note = (struct note){ .kind = NOTE_BEGINS, .length = sizeof header.timeout_ms };
        memcpy(note.kernel, &header.timeout_ms, sizeof header.timeout_ms);
        error = send_note(b->notes, note, -1);
        if (error != 0)
                return error;
        if (header.size < sizeof header || header.size > PLAN_SIZE_MAX)
                return -EINVAL;
        uint8_t *memory = mmap(NULL, header.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED)
                return -errno;
        memcpy(memory, &header, sizeof header);
        result = read_whole(socket, memory + sizeof header, header.size - sizeof header);
        if (result <= 0)
                return result == 0 ? -ECANCELED : result;
        close(socket);
        return validate_rest(rest, memory, header.size, b, s->arg[1] != 0) ? 0 : -EINVAL;
}

static int do_start(struct box *b, const struct plan *p, const struct step *s)
{
        struct note said = { 0 };
        const int error = start_container(str(p, s, 0), str(p, s, 1), &said);
        if (error == 0 || said.kind != NOTE_FAILED)
                return error;
        b->there = said.step;
        b->kernel_length = said.length > sizeof b->kernel ? 0 : said.length;
        memcpy(b->kernel, said.kernel, b->kernel_length);
        return error;
}

static int do_open_self(struct box *b, const struct step *s)
{
        const int pidfd = (int)syscall(SYS_pidfd_open, getpid(), 0);
        return pidfd == -1 ? -errno : fill(b, s->slot[0], pidfd);
}

/* `lenient`: it may have ended. */
static int do_signal_process(const struct step *s, bool lenient)
{
        const int error = signal_process((pid_t)s->arg[0], s->arg[1], (int)s->arg[2]);
        return error == -ESRCH && lenient ? 0 : error;
}

/* Operands: path, directory, state before and behind the process id; arguments; environment. */
static int run_planned_hook(pid_t self, const struct plan *p, const struct step *s, struct words *said)
{
        char **words = list(p, s, 0);
        if (blob_size(p, s, 0) != 4)
                return -EINVAL;
        const struct hook hook = {
                .path = words[0],
                .directory = words[1],
                .before = words[2],
                .after = words[3],
                .arguments = list(p, s, 1),
                .environment = list(p, s, 2),
                .patience = (int)s->arg[0],
        };
        return run_hook(&hook, s->arg[2] == UINT64_MAX ? self : (pid_t)s->arg[2], said);
}

static int do_run_hook(struct box *b, const struct plan *p, const struct step *s)
{
        struct words said;
        const int error = run_planned_hook(b->child != 0 ? b->child : getpid(), p, s, &said);
        b->kernel_length = error != 0 ? said.length : 0;
        memcpy(b->kernel, said.text, b->kernel_length);
        return error;
}

/* ---- programs of the host ---- */

/* Its output says that it is ready, its errors are for the user; why it can't be executed goes to `failed`. */
static noreturn void become_program(const struct plan *p, const struct step *s, int output, int words, int failed)
{
        static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        char *const environment[] = { path, NULL };
        sigset_t none;
        sigemptyset(&none);
        for (int signal = 1; signal < NSIG; signal++)
                if (signal != SIGKILL && signal != SIGSTOP)
                        (void)sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
        const int null = open("/dev/null", O_RDONLY); /* it may be 0 already, which dup2(2) leaves as it is */
        int error = 0;
        if (null == -1 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == -1 || dup2(null, 0) == -1 ||
            dup2(output, 1) == -1 || dup2(words, 2) == -1 || chdir("/") == -1 ||
            syscall(SYS_close_range, 3u, ~0u, CLOSE_RANGE_CLOEXEC) == -1 || sigprocmask(SIG_SETMASK, &none, NULL) == -1)
                error = errno;
        if (error == 0) {
                execve(str(p, s, 0), list(p, s, 1), environment);
                error = errno;
        }
        (void)!write(failed, &error, sizeof error); /* if not even that can be said, the exit status is left */
        _exit(EXIT_FAILED);
}

/* Above the standard streams, which may be free and are the program's in a moment. */
int open_pipe(int ends[2])
{
        if (pipe2(ends, O_CLOEXEC) == -1)
                return -errno;
        for (int i = 0; i < 2; i++) {
                autoclose int low = ends[i];
                ends[i] = fcntl(low, F_DUPFD_CLOEXEC, 3);
        }
        return ends[0] == -1 || ends[1] == -1 ? -EMFILE : 0;
}

/* Keeps as much of it as there is room for. False when no more will come. */
static bool hear_words(struct box *b, int words)
{
        char rest[256];
        const size_t room = sizeof b->kernel - b->kernel_length;
        const ssize_t length =
                read(words, room > 0 ? b->kernel + b->kernel_length : rest, room > 0 ? room : sizeof rest);
        if (length > 0 && room > 0)
                b->kernel_length += (uint32_t)length;
        return length > 0;
}

/* Until the program has ended (0), has said that it is ready (1), or was given time enough. */
static int await_program(struct box *b, int output, int words, int patience)
{
        struct pollfd ends[] = { { .fd = output, .events = POLLIN }, { .fd = words, .events = POLLIN } };
        while (ends[0].fd != -1 || ends[1].fd != -1) {
                char byte;
                const int result = poll(ends, 2, patience);
                if (result <= 0)
                        return result == 0 ? -ETIMEDOUT : -errno;
                if (ends[1].revents != 0 && !hear_words(b, words))
                        ends[1].fd = -1;
                if (ends[0].revents == 0)
                        continue;
                if (read(output, &byte, 1) > 0)
                        return 1;
                ends[0].fd = -1;
        }
        return 0;
}

/*
 * Runs a program of the host on the box and waits for its end; with arg 1 until it writes something to its standard
 * output, and it goes on as long as the box does. The box's process id takes the place of argument number arg 0.
 */
static int do_run_program(struct box *b, const struct plan *p, const struct step *s)
{
        const bool stays = s->arg[1] != 0;
        char pid[16];
        if (s->arg[0] == 0 || s->arg[0] >= blob_size(p, s, 1) || (stays && b->companion != 0))
                return -EINVAL;
        (void)put_decimal(pid, b->child);
        list(p, s, 1)[s->arg[0]] = pid;
        int output[2], words[2], failed[2];
        int error = open_pipe(output);
        if (error != 0)
                return error;
        autoclose int output_in = output[0];
        autoclose int output_out = output[1];
        error = open_pipe(words);
        if (error != 0)
                return error;
        autoclose int words_in = words[0];
        autoclose int words_out = words[1];
        error = open_pipe(failed);
        if (error != 0)
                return error;
        autoclose int failed_in = failed[0];
        autoclose int failed_out = failed[1];
        if (stays && fcntl(words_out, F_SETFL, O_NONBLOCK) == -1) /* once it is ready, nobody listens any more */
                return -errno;
        const pid_t program = fork();
        if (program == -1)
                return -errno;
        if (program == 0)
                become_program(p, s, stays ? output_out : words_out, words_out, failed_out);
        close(output_out);
        close(words_out);
        close(failed_out);
        output_out = words_out = failed_out = -1;
        int status = 0;
        b->kernel_length = 0;
        if (stays)
                error = adopt(b->keeper, program);
        if (error != 0) {
                release(program);
                return error;
        }
        if (read(failed_in, &error, sizeof error) == sizeof error) { /* end of file: it is executed */
                release(program);
                return -error;
        }
        const int result = await_program(b, output_in, words_in, (int)s->arg[2]);
        if (result == 1) {
                b->companion = program;
                b->kernel_length = 0;
                words_in = output_in = -1; /* they stay open: a program that writes to nobody is killed */
                return 0;
        }
        if (result != 0) {
                release(program);
                return result;
        }
        while (waitpid(program, &status, 0) == -1 && errno == EINTR)
                ;
        if (status != 0 || stays)
                return -ECANCELED; /* its words say why */
        b->kernel_length = 0;
        return 0;
}

/* ---- D-Bus ---- */

/* Its messages stand in the plan as they are sent, but for the box's process id. */
static int do_call_bus(struct box *b, const struct plan *p, const struct step *s)
{
        char *messages = blob(p, s, 1);
        const uint32_t size = (uint32_t)s->arg[0], pid_at = (uint32_t)(s->arg[0] >> 32);
        if (size > blob_size(p, s, 1) || (pid_at != 0 && (size < 4 || pid_at > size - 4)))
                return -EINVAL;
        if (pid_at != 0)
                memcpy(messages + pid_at, &(uint32_t){ (uint32_t)b->child }, sizeof(uint32_t));
        const struct call call = {
                .path = str(p, s, 0),
                .messages = messages,
                .size = size,
                .serial = (uint32_t)s->arg[1],
                .job = (s->arg[1] >> 32 & 1) != 0,
                .absent = (s->arg[1] >> 33 & 1) != 0,
                .patience_ms = s->arg[2],
        };
        b->kernel_length = 0;
        return call_bus(b, &call);
}

/* ---- who stays behind, and who comes to it ---- */

const struct step *monitor_step(const struct plan *p)
{
        for (uint32_t i = 0; i < p->header->steps[PART_OUTSIDE]; i++)
                if (p->steps[PART_OUTSIDE][i].op == OP_MONITOR)
                        return &p->steps[PART_OUTSIDE][i];
        return NULL;
}

/* Operands: socket, log, report, keys and the environment; what is done every so often; what is done afterwards. */
struct monitor_wish monitor_wish(const struct plan *p, const struct step *s)
{
        char **words = list(p, s, 0);
        return (struct monitor_wish){
                .socket = words[0],
                .log = words[1],
                .report = words[2],
                .keys = words[3],
                .environment = words + MONITOR_WORDS,
                .tick = list(p, s, 1),
                .after = list(p, s, 2),
                .log_size = s->arg[0],
                .log_files = (int)s->arg[1],
                .input = s->arg[2] & 0xff,
                .attach = (unsigned)(s->arg[2] >> 32),
                .signals = (s->arg[2] >> 8 & 1) != 0,
                .tick_every_ms = s->arg[3],
        };
}

/* A container of somebody else's plan: of what it says only how the program ended is ours to tell. */
static int do_attach(const struct plan *p, const struct step *s, int control, struct ending *e)
{
        if (strlen(str(p, s, 1)) > KEYS_MAX)
                return -EINVAL;
        autoclose int fd = reach_monitor(str(p, s, 0));
        if (fd < 0)
                return fd;
        const struct message_head join = { MESSAGE_JOIN, (uint32_t)(s->arg[0] & 7) };
        if (send(fd, &join, sizeof join, MSG_NOSIGNAL) == -1)
                return errno == EPIPE ? -ECONNREFUSED : -errno;
        const struct attachment how = {
                .socket = fd, .control = control, .streams = join.value, .keys = str(p, s, 1), .signals = s->arg[1] != 0
        };
        const int error = accompany(&how, e);
        return error == 0 && e->report.outcome != OUTCOME_DONE && e->report.outcome != OUTCOME_ENDED ? -ECHILD : error;
}

static void forget_text(char *text)
{
        explicit_bzero(text, strlen(text));
}

void forget(const struct plan *p)
{
        for (int part = PART_OUTSIDE; part <= PART_INSIDE; part++)
                for (uint32_t i = 0; i < p->header->steps[part]; i++) {
                        const struct step *s = &p->steps[part][i];
                        const char *kinds_of = shapes[s->op].operand;
                        for (int k = 0; s->op != OP_MONITOR && s->op != OP_WATCH_MEMORY && k < 3 && kinds_of[k] != 0;
                             k++) {
                                if (kinds_of[k] == 's')
                                        forget_text((char *)p->base + s->operand[k]);
                                for (char **text = list(p, s, k); kinds_of[k] == 'l' && *text != NULL; text++)
                                        forget_text(*text);
                        }
                }
}

/* ---- undo ---- */

static int do_collect(struct ending *e, const struct plan *p, const struct step *s, uint32_t index)
{
        autoclose int fd = open(str(p, s, 0), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd == -1) /* not every kernel has every figure: that is nothing left behind */
                return errno == ENOENT || errno == EOPNOTSUPP ? 0 : -errno;
        char text[4096];
        const ssize_t length = read(fd, text, sizeof text);
        if (length == -1)
                return -errno;
        if (monitor_step(p) != NULL)
                add_evidence(e, EVIDENCE_PATH + index, str(p, s, 0), (uint32_t)strlen(str(p, s, 0)));
        add_evidence(e, index, text, (uint32_t)length);
        return 0;
}

/* Whether a process is in the group whose processes `list` shows. */
static int is_member(int list, pid_t pid)
{
        char text[4096];
        off_t at = 0;
        long number = 0;
        ssize_t length;
        while ((length = pread(list, text, sizeof text, at)) > 0) {
                at += length;
                for (ssize_t i = 0; i < length; i++) {
                        if (text[i] >= '0' && text[i] <= '9') {
                                number = 10 * number + (text[i] - '0');
                                continue;
                        }
                        if (number == pid)
                                return 1;
                        number = 0;
                }
        }
        return length == -1 ? -errno : 0;
}

/* The number may have become somebody else's since it was read: who is a member after the pidfd is there is meant. */
static void signal_member(int list, pid_t pid, int signal)
{
        autoclose int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
        if (pidfd != -1 && is_member(list, pid) == 1)
                (void)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); /* ESRCH: it has just ended */
}

/* Returns how many there were, or -errno. */
static int signal_members(int list, int signal)
{
        char text[4096];
        off_t at = 0;
        pid_t number = 0;
        int found = 0;
        ssize_t length;
        while ((length = pread(list, text, sizeof text, at)) > 0) {
                at += length;
                for (ssize_t i = 0; i < length; i++) {
                        if (text[i] >= '0' && text[i] <= '9') {
                                number = 10 * number + (text[i] - '0');
                                continue;
                        }
                        if (number > 0)
                                signal_member(list, number, signal);
                        found += number > 0;
                        number = 0;
                }
        }
        return length == -1 ? -errno : found;
}

static int write_in(int directory, const char *file, const char *text)
{
        autoclose int fd = openat(directory, file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
        return fd == -1 ? -errno : done(write(fd, text, strlen(text)));
}

struct entry { /* of getdents64(2) */
        uint64_t inode;
        int64_t next;
        uint16_t length;
        uint8_t type;
        char name[];
};

static bool is_group(const struct entry *e)
{
        return e->type == DT_DIR && strcmp(e->name, ".") != 0 && strcmp(e->name, "..") != 0;
}

#define GROUPS_DEEP 128

/* The members of a group and of all groups below it. Returns how many there were, or -errno. */
static int signal_below(int group, int signal, int depth)
{
        autoclose int list = openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (list == -1)
                return errno == ENOENT || errno == ENODEV ? 0 : -errno; /* it has just gone */
        if (depth == GROUPS_DEEP)
                return -ELOOP;
        int found = signal_members(list, signal);
        if (found == -EOPNOTSUPP)
                found = 0; /* a group of threads (cgroup v2): they are those of a process in the group above */
        _Alignas(struct entry) char entries[1024];
        long length;
        while (found >= 0 && (length = syscall(SYS_getdents64, group, entries, sizeof entries)) != 0) {
                if (length == -1)
                        return errno == ENOENT ? found : -errno;
                for (long at = 0; at < length && found >= 0;) {
                        const struct entry *e = (const struct entry *)(const void *)(entries + at);
                        at += e->length;
                        if (!is_group(e))
                                continue;
                        autoclose int child = openat(group, e->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
                        if (child == -1)
                                continue;
                        const int more = signal_below(child, signal, depth + 1);
                        found = more < 0 ? more : found + more;
                }
        }
        return found;
}

static int do_signal_group(const struct plan *p, const struct step *s)
{
        autoclose int group = open(str(p, s, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (group == -1)
                return -errno;
        const int found = signal_below(group, (int)s->arg[0], 0);
        return found < 0 ? found : 0;
}

/*
 * cgroup v2 does it by itself. In v1 the group is frozen first, or a process that forks fast enough outruns us; a
 * frozen process dies when it is thawed. The box itself is gone by now: nobody enters any more.
 */
static int do_kill_group(const struct plan *p, const struct step *s)
{
        autoclose int group = open(str(p, s, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (group == -1)
                return errno == ENOENT ? 0 : -errno;
        if (s->arg[0] != 0)
                return write_in(group, "cgroup.kill", "1");
        for (uint64_t tries = 2 * s->arg[1];; tries--) {
                if (lseek(group, 0, SEEK_SET) == -1)
                        return -errno;
                int error = write_in(group, "freezer.state", "FROZEN");
                const int found = error == 0 ? signal_below(group, SIGKILL, 0) : error;
                if (error == 0)
                        error = write_in(group, "freezer.state", "THAWED");
                if (error != 0 && access(str(p, s, 0), F_OK) == -1 && errno == ENOENT)
                        return 0; /* somebody has removed it by now: so nobody is in it */
                if (found <= 0 || error != 0)
                        return error != 0 ? error : found;
                if (tries == 0)
                        return -EBUSY;
                nanosleep(&pause_between_tries, NULL);
        }
}

/* Whether a small file has this text in it, or -errno. */
static int has_text(int directory, const char *file, const char *wanted)
{
        char text[256];
        autoclose int fd = openat(directory, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        const ssize_t length = fd == -1 ? -1 : read(fd, text, sizeof text - 1);
        if (length == -1)
                return -errno;
        text[length] = 0;
        return strstr(text, wanted) != NULL;
}

/* A group is frozen when the last of its processes has stopped, which a process in the kernel may put off. */
static int do_freeze_group(const struct plan *p, const struct step *s)
{
        const bool unified = s->arg[0] != 0, frozen = s->arg[1] != 0;
        const char *file = unified ? "cgroup.freeze" : "freezer.state";
        const char *text = unified ? (frozen ? "1" : "0") : (frozen ? "FROZEN" : "THAWED");
        const char *seen = !unified ? text : frozen ? "frozen 1" : "frozen 0";
        autoclose int group = open(str(p, s, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
        if (group == -1)
                return -errno;
        int result = write_in(group, file, text);
        for (uint64_t tries = 2 * s->arg[2]; result == 0; tries--) {
                result = has_text(group, unified ? "cgroup.events" : file, seen);
                if (result == 1)
                        return 0;
                if (result == 0 && tries == 0)
                        result = -ETIMEDOUT;
                if (result == 0)
                        nanosleep(&pause_between_tries, NULL);
                if (result == 0 && !unified)
                        result = write_in(group, file, text); /* v1 freezes who came meanwhile only if told again */
        }
        if (frozen)
                (void)write_in(group, file, unified ? "0" : "THAWED"); /* neither half frozen, whatever failed */
        return result;
}

/* The first group in a group. Returns 1, 0 if there is none, or -errno. */
static int first_group(int group, char name[NAME_MAX + 1])
{
        _Alignas(struct entry) char entries[4096];
        long length;
        if (lseek(group, 0, SEEK_SET) == -1)
                return -errno;
        while ((length = syscall(SYS_getdents64, group, entries, sizeof entries)) > 0)
                for (long at = 0; at < length;) {
                        const struct entry *e = (const struct entry *)(const void *)(entries + at);
                        at += e->length;
                        if (!is_group(e))
                                continue;
                        strncpy(name, e->name, NAME_MAX);
                        name[NAME_MAX] = 0;
                        return 1;
                }
        return length == -1 && errno != ENOENT ? -errno : 0;
}

/* Elsewhere rmdir(2) would take empty directories that are somebody's. */
static bool is_cgroup(int directory)
{
        struct statfs fs;
        return fstatfs(directory, &fs) == 0 && (fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC);
}

/* One step down at a time: whoever was in a group may have nested others as deep as the kernel lets him. */
static int remove_below(int top, uint64_t *tries)
{
        char name[NAME_MAX + 1];
        uint64_t depth = 0;
        autoclose int at = openat(top, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (at == -1)
                return -errno;
        for (;;) {
                const int found = first_group(at, name);
                if (found < 0)
                        return found;
                if (found == 1 && (unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT))
                        continue;
                if (found == 1 && errno != EBUSY)
                        return -errno;
                if (found == 0 && depth == 0)
                        return 0;
                char below[NAME_MAX + 1];
                const int next = openat(at, found == 1 ? name : "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
                if (next == -1)
                        return -errno;
                const int leads_down = found == 0 ? 1 : first_group(next, below);
                if (leads_down == 1) {
                        close(at);
                        at = next;
                        depth = found == 1 ? depth + 1 : depth - 1;
                        continue;
                }
                close(next);
                if (leads_down < 0 || (*tries)-- == 0)
                        return leads_down < 0 ? leads_down : -EBUSY;
                nanosleep(&pause_between_tries, NULL); /* its last process is still on its way out */
        }
}

static int do_remove_group(const struct plan *p, const struct step *s)
{
        for (uint64_t tries = 2 * s->arg[0];; tries--) {
                if (rmdir(str(p, s, 0)) == 0 || errno == ENOENT)
                        return 0;
                if (errno != EBUSY)
                        return -errno;
                if (s->arg[1] != 0)
                        return 0; /* others have groups in it */
                autoclose int group = open(str(p, s, 0), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
                const int error = group == -1 ? 0 : is_cgroup(group) ? remove_below(group, &tries) : -ENODEV;
                if (error != 0 || tries == 0)
                        return error != 0 ? error : -EBUSY;
                nanosleep(&pause_between_tries, NULL);
        }
}

static int do_remove_directory(const struct plan *p, const struct step *s)
{
        for (uint64_t tries = 2 * s->arg[0];; tries--) {
                if (rmdir(str(p, s, 0)) == 0 || errno == ENOENT)
                        return 0;
                if (errno != EBUSY || tries == 0)
                        return -errno;
                nanosleep(&pause_between_tries, NULL);
        }
}

static int do_remove_tree(const struct plan *p, const struct step *s)
{
        return remove_tree(str(p, s, 0), str(p, s, 1));
}

static int do_append_line(const struct plan *p, const struct step *s, int status)
{
        return append_line(str(p, s, 0), list(p, s, 1), status);
}

static int do_remove_file(const struct plan *p, const struct step *s)
{
        return unlink(str(p, s, 0)) == 0 || errno == ENOENT ? 0 : -errno;
}

/* ---- all of them ---- */

static int do_step(struct box *b, const struct plan *p, const struct step *s)
{
        switch ((enum op)s->op) { /* no default: -Wswitch-enum finds the forgotten one */
        case OP_MAKE_DIRECTORY:
                return do_make_directory(p, s);
        case OP_WRITE_FILE:
                return do_write_file(p, s);
        case OP_UNSHARE:
                return do_unshare(s);
        case OP_SET_PROPAGATION:
                return do_set_propagation(s);
        case OP_NEW_FILESYSTEM:
                return do_new_filesystem(b, p, s);
        case OP_CLONE_TREE:
                return do_clone_tree(b, p, s);
        case OP_OPEN_DEVICE:
                return do_open_device(b, p, s);
        case OP_OPEN_DIRECTORY:
                return do_open_directory(b, p, s);
        case OP_REPORT_UPPER:
                return do_report_upper(b, p, s);
        case OP_SET_MOUNT_ATTRIBUTES:
                return do_set_mount_attributes(b, s);
        case OP_ATTACH_MOUNT:
                return do_attach_mount(b, p, s);
        case OP_ENTER_DIRECTORY:
                return do_enter_directory(b, s);
        case OP_MAKE_DIRECTORY_IN:
                return do_make_directory_in(b, p, s);
        case OP_MAKE_DEVICE:
                return do_make_device(b, p, s);
        case OP_MAKE_SYMLINK:
                return do_make_symlink(b, p, s);
        case OP_MAKE_MOUNT_POINT:
                return do_make_mount_point(b, p, s);
        case OP_MASK:
                return do_mask(b, p, s);
        case OP_MAKE_READ_ONLY:
                return do_make_read_only(b, p, s);
        case OP_PIVOT_ROOT:
                return do_pivot_root(b, s);
        case OP_UNMOUNT_TOP:
                return do_unmount_top();
        case OP_CHANGE_DIRECTORY:
                return do_change_directory(p, s);
        case OP_SET_HOST_NAME:
                return do_set_host_name(p, s);
        case OP_SET_DOMAIN_NAME:
                return do_set_domain_name(p, s);
        case OP_RAISE_LOOPBACK:
                return do_raise_loopback();
        case OP_OPEN_CONSOLE:
                return do_open_console(b, s);
        case OP_READ_INPUT_FROM:
                return do_read_input_from(b, p, s);
        case OP_NEW_SESSION:
                return do_new_session(s);
        case OP_NEW_KEYRING:
                return do_new_keyring();
        case OP_SET_LIMIT:
                return do_set_limit(b, s);
        case OP_SET_UMASK:
                return do_set_umask(s);
        case OP_LIMIT_BOUNDING_SET:
                return do_limit_bounding_set(s);
        case OP_SET_USER:
                return do_set_user(b, p, s);
        case OP_SET_CAPABILITIES:
                return do_set_capabilities(s);
        case OP_RAISE_AMBIENT:
                return do_raise_ambient(s);
        case OP_NO_NEW_PRIVILEGES:
                return do_no_new_privileges();
        case OP_LOAD_SECCOMP:
                return do_load_seccomp(p, s);
        case OP_BECOME_INIT:
                return become_init(b->notes, monitor_step(p) != NULL);
        case OP_EXECUTE:
                return do_execute(p, s);
        case OP_GUARD_STREAMS:
                return do_guard_streams(b, s);
        case OP_NEW_ID_MAP:
                return do_new_id_map(b, p, s);
        case OP_MAP_IDS:
                return do_map_ids(b, s);
        case OP_WRITE_ID_MAP:
                return do_write_id_map(b, p, s);
        case OP_BIND_DEVICE:
                return do_bind_device(b, p, s);
        case OP_WRITE_IN:
                return do_write_in(b, p, s);
        case OP_SET_PERSONALITY:
                return do_set_personality(s);
        case OP_SET_SCHEDULER:
                return do_set_scheduler(p, s);
        case OP_SET_IO_PRIORITY:
                return do_set_io_priority(s);
        case OP_NEW_RULESET:
                return do_new_ruleset(b, s);
        case OP_ALLOW_BENEATH:
                return do_allow_beneath(b, p, s);
        case OP_RESTRICT_SELF:
                return do_restrict_self(b, s);
        case OP_MAKE_NODE:
                return do_make_node(b, p, s);
        case OP_JOIN_NAMESPACE:
                return do_join_namespace(b, p, s);
        case OP_MAKE_FILE:
                return do_make_file(b, p, s);
        case OP_COPY_DIRECTORY:
                return do_copy_directory(b, p, s);
        case OP_MOVE_ROOT:
                return do_move_root(b, s);
        case OP_LOCK_DIRECTORY:
                return do_lock_directory(b, p, s);
        case OP_LOAD_DEVICE_PROGRAM:
                return do_load_device_program(p, s);
        case OP_SEND_NETLINK:
                return do_send_netlink(b->child, p, s);
        case OP_JOIN_SHARED:
                return do_join_shared(p, s);
        case OP_LEAVE_SHARED:
                return do_leave_shared(p, s);
        case OP_SEND_NETLINK_IN:
                return do_send_netlink_in(b, p, s);
        case OP_DENY_SETGROUPS:
                return do_deny_setgroups(b);
        case OP_RUN_PROGRAM:
                return do_run_program(b, p, s);
        case OP_OPEN_NAMESPACE:
                return do_open_namespace(b, p, s);
        case OP_SET_AFFINITY:
                return do_set_affinity(p, s);
        case OP_SET_LABEL:
                return do_set_label(b, p, s);
        case OP_KILL_GROUP:
                return do_kill_group(p, s);
        case OP_CONNECT:
                return do_connect(b, p, s);
        case OP_SEND_DESCRIPTOR:
                return do_send_descriptor(b, p, s);
        case OP_LOAD_NOTIFYING_SECCOMP:
                return do_load_notifying_seccomp(b, p, s);
        case OP_LOAD_REPORTING_SECCOMP:
                return do_load_reporting_seccomp(b, p, s);
        case OP_SET_MEMORY_POLICY:
                return do_set_memory_policy(p, s);
        case OP_MOVE_INTERFACE:
                return do_move_interface(b, p, s);
        case OP_MAKE_GROUP:
                return do_make_group(p, s);
        case OP_REMOVE_GROUP:
                return do_remove_group(p, s);
        case OP_FREEZE_GROUP:
                return do_freeze_group(p, s);
        case OP_SIGNAL_GROUP:
                return do_signal_group(p, s);
        case OP_GIVE_GROUP:
                return do_give_group(p, s);
        case OP_CALL_BUS:
                return do_call_bus(b, p, s);
        case OP_REMOVE_DIRECTORY:
                return do_remove_directory(p, s);
        case OP_REMOVE_FILE:
                return do_remove_file(p, s);
        case OP_UNMOUNT:
                return do_unmount(p, s);
        case OP_CLONE_BELOW:
                return do_clone_below(b, p, s);
        case OP_TAKE_MOUNT:
                return do_take_mount(b, s);
        case OP_GIVE_TREE:
                return do_give_tree(b, s);
        case OP_MAKE_SECRET:
                return do_make_secret(b, p, s);
        case OP_KEEP_FILE:
                return keep_file(str(p, s, 0), (mode_t)s->arg[0], str(p, s, 1));
        case OP_KEEP_PROCESS:
                return keep_process(b->child, s->arg[0] != 0, str(p, s, 0), str(p, s, 1));
        case OP_MAKE_FIFO:
                return fill(b, s->slot[0], make_fifo(str(p, s, 0)));
        case OP_MEET:
                return do_meet(b);
        case OP_AWAIT_START:
                return do_await_start(b, s);
        case OP_START:
                return do_start(b, p, s);
        case OP_FIND_PROGRAM:
                return do_find_program(p, s);
        case OP_RUN_HOOK:
                return do_run_hook(b, p, s);
        case OP_DETACH:
                return done(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0));
        case OP_OPEN_PROCESS:
                return fill(b, s->slot[0], open_process((pid_t)s->arg[0], s->arg[1]));
        case OP_SIGNAL_PROCESS:
                return do_signal_process(s, s->arg[3] != 0);
        case OP_AWAIT_PROCESS:
                return await_process((pid_t)s->arg[0], s->arg[1], (int)s->arg[2]);
        case OP_JOIN_PROCESS:
                return done(setns(b->fd[s->slot[0]], (int)s->arg[0]));
        case OP_OPEN_SELF:
                return do_open_self(b, s);
        case OP_PRESERVE_DESCRIPTORS:
                return preserve_descriptors((int)s->arg[0]);
        case OP_CHECK_PRIVILEGES:
                if (blob_size(p, s, 0) != 5 * sizeof(uint64_t))
                        return -EINVAL;
                return check_privileges(b->child, blob(p, s, 0), s->arg[0] != 0, s->arg[1] != 0);
        case OP_OWN_STREAMS:
                return own_streams((uid_t)s->arg[0]);
        case OP_REGISTER_FORMAT:
                return do_register_format(b, p, s);
        case OP_SERVE_FILES:
                return do_serve_files(b);
        case OP_REMOVE_TREE:
                return do_remove_tree(p, s);
        case OP_APPEND_LINE:
                return do_append_line(p, s, 0);
        case OP_AWAIT_REST: /* inside() */
        case OP_MONITOR:
        case OP_ATTACH:
        case OP_CLONE: /* perform() */
        case OP_WATCH_MEMORY: /* make_box() */
        case OP_COLLECT: /* undo() */
        case OP_UNDO_KEPT: /* undo() */
        case OPS:
                break;
        }
        return -EINVAL; /* unreachable: validate() has seen every op */
}

/* What the child does: it becomes the box, or says which step failed. */
static noreturn void inside(const struct plan *p, struct box b)
{
        struct plan rest;
        uint32_t base = 0;
        for (uint32_t i = 0; i < p->header->steps[PART_INSIDE]; i++) {
                const struct step *s = &p->steps[PART_INSIDE][i];
                const int error = s->op == OP_AWAIT_REST ? await_rest(&b, s, &rest) : do_step(&b, p, s);
                if (error == 0 && s->op == OP_AWAIT_START)
                        base = i + 1; /* who starts us doesn't know the plan that we are from */
                if (error == 0 && s->op == OP_AWAIT_REST) {
                        b.before = i + 1;
                        p = &rest;
                        i = UINT32_MAX; /* begins anew */
                }
                if (error == 0)
                        continue;
                struct note note = {
                        .kind = NOTE_FAILED, .step = b.before + i - base, .value = -error, .length = b.kernel_length
                };
                memcpy(note.kernel, b.kernel, b.kernel_length);
                (void)send_note(b.notes, note, -1); /* the exit status is all that is left if nobody hears it */
                (void)syscall(SYS_exit_group, EXIT_FAILED);
                __builtin_trap(); /* the box's filter has that call fail */
        }
        _exit(EXIT_FAILED); /* unreachable: the last step doesn't return */
}

void kill_groups(const struct plan *p, uint32_t outside_done)
{
        for (uint32_t i = 0; i < p->header->steps[PART_UNDO]; i++) {
                const struct step *s = &p->steps[PART_UNDO][i];
                if (s->op == OP_KILL_GROUP && s->arg[3] < outside_done)
                        (void)do_kill_group(p, s); /* undo() does it again, and tells */
        }
}

void collect(const struct plan *p, uint32_t outside_done, uint32_t base, struct ending *e)
{
        for (uint32_t i = 0; i < p->header->steps[PART_UNDO]; i++) {
                const struct step *s = &p->steps[PART_UNDO][i];
                if (s->op == OP_COLLECT && s->arg[3] < outside_done)
                        (void)do_collect(e, p, s, base + i); /* a figure is missing then: nothing is left behind */
        }
}

/* A hook that may fail, and has: its errno, a space, and what it said. */
static void tell_hook(struct ending *e, uint32_t i, int error, const char *said, uint32_t length)
{
        char text[16 + sizeof(struct words)];
        size_t at = put_decimal(text, -error);
        text[at++] = ' ';
        memcpy(text + at, said, length);
        add_evidence(e, i, text, (uint32_t)at + length);
}

/* It doesn't keep the rest from being undone. */
static void undo_hook(const struct plan *p, const struct step *s, uint32_t i, struct ending *e)
{
        struct words said;
        const int error = run_planned_hook(0, p, s, &said);
        if (error != 0)
                tell_hook(e, i, error, said.text, said.length);
}

/* As waitpid(2) has it; of a program that never ran, as if it had been a shell that couldn't. */
static int ended_status(const struct report *r)
{
        const int code = (int)(r->flags >> FAILED_CODE & 0xff);
        return r->outcome == OUTCOME_ENDED ? r->status : (code != 0 ? code : EXIT_FAILED) << 8;
}

/* What was done to a box on its networks since its start is in a plan that was put down then: of our own user. */
static int undo_kept(const char *path)
{
        autoclose int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        struct stat st;
        if (fd == -1)
                return errno == ENOENT ? 0 : -errno;
        if (fstat(fd, &st) == -1)
                return -errno;
        if (!S_ISREG(st.st_mode) || st.st_uid != geteuid() || (st.st_mode & 022) != 0 || st.st_size <= 0 ||
            st.st_size > PLAN_SIZE_MAX)
                return -EPERM;
        const size_t size = (size_t)st.st_size;
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        if (memory == MAP_FAILED)
                return -errno;
        struct plan kept;
        uint32_t at;
        const bool valid = validate(&kept, memory, size, &at);
        int first = valid ? 0 : -EINVAL;
        for (uint32_t i = 0; valid && i < kept.header->steps[PART_UNDO]; i++) {
                const struct step *s = &kept.steps[PART_UNDO][i];
                const int error = s->op == OP_SEND_NETLINK   ? do_send_netlink(0, &kept, s)
                                  : s->op == OP_LEAVE_SHARED ? do_leave_shared(&kept, s)
                                                             : -ENOTSUP;
                first = first != 0 ? first : error;
        }
        munmap(memory, size);
        if (unlink(path) == -1 && first == 0)
                first = -errno;
        return first;
}

static int undo_step(const struct plan *p, const struct step *s, uint32_t i, struct ending *e)
{
        if (s->op == OP_UNDO_KEPT)
                return undo_kept(str(p, s, 0));
        if (s->op == OP_COLLECT)
                return e->collected ? 0 : do_collect(e, p, s, i);
        if (s->op == OP_KILL_GROUP)
                return do_kill_group(p, s);
        if (s->op == OP_REMOVE_FILE)
                return do_remove_file(p, s);
        if (s->op == OP_REMOVE_GROUP)
                return do_remove_group(p, s);
        if (s->op == OP_FREEZE_GROUP)
                return do_freeze_group(p, s);
        if (s->op == OP_UNMOUNT)
                return do_unmount(p, s);
        if (s->op == OP_REMOVE_TREE)
                return do_remove_tree(p, s);
        if (s->op == OP_APPEND_LINE)
                return do_append_line(p, s, ended_status(&e->report));
        if (s->op == OP_CALL_BUS)
                return do_call_bus(&(struct box){ .notes = -1 }, p, s);
        if (s->op == OP_SIGNAL_PROCESS)
                return do_signal_process(s, true);
        if (s->op == OP_SEND_NETLINK)
                return do_send_netlink(0, p, s);
        if (s->op == OP_LEAVE_SHARED)
                return do_leave_shared(p, s);
        if (s->op == OP_AWAIT_PROCESS)
                return await_process((pid_t)s->arg[0], s->arg[1], (int)s->arg[2]);
        if (s->op != OP_RUN_HOOK)
                return do_remove_directory(p, s);
        undo_hook(p, s, i, e);
        return 0;
}

/* Of the state, where others ask whether it runs: whoever finds some of it gone finds the report. */
static bool takes_down(const struct plan *p, const struct step *s, const struct monitor_wish *wish)
{
        const char *slash = strrchr(wish->socket, '/');
        const size_t length = slash != NULL ? (size_t)(slash + 1 - wish->socket) : 0;
        return s->op == OP_REMOVE_FILE && length > 0 && strncmp(str(p, s, 0), wish->socket, length) == 0;
}

/* Every step whose counterpart was done, in order, whatever fails: the first failure is told. */
void undo(const struct plan *p, uint32_t outside_done, struct ending *e)
{
        const struct step *monitored = monitor_step(p);
        const struct monitor_wish wish = monitored != NULL ? monitor_wish(p, monitored) : (struct monitor_wish){ 0 };
        for (uint32_t i = 0; i < p->header->steps[PART_UNDO]; i++) {
                const struct step *s = &p->steps[PART_UNDO][i];
                if (s->arg[3] >= outside_done)
                        continue;
                if (monitored != NULL && !e->written && takes_down(p, s, &wish)) {
                        write_report(&wish, e);
                        e->written = true;
                }
                const int error = undo_step(p, s, i, e);
                if (error != 0 && e->report.undo_error == 0) {
                        e->report.undo_step = i;
                        e->report.undo_error = -error;
                        e->written = false;
                }
        }
}

const struct step *awaits_rest(const struct plan *p)
{
        const uint32_t steps = p->header->steps[PART_INSIDE];
        const struct step *last = steps > 0 ? &p->steps[PART_INSIDE][steps - 1] : NULL;
        return last != NULL && last->op == OP_AWAIT_REST ? last : NULL;
}

/* Whether the box must be told its process id. */
static bool names_itself(const struct plan *p)
{
        for (uint32_t i = 0; i < p->header->steps[PART_INSIDE]; i++)
                if (p->steps[PART_INSIDE][i].op == OP_SEND_DESCRIPTOR ||
                    awaits_rest(p) != NULL || /* whose steps we don't know */
                    p->steps[PART_INSIDE][i].op == OP_LOAD_NOTIFYING_SECCOMP)
                        return true;
        return false;
}

static void empty_slots(struct box *b)
{
        for (int i = 0; i < SLOTS; i++) {
                if (b->fd[i] >= 0)
                        close(b->fd[i]);
                b->fd[i] = -1;
        }
}

/* Whether it is the program that couldn't be executed. */
static bool failed_program(const struct plan *p, enum part part, uint32_t step, uint32_t there)
{
        if (step >= p->header->steps[part])
                return false; /* a box that got hold of its init's channel sends what it likes */
        const struct step *s = &p->steps[part][step];
        if (s->op != OP_START)
                return s->op == OP_EXECUTE || s->op == OP_FIND_PROGRAM;
        uint32_t words = 0;
        for (char **word = list(p, s, 2); *word != NULL; word++)
                words++;
        return there + 1 == words; /* the last is the program */
}

/* As a shell has it. */
static unsigned exit_code(bool of_program, int error)
{
        if (!of_program || error == E2BIG || error == ENOMEM) /* not the program's fault */
                return EXIT_FAILED;
        return error == ENOENT || error == ENOTDIR ? 127 : 126;
}

void tell_failure(const struct plan *p, struct ending *e, enum part part, uint32_t step, int error, uint32_t there)
{
        e->report.outcome = OUTCOME_FAILED;
        e->report.part = part;
        e->report.step = step;
        e->report.error = error;
        e->report.status = (int32_t)there;
        e->report.flags |= exit_code(failed_program(p, part, step, there), error) << FAILED_CODE;
}

/* Without a box: nobody to supervise. */
static void act(const struct plan *p, struct box *b, int control, struct ending *e)
{
        uint32_t done = 0;
        int error = 0;
        for (; error == 0 && done < p->header->steps[PART_OUTSIDE]; done += error == 0) {
                const struct step *s = &p->steps[PART_OUTSIDE][done];
                error = s->op == OP_ATTACH ? do_attach(p, s, control, e) : do_step(b, p, s);
                if (error == 0 && e->report.outcome == OUTCOME_ENDED)
                        return; /* of a container, of which there is more to tell than of us */
                if (error != 0 && s->op == OP_RUN_HOOK && s->arg[1] != 0) {
                        tell_hook(e, done, error, b->kernel, b->kernel_length);
                        b->kernel_length = 0;
                        error = 0;
                }
        }
        if (error == 0) {
                e->report.outcome = OUTCOME_DONE;
                return;
        }
        tell_failure(p, e, PART_OUTSIDE, done, -error, b->there);
        if (b->kernel_length > 0)
                add_evidence(e, EVIDENCE_KERNEL, b->kernel, b->kernel_length);
        undo(p, done + (b->there != UINT32_MAX), e); /* a start that the box took up has begun */
}

/* The box has them by now, or never will. */
static void wipe_secrets(const struct plan *p)
{
        for (uint32_t i = 0; i < p->header->steps[PART_INSIDE]; i++)
                if (p->steps[PART_INSIDE][i].op == OP_MAKE_SECRET)
                        explicit_bzero(blob(p, &p->steps[PART_INSIDE][i], 1),
                                       blob_size(p, &p->steps[PART_INSIDE][i], 1));
}

static bool waits_for_start(const struct plan *p)
{
        for (uint32_t i = 0; i < p->header->steps[PART_INSIDE]; i++)
                if (p->steps[PART_INSIDE][i].op == OP_AWAIT_START)
                        return true;
        return false;
}

/* Whether the box gets a terminal whose other end comes to us. */
static bool opens_console(const struct plan *p)
{
        for (uint32_t i = 0; i < p->header->steps[PART_INSIDE]; i++)
                if (p->steps[PART_INSIDE][i].op == OP_OPEN_CONSOLE)
                        return true;
        return false;
}

/* The box, as the executor has it: it alone knows a way back. */
static int clone_box(struct box *b, struct supervisor *v, const struct plan *p, const struct step *s, bool wait)
{
        int error = v->monitor != NULL ? lend_streams(v->monitor) : 0;
        if (error == 0)
                error = start_box(b, v, p, s, wait);
        if (error != 1 && v->monitor != NULL)
                take_back_streams(v->monitor);
        return error;
}

static bool becomes_init(const struct plan *p)
{
        for (uint32_t i = 0; i < p->header->steps[PART_INSIDE]; i++)
                if (p->steps[PART_INSIDE][i].op == OP_BECOME_INIT)
                        return true;
        return false;
}

/* All is done until the program runs; without a Start it has yet to be executed, which an init doesn't tell. */
static int begin_watch(struct supervisor *v, const struct plan *p, bool waits, struct ending *e)
{
        if (!waits && !becomes_init(p) && !hand_over(v, e))
                return -ECHILD; /* it has said why */
        v->progress->runs = true;
        forget(p);
        (void)umask(077);
        if (chdir("/") == -1)
                return -errno;
        announce(v->monitor);
        return 0;
}

static noreturn void end_watch(struct supervisor *v, struct ending *e)
{
        struct monitor *m = v->monitor;
        const bool ran = v->progress != MAP_FAILED && v->progress->runs;
        if (!e->written)
                write_report(&m->wish, e);
        if (v->progress != MAP_FAILED)
                v->progress->told = true;
        tell_ending(m, e);
        if (v->keeper > 0)
                dismiss_keeper(v);
        if (ran)
                run_after(&m->wish);
        _exit(0);
}

static void make_box(const struct plan *p, struct monitor *m, int control, struct title title, struct ending *e);

/* The plan's own memory in the place of its file's, of which nobody could take anything back. */
static int own_plan(const struct plan *p)
{
        const size_t size = p->header->size;
        void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (copy == MAP_FAILED)
                return -errno;
        memcpy(copy, p->base, size);
        return mremap(copy, size, size, MREMAP_MAYMOVE | MREMAP_FIXED, p->base) == MAP_FAILED ? -errno : 0;
}

/* Who starts the container is its first client. */
static void make_monitored(const struct plan *p, const struct step *s, int control, struct title title,
                           struct ending *e)
{
        static struct monitor monitor; /* most of it is never touched */
        const struct monitor_wish wish = monitor_wish(p, s);
        int socket;
        int error = begin_monitor(&monitor, &wish, p->header->preserved, title, &socket);
        if (error == 1) {
                if (own_plan(p) == 0)
                        make_box(p, &monitor, -1, title, e);
                _exit(EXIT_FAILED); /* unreachable: it ends with its box */
        }
        const struct attachment how = {
                .socket = socket,
                .control = control,
                .streams = wish.attach,
                .keys = wish.keys,
                .signals = wish.signals,
                .detached = wish.attach == 0,
        };
        if (error == 0)
                error = accompany(&how, e);
        if (error == 0)
                return;
        tell_failure(p, e, PART_OUTSIDE, (uint32_t)(s - p->steps[PART_OUTSIDE]), -error, UINT32_MAX);
        if (error == -EOWNERDEAD)
                e->report.flags |= ENDED_UNWATCHED;
}

void perform(void *memory, size_t size, int control, struct title title, struct ending *e)
{
        memset(&e->report, 0, sizeof e->report);
        e->report.undo_step = UINT32_MAX;
        struct plan plan;
        if (!validate(&plan, memory, size, &e->report.step)) {
                e->report.outcome = OUTCOME_REFUSED;
                return;
        }
        const struct step *monitored = monitor_step(&plan);
        if (monitored != NULL)
                make_monitored(&plan, monitored, control, title, e);
        else
                make_box(&plan, NULL, control, title, e);
}

static void make_box(const struct plan *p, struct monitor *m, int control, struct title title, struct ending *e)
{
        const struct plan plan = *p;
        struct box b = { .notes = -1, .keeper = -1, .lock = -1, .there = UINT32_MAX };
        for (int i = 0; i < SLOTS; i++)
                b.fd[i] = -1;
        for (int i = 0; i < NAMESPACES; i++)
                b.home[i] = -1;
        if (plan.header->steps[PART_INSIDE] == 0) {
                act(&plan, &b, control, e);
                return;
        }
        struct supervisor v;
        int error = begin_supervision(&v, &plan, m, control);
        if (m != NULL)
                m->supervisor = &v;
        if (error != 0)
                tell_failure(&plan, e, PART_OUTSIDE, 0, -error, UINT32_MAX);
        b.keeper = v.keeper_socket;
        v.told = awaits_rest(&plan) != NULL ? control : -1;
        const bool waits = waits_for_start(&plan);
        const bool told = names_itself(&plan);
        for (uint32_t i = 0; error == 0 && i < plan.header->steps[PART_OUTSIDE]; i++) {
                const struct step *s = &plan.steps[PART_OUTSIDE][i];
                const bool last = i + 1 == plan.header->steps[PART_OUTSIDE];
                v.progress->outside_begun = i + 1;
                error = s->op == OP_CLONE     ? clone_box(&b, &v, &plan, s, !last || told)
                        : s->op == OP_MEET    ? meet(&v, e)
                        : s->op == OP_MONITOR ? open_monitor(m, opens_console(&plan))
                        : s->op == OP_WATCH_MEMORY
                                ? watch_memory(m, str(&plan, s, 0), str(&plan, s, 1), list(&plan, s, 2))
                                : do_step(&b, &plan, s);
                if (error == 0 && s->op == OP_CLONE) {
                        b.child = v.child;
                        error = go_home(&b);
                        wipe_secrets(&plan);
                        empty_slots(&b); /* held open here as well, a mount would outlive the box */
                        for (int fd = PLAN_FD; fd < PLAN_FD + plan.header->preserved; fd++)
                                close(fd); /* the box's alone from here on */
                        if (awaits_rest(&plan) != NULL)
                                close(given_fd(awaits_rest(&plan))); /* likewise */
                }
                v.companion = b.companion;
                if (error == 0 && last && (s->op != OP_CLONE || told) && !waits)
                        error = let_go(&v);
                if (error == 1) {
                        if (title.size > 0)
                                strncpy(title.text, NAME_INIT, title.size - 1); /* and zeros behind it */
                        for (char **variable = environ; *variable != NULL; variable++)
                                memset(*variable, 0, strlen(*variable));
                        if (b.lock != -1)
                                close(b.lock);
                        inside(&plan, b);
                }
                if (error == 0) {
                        v.progress->outside_done = i + 1;
                } else if (e->report.outcome == 0) { /* else the box has said why */
                        tell_failure(&plan, e, PART_OUTSIDE, i, -error, b.there);
                        if (b.kernel_length > 0)
                                add_evidence(e, EVIDENCE_KERNEL, b.kernel, b.kernel_length);
                }
        }
        if (error == 0 && (plan.header->flags & PLAN_DETACHED) != 0 && (waits || hand_over(&v, e))) {
                dismiss_keeper(&v);
                e->report.outcome = OUTCOME_DONE;
                return;
        }
        if (error == 0 && b.lock != -1)
                close(b.lock); /* it is made: others may do something to it */
        if (error == 0 && m != NULL)
                error = begin_watch(&v, &plan, waits, e);
        end_supervision(&v, &plan, e, error == 0);
        if (m != NULL)
                end_watch(&v, e);
}
