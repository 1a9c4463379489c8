/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Performs a stream of file operations below the process's own root: how a layer is unpacked. Who sends it has read a
 * stranger's tar file, so nothing in it is believed but its frame, and that only as far as valid() has looked. What it
 * can reach is what the box's root holds: files.h says what a path means.
 *
 * Reading order: next_request() and valid(), the do_ functions, one per FILE_, serve_files() at the end.
 */
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BUFFER_SIZE        (1u << 20)
#define WRITTEN_BACK_EARLY (64u << 10) /* bytes */

_Static_assert(BUFFER_SIZE >= 2 * FILE_REQUEST_MAX, "a request is in it as a whole");

struct files {
        int root;
        int file; /* that is being written to, or -1 */
        int parent; /* the directory that was last worked in, or -1 */
        bool respects; /* what is there is somebody's, who may change it meanwhile */
        bool crosses; /* into what is mounted */
        bool inherits; /* its set-group-id bit gives what is made in it another group */
        char parent_path[FILE_PATH_MAX + 1];
        uint8_t *buffer;
        size_t start, end; /* of what has been read and not performed */
        uint8_t *answers;
        size_t answered; /* bytes that nobody has got yet */
};

/* A request in the buffer. */
struct request {
        struct file_request head;
        const char *path, *target, *name; /* name: the path's last part */
        const uint8_t *attributes, *data;
};

static int done(long result)
{
        return result == -1 ? -errno : 0;
}

/* ---- the stream ---- */

static bool valid_attributes(const uint8_t *at, uint32_t left)
{
        while (left > 0) {
                struct file_attribute head;
                if (left < sizeof head)
                        return false;
                memcpy(&head, at, sizeof head);
                const uint64_t size = sizeof head + (uint64_t)head.name + 1 + head.value;
                const uint8_t *name = at + sizeof head;
                if (head.name == 0 || head.zero != 0 || size > left ||
                    memchr(name, 0, head.name + 1u) != name + head.name)
                        return false;
                at += size;
                left -= (uint32_t)size;
        }
        return true;
}

static bool valid_string(const uint8_t *at, uint16_t length)
{
        return length <= FILE_PATH_MAX && memchr(at, 0, length + 1u) == at + length;
}

/* Fills the rest of a request, all of which is in the buffer. */
static bool valid(struct request *r, const uint8_t *at)
{
        const struct file_request *h = &r->head;
        const uint64_t size = sizeof *h + h->path + 1u + h->target + 1u + (uint64_t)h->attributes + h->data;
        if (h->kind == 0 || h->kind >= FILE_KINDS || h->zero != 0 || size > h->size || h->size - size >= 8 ||
            h->nanoseconds >= 1000000000u)
                return false;
        const uint8_t *path = at + sizeof *h;
        const uint8_t *target = path + h->path + 1;
        if (!valid_string(path, h->path) || !valid_string(target, h->target))
                return false;
        r->path = (const char *)path;
        r->target = (const char *)target;
        const char *slash = strrchr(r->path, '/');
        r->name = slash != NULL ? slash + 1 : r->path;
        r->attributes = target + h->target + 1;
        r->data = r->attributes + h->attributes;
        return strcmp(r->name, ".") != 0 && strcmp(r->name, "..") != 0 && (h->path == 0 || r->name[0] != 0) &&
               valid_attributes(r->attributes, h->attributes);
}

/* Hands out the answers. Before it waits for requests, since somebody may wait for the answers. */
static int flush(struct files *f)
{
        for (size_t at = 0; at < f->answered;) {
                const ssize_t length = write(1, f->answers + at, f->answered - at);
                if (length == -1 && errno != EINTR)
                        return -errno;
                at += length > 0 ? (size_t)length : 0;
        }
        f->answered = 0;
        return 0;
}

/* Reads until so many bytes are in the buffer. */
static int fill(struct files *f, size_t wanted)
{
        if (f->end - f->start < wanted) {
                const int error = flush(f);
                if (error != 0)
                        return error;
        }
        if (f->start + wanted > BUFFER_SIZE) {
                memmove(f->buffer, f->buffer + f->start, f->end - f->start);
                f->end -= f->start;
                f->start = 0;
        }
        while (f->end - f->start < wanted) {
                const ssize_t length = read(0, f->buffer + f->end, BUFFER_SIZE - f->end);
                if (length == 0)
                        return -EPIPE;
                if (length == -1 && errno != EINTR)
                        return -errno;
                if (length > 0)
                        f->end += (size_t)length;
        }
        return 0;
}

static int next_request(struct files *f, struct request *r)
{
        int error = fill(f, sizeof r->head);
        if (error != 0)
                return error;
        memcpy(&r->head, f->buffer + f->start, sizeof r->head);
        if (r->head.size < sizeof r->head || r->head.size > FILE_REQUEST_MAX || r->head.size % 8 != 0)
                return -EBADMSG;
        error = fill(f, r->head.size);
        if (error == 0 && !valid(r, f->buffer + f->start))
                error = -EBADMSG;
        f->start += r->head.size;
        return error;
}

/* ---- where ---- */

/* Whether its files are none, but what the kernel says or is told: they have no end, and act when they are read. */
static bool is_made_up(int fd)
{
        static const uint32_t kinds[] = {
                PROC_SUPER_MAGIC, SYSFS_MAGIC,   CGROUP_SUPER_MAGIC,       CGROUP2_SUPER_MAGIC, DEVPTS_SUPER_MAGIC,
                DEBUGFS_MAGIC,    TRACEFS_MAGIC, SECURITYFS_MAGIC,         BPF_FS_MAGIC,        BINFMTFS_MAGIC,
                EFIVARFS_MAGIC,   SELINUX_MAGIC, 0x19800202u /* mqueue */,
        };
        struct statfs st;
        if (fstatfs(fd, &st) == -1)
                return true; /* nobody knows */
        for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
                if ((uint32_t)st.f_type == kinds[i])
                        return true;
        return false;
}

/* A directory below the root, whatever links on the way say; one at its end counts if links say so. Nothing is mounted
   in a layer, and there is no procfs to jump out by; a container has one, and links of its that lead nowhere else. */
static int open_directory(const struct files *f, const char *path, uint64_t flags)
{
        const struct open_how how = {
                .flags = O_DIRECTORY | O_CLOEXEC | flags,
                .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (f->crosses ? 0 : RESOLVE_NO_XDEV) |
                           (f->respects ? RESOLVE_NO_SYMLINKS : 0),
        };
        const long fd = syscall(SYS_openat2, f->root, path[0] != 0 ? path : ".", &how, sizeof how);
        if (fd == -1)
                return -errno;
        if (!f->crosses || !is_made_up((int)fd))
                return (int)fd;
        close((int)fd);
        return -EXDEV;
}

/* The same, and what is missing of it is made. path is written to, and left as it was. */
static int make_directories(const struct files *f, char *path)
{
        int fd = open_directory(f, "", O_PATH);
        for (char *from = path, *slash; fd >= 0; from = slash + 1) {
                slash = strchrnul(from, '/');
                const char kept = *slash;
                *slash = 0;
                int next = open_directory(f, path, O_PATH);
                if (next == -ENOENT) /* EEXIST: a link that leads nowhere; it is said when it is opened again */
                        next = mkdirat(fd, from, 0755) == 0 || errno == EEXIST ? open_directory(f, path, O_PATH)
                                                                               : -errno;
                close(fd);
                fd = next;
                *slash = kept;
                if (kept == 0)
                        break;
        }
        return fd;
}

static void forget_parent(struct files *f)
{
        if (f->parent >= 0)
                close(f->parent);
        f->parent = -1;
}

/* The directory that a request's path lies in: most often the last one's. */
static int find_parent(struct files *f, const struct request *r, bool make)
{
        const size_t length = r->name == r->path ? 0 : (size_t)(r->name - r->path) - 1;
        if (f->parent >= 0 && strncmp(f->parent_path, r->path, length) == 0 && f->parent_path[length] == 0)
                return 0;
        forget_parent(f);
        memcpy(f->parent_path, r->path, length);
        f->parent_path[length] = 0;
        int fd = open_directory(f, f->parent_path, O_PATH);
        if (fd == -ENOENT && make)
                fd = make_directories(f, f->parent_path);
        struct stat st;
        if (fd < 0 || fstat(fd, &st) == -1)
                return fd < 0 ? fd : -errno;
        f->parent = fd;
        f->inherits = (st.st_mode & S_ISGID) != 0;
        return 0;
}

/* ---- making room ---- */

struct entry { /* of getdents64(2): the C library has no struct for it */
        uint64_t inode;
        int64_t offset;
        uint16_t length;
        uint8_t type;
        char name[];
};

/* Removes one thing in fd: 0 for all but a directory that isn't empty, which it returns open. */
static int remove_one(int fd, const char *name)
{
        if (unlinkat(fd, name, 0) == 0 || (errno == EISDIR && unlinkat(fd, name, AT_REMOVEDIR) == 0))
                return 0;
        if (errno != ENOTEMPTY && errno != EEXIST)
                return -errno;
        const int below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return below == -1 ? -errno : below;
}

/* Removes what is in a directory until there is one that isn't empty, which it returns open; 0 when nothing is left. */
static int empty_directory(int fd)
{
        union {
                char bytes[8192];
                struct entry aligned;
        } names;
        if (lseek(fd, 0, SEEK_SET) == -1)
                return -errno;
        long length;
        while ((length = syscall(SYS_getdents64, fd, &names, sizeof names)) > 0) {
                for (long at = 0; at < length;) {
                        const struct entry *e = (const struct entry *)(const void *)(names.bytes + at);
                        at += e->length;
                        if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
                                continue;
                        const int result = remove_one(fd, e->name);
                        if (result != 0)
                                return result;
                }
        }
        return done(length);
}

/* Takes the directory over. With two descriptors, however deep it is: a tar file decides that. */
static int empty_tree(int fd)
{
        int depth = 0;
        while (fd > 0) {
                int next = empty_directory(fd);
                if (next == 0 && depth == 0) {
                        close(fd);
                        return 0;
                }
                depth += next > 0 ? 1 : -1;
                if (next == 0)
                        next = openat(fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
                if (next == -1)
                        next = -errno;
                close(fd);
                fd = next;
        }
        return fd;
}

static int remove_tree(int parent, const char *name)
{
        const int below = remove_one(parent, name);
        const int error = below > 0 ? empty_tree(below) : below;
        return below > 0 && error == 0 ? done(unlinkat(parent, name, AT_REMOVEDIR)) : error;
}

/* Something of the name is there: an entry of a tar file that comes later counts. */
static int make_way(const struct files *f, const struct request *r)
{
        return f->respects ? done(unlinkat(f->parent, r->name, 0)) : remove_tree(f->parent, r->name);
}

/* ---- what belongs to a file ---- */

static int set_attributes(const struct request *r, int fd, const char *name)
{
        const uint8_t *at = r->attributes;
        while (at < r->data) {
                struct file_attribute head;
                memcpy(&head, at, sizeof head);
                const char *key = (const char *)at + sizeof head;
                const uint8_t *value = at + sizeof head + head.name + 1;
                if ((fd >= 0 ? fsetxattr(fd, key, value, head.value, 0) : lsetxattr(name, key, value, head.value, 0)) ==
                    -1)
                        return -errno;
                at = value + head.value;
        }
        return 0;
}

static int set_times(const struct request *r, int fd, const char *name)
{
        const struct timespec modified = { .tv_sec = r->head.seconds, .tv_nsec = (long)r->head.nanoseconds };
        const struct timespec times[2] = { modified, modified };
        return done(utimensat(fd, name, times, name != NULL ? AT_SYMLINK_NOFOLLOW : 0));
}

/* Whether what was just made belongs to somebody else. */
static bool is_anothers(const struct files *f, const struct request *r)
{
        return r->head.uid != 0 || r->head.gid != 0 || f->inherits;
}

/* In this order: an owner takes set-user-id and file capabilities away, attributes may be needed to change the times.
 */
static int finish(const struct files *f, const struct request *r, int fd, bool fresh)
{
        const bool owned = !fresh || is_anothers(f, r);
        if (owned && fchown(fd, r->head.uid, r->head.gid) == -1)
                return -errno;
        if ((!fresh || owned || (r->head.mode & 06000) != 0) && fchmod(fd, r->head.mode & 07777) == -1)
                return -errno;
        const int error = set_attributes(r, fd, NULL);
        return error != 0 ? error : set_times(r, fd, NULL);
}

/* The same of what can't be opened. */
static int finish_named(const struct files *f, const struct request *r, bool link)
{
        if (is_anothers(f, r) && fchownat(f->parent, r->name, r->head.uid, r->head.gid, AT_SYMLINK_NOFOLLOW) == -1)
                return -errno;
        if (!link && (r->head.mode & 07000) != 0 && fchmodat(f->parent, r->name, r->head.mode & 07777, 0) == -1)
                return -errno;
        int error = 0;
        if (r->head.attributes > 0) { /* setxattr(2) has no form with a directory */
                error = done(fchdir(f->parent));
                if (error == 0)
                        error = set_attributes(r, -1, r->name);
        }
        return error != 0 ? error : set_times(r, f->parent, r->name);
}

/* ---- operations ---- */

static int set_opaque(int fd, uint64_t how)
{
        if ((how & 2) != 0 && fsetxattr(fd, "trusted.overlay.opaque", "y", 1, 0) == -1)
                return -errno;
        return done(fsetxattr(fd, "user.overlay.opaque", "y", 1, 0));
}

static int open_made(const struct files *f, const struct request *r)
{
        if (r->head.path == 0)
                return open_directory(f, "", O_RDONLY);
        const int fd = openat(f->parent, r->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        return fd == -1 ? -errno : fd;
}

/* In place of something else. If that was a whiteout, it shows nothing of the layers below. */
static int replace_by_directory(const struct files *f, const struct request *r)
{
        struct stat st;
        if (fstatat(f->parent, r->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
                return -errno;
        int error = make_way(f, r);
        if (error == 0)
                error = done(mkdirat(f->parent, r->name, r->head.mode & 01777));
        const int fd = error == 0 ? open_made(f, r) : error;
        if (fd < 0 || !S_ISCHR(st.st_mode) || st.st_rdev != 0)
                return fd;
        error = set_opaque(fd, r->head.number);
        if (error == 0)
                return fd;
        close(fd);
        return error;
}

/* A host's directory may hand its own rules down to what is made in it: not to a layer. */
static int forget_rules(void)
{
        const bool gone = lremovexattr("/", "system.posix_acl_default") == 0;
        return gone || errno == ENODATA || errno == EOPNOTSUPP ? 0 : -errno;
}

static int do_make_directory(struct files *f, const struct request *r)
{
        const bool root = r->head.path == 0;
        int error = !root ? find_parent(f, r, true) : f->respects ? 0 : forget_rules();
        if (error != 0)
                return error;
        const bool fresh = !root && mkdirat(f->parent, r->name, r->head.mode & 01777) == 0;
        if (!fresh && !root && errno != EEXIST)
                return -errno;
        if (fresh && !is_anothers(f, r) && (r->head.mode & 06000) == 0 && r->head.attributes == 0)
                return 0; /* the times come last, when all is in it */
        int fd = open_made(f, r);
        if ((fd == -ENOTDIR || fd == -ELOOP) && !f->respects)
                fd = replace_by_directory(f, r);
        if (fd < 0)
                return fd;
        error = finish(f, r, fd, fresh);
        close(fd);
        if (root) /* its mode says how what is made in it is owned */
                forget_parent(f);
        return error;
}

static int write_all(int fd, const uint8_t *data, uint32_t length, uint64_t offset)
{
        for (uint32_t at = 0; at < length;) {
                const ssize_t written = pwrite(fd, data + at, length - at, (off_t)(offset + at));
                if (written == -1 && errno != EINTR)
                        return -errno;
                at += written > 0 ? (uint32_t)written : 0;
        }
        return 0;
}

/* The disk can begin with it while the next files are made; FILE_SYNC then has less to wait for. It is no promise. */
static void begin_writing_back(int fd, uint64_t size)
{
        if (size >= WRITTEN_BACK_EARLY)
                sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static int do_make_file(struct files *f, const struct request *r)
{
        enum { HOW = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC };
        int error = find_parent(f, r, true);
        if (error != 0)
                return error;
        int fd = openat(f->parent, r->name, HOW, r->head.mode & 07777);
        if (fd == -1 && errno == EEXIST) {
                error = make_way(f, r);
                fd = error == 0 ? openat(f->parent, r->name, HOW, r->head.mode & 07777) : -1;
        }
        if (fd == -1)
                return error != 0 ? error : -errno;
        const bool whole = r->head.number == r->head.data;
        if (!whole) /* one with holes has them at its end, too */
                error = done(ftruncate(fd, (off_t)r->head.number));
        if (error == 0)
                error = write_all(fd, r->data, r->head.data, 0);
        if (error == 0 && !whole) {
                f->file = fd;
                return 0;
        }
        if (error == 0)
                error = finish(f, r, fd, true);
        begin_writing_back(fd, r->head.number);
        close(fd);
        return error;
}

static int do_write(const struct files *f, const struct request *r)
{
        return f->file == -1 ? -EBADMSG : write_all(f->file, r->data, r->head.data, r->head.number);
}

static int do_close(struct files *f, const struct request *r)
{
        if (f->file == -1)
                return -EBADMSG;
        const int error = finish(f, r, f->file, true);
        begin_writing_back(f->file, WRITTEN_BACK_EARLY);
        close(f->file);
        f->file = -1;
        return error;
}

static int make_symlink(const struct files *f, const struct request *r)
{
        return done(symlinkat(r->target, f->parent, r->name));
}

static int make_node(const struct files *f, const struct request *r)
{
        const dev_t device = makedev((unsigned)(r->head.number >> 32), (unsigned)r->head.number);
        return done(mknodat(f->parent, r->name, (mode_t)r->head.mode, device));
}

static int make_link(const struct files *f, const struct request *r)
{
        char directory[FILE_PATH_MAX + 1];
        const char *slash = strrchr(r->target, '/');
        const size_t length = slash != NULL ? (size_t)(slash - r->target) : 0;
        memcpy(directory, r->target, length);
        directory[length] = 0;
        const int from = open_directory(f, directory, O_PATH);
        if (from < 0)
                return from;
        const int error = done(linkat(from, slash != NULL ? slash + 1 : r->target, f->parent, r->name, 0));
        close(from);
        return error;
}

static int make(struct files *f, const struct request *r, int (*how)(const struct files *, const struct request *))
{
        int error = find_parent(f, r, true);
        if (error == 0)
                error = how(f, r);
        if (error != -EEXIST)
                return error;
        error = make_way(f, r);
        return error != 0 ? error : how(f, r);
}

/* What this layer has of the name stays: it hides only what lies below. */
static int do_hide(struct files *f, const struct request *r)
{
        int error = find_parent(f, r, true);
        if (error == 0)
                error = done(mknodat(f->parent, r->name, S_IFCHR, 0));
        if (error != -EEXIST)
                return error;
        const int fd = open_made(f, r);
        if (fd == -ENOTDIR || fd == -ELOOP)
                return 0;
        error = fd < 0 ? fd : set_opaque(fd, r->head.number);
        if (fd >= 0)
                close(fd);
        return error;
}

static int do_make_opaque(struct files *f, const struct request *r)
{
        char path[FILE_PATH_MAX + 1];
        memcpy(path, r->path, r->head.path + 1u);
        const int made = r->head.path == 0 ? 0 : make_directories(f, path);
        if (made < 0)
                return made;
        if (r->head.path != 0)
                close(made);
        const int fd = open_directory(f, path, O_RDONLY);
        const int error = fd < 0 ? fd : set_opaque(fd, r->head.number);
        if (fd >= 0)
                close(fd);
        return error;
}

static int do_set_times(struct files *f, const struct request *r)
{
        int error = r->head.path == 0 ? 0 : find_parent(f, r, false);
        const int fd = error == 0 ? open_made(f, r) : error;
        if (fd == -ENOENT || fd == -ENOTDIR || fd == -ELOOP)
                return 0; /* something else has taken its place since */
        if (fd < 0)
                return fd;
        error = set_attributes(r, fd, NULL);
        if (error == 0)
                error = set_times(r, fd, NULL);
        close(fd);
        return error;
}

static int do_remove(struct files *f, const struct request *r)
{
        if (r->head.path == 0) {
                const int root = open_directory(f, "", O_RDONLY);
                forget_parent(f);
                return root < 0 ? root : empty_tree(root);
        }
        const int error = find_parent(f, r, false);
        return error != 0 ? error : remove_tree(f->parent, r->name);
}

/* ---- answers ---- */

/* Room for so many bytes of answer at the end of the buffer. */
static int make_room(struct files *f, size_t size)
{
        return f->answered + size > BUFFER_SIZE ? flush(f) : 0;
}

/* Its parts stand behind the header already. */
static void end_answer(struct files *f, struct file_answer *head)
{
        uint8_t *at = f->answers + f->answered;
        const size_t size = sizeof *head + head->name + 1u + head->target + 1u + head->attributes + head->data;
        head->size = (uint32_t)((size + 7) & ~(size_t)7);
        memset(at + size, 0, head->size - size);
        memcpy(at, head, sizeof *head);
        f->answered += head->size;
}

/* One without name and data: the last of a request. */
static int answer_end(struct files *f, int error)
{
        struct file_answer head = { .error = -error };
        const int failed = make_room(f, sizeof head + 8);
        if (failed != 0)
                return failed;
        memset(f->answers + f->answered + sizeof head, 0, 2);
        end_answer(f, &head);
        return 0;
}

#define ATTRIBUTES_MAX (192u << 10) /* the kernel lists 64 KiB of names; no file system keeps more than one value */

/* The attributes of a name in the working directory. Returns their size, or -errno. */
static long put_attributes(const char *name, uint8_t *at)
{
        char names[4096];
        const ssize_t listed = llistxattr(name, names, sizeof names);
        if (listed == -1)
                return errno == EOPNOTSUPP ? 0 : -errno;
        size_t size = 0;
        for (ssize_t next = 0; next < listed; next += (ssize_t)strlen(names + next) + 1) {
                struct file_attribute head = { .name = (uint16_t)strlen(names + next) };
                if (size + sizeof head + head.name + 1 > ATTRIBUTES_MAX)
                        return -E2BIG;
                uint8_t *value = at + size + sizeof head + head.name + 1;
                const size_t room = ATTRIBUTES_MAX - size - sizeof head - head.name - 1u;
                const ssize_t length = room > 0 ? lgetxattr(name, names + next, value, room) : 0;
                if (length == -1 && (errno == ENODATA || errno == EOPNOTSUPP))
                        continue;
                if (length == -1)
                        return -errno;
                head.value = (uint32_t)length;
                memcpy(at + size, &head, sizeof head);
                memcpy(at + size + sizeof head, names + next, head.name + 1u);
                size += sizeof head + head.name + 1 + (size_t)length;
        }
        return (long)size;
}

/* What is called `name` in the working directory. */
static int answer_file(struct files *f, const char *name, const char *shown)
{
        const size_t length = strlen(shown);
        const int failed = make_room(f, sizeof(struct file_answer) + 2 * (FILE_PATH_MAX + 1) + ATTRIBUTES_MAX + 8);
        struct stat st;
        if (failed != 0 || lstat(name, &st) == -1)
                return failed != 0 ? failed : -errno;
        struct file_answer head = {
                .name = (uint16_t)length,
                .mode = st.st_mode,
                .uid = st.st_uid,
                .gid = st.st_gid,
                .seconds = st.st_mtim.tv_sec,
                .nanoseconds = (uint32_t)st.st_mtim.tv_nsec,
                .links = (uint32_t)st.st_nlink,
                .length = (uint64_t)st.st_size,
                .inode = st.st_ino,
                .filesystem = st.st_dev,
                .device = (uint64_t)major(st.st_rdev) << 32 | minor(st.st_rdev),
        };
        uint8_t *at = f->answers + f->answered + sizeof head;
        memcpy(at, shown, length + 1);
        at += length + 1;
        if (S_ISLNK(st.st_mode)) {
                const ssize_t target = readlinkat(AT_FDCWD, name, (char *)at, FILE_PATH_MAX + 1);
                if (target == -1 || target > (ssize_t)FILE_PATH_MAX)
                        return target == -1 ? -errno : -ENAMETOOLONG;
                head.target = (uint16_t)target;
        }
        at += head.target;
        *at++ = 0;
        const long attributes = put_attributes(name, at);
        if (attributes < 0)
                return (int)attributes;
        head.attributes = (uint32_t)attributes;
        end_answer(f, &head);
        return 0;
}

static int do_look(struct files *f, const struct request *r)
{
        int error = r->head.path == 0 ? done(fchdir(f->root)) : find_parent(f, r, false);
        if (error == 0 && r->head.path != 0)
                error = done(fchdir(f->parent));
        if (error == 0)
                error = answer_file(f, r->head.path == 0 ? "." : r->name, r->name);
        return error != 0 ? answer_end(f, error) : 0;
}

static int list(struct files *f, int fd)
{
        union {
                char bytes[32768];
                struct entry aligned;
        } names;
        long length;
        while ((length = syscall(SYS_getdents64, fd, &names, sizeof names)) > 0) {
                for (long at = 0; at < length;) {
                        const struct entry *e = (const struct entry *)(const void *)(names.bytes + at);
                        at += e->length;
                        if (strcmp(e->name, ".") == 0 || strcmp(e->name, "..") == 0)
                                continue;
                        const int error = answer_file(f, e->name, e->name);
                        if (error != 0 &&
                            error != -ENOENT) /* it has gone since; or a whiteout, which overlayfs lists */
                                return error;
                }
        }
        return done(length);
}

static int do_list(struct files *f, const struct request *r)
{
        const int fd = open_directory(f, r->path, O_RDONLY);
        const bool made_up = fd == -EXDEV && f->crosses; /* a mount point, as it is for who packs it */
        int error = made_up ? 0 : fd < 0 ? fd : done(fchdir(fd));
        if (error == 0 && !made_up)
                error = list(f, fd);
        if (fd >= 0)
                close(fd);
        return answer_end(f, error);
}

static int send_data(struct files *f, int fd)
{
        for (;;) {
                struct file_answer head = { 0 };
                const int error = make_room(f, sizeof head + 2 + FILE_DATA_MAX + 8);
                if (error != 0)
                        return error;
                uint8_t *at = f->answers + f->answered + sizeof head;
                memset(at, 0, 2);
                const ssize_t length = read(fd, at + 2, FILE_DATA_MAX);
                if (length == 0 || (length == -1 && errno != EINTR))
                        return done(length);
                head.data = length > 0 ? (uint32_t)length : 0;
                if (length > 0)
                        end_answer(f, &head);
        }
}

static int do_read(struct files *f, const struct request *r)
{
        struct stat st;
        int error = find_parent(f, r, false);
        int fd = -1;
        if (error == 0 && fstatat(f->parent, r->name, &st, AT_SYMLINK_NOFOLLOW) == -1)
                error = -errno;
        if (error == 0 && !S_ISREG(st.st_mode)) /* to open a device or FIFO does something */
                error = -EINVAL;
        if (error == 0) {
                fd = openat(f->parent, r->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
                error = fd == -1 ? -errno : done(fstat(fd, &st));
                if (error == 0 && (!S_ISREG(st.st_mode) || (f->crosses && is_made_up(fd))))
                        error = -EINVAL; /* exchanged meanwhile, or mounted there */
                if (error == 0)
                        error = send_data(f, fd);
        }
        if (fd != -1)
                close(fd);
        return answer_end(f, error);
}

static int perform_request(struct files *f, const struct request *r)
{
        if (f->file != -1 && r->head.kind != FILE_WRITE && r->head.kind != FILE_CLOSE)
                return -EBADMSG;
        switch ((enum file_kind)r->head.kind) {
        case FILE_MAKE_DIRECTORY:
                return do_make_directory(f, r);
        case FILE_MAKE_FILE:
                return do_make_file(f, r);
        case FILE_WRITE:
                return do_write(f, r);
        case FILE_CLOSE:
                return do_close(f, r);
        case FILE_MAKE_SYMLINK: {
                const int error = make(f, r, make_symlink);
                return error != 0 ? error : finish_named(f, r, true);
        }
        case FILE_MAKE_LINK:
                return make(f, r, make_link);
        case FILE_MAKE_NODE: {
                const int error = make(f, r, make_node);
                return error != 0 ? error : finish_named(f, r, false);
        }
        case FILE_HIDE:
                return do_hide(f, r);
        case FILE_MAKE_OPAQUE:
                return do_make_opaque(f, r);
        case FILE_SET_TIMES:
                return do_set_times(f, r);
        case FILE_REMOVE:
                return do_remove(f, r);
        case FILE_LOOK:
                return do_look(f, r);
        case FILE_LIST:
                return do_list(f, r);
        case FILE_READ:
                return do_read(f, r);
        case FILE_SYNC:
                return done(syncfs(f->root));
        case FILE_RESPECT:
                f->respects = true;
                forget_parent(f);
                return 0;
        case FILE_CROSS:
                f->crosses = true;
                forget_parent(f);
                return 0;
        case FILE_END:
        case FILE_KINDS:
                break;
        }
        return 0;
}

/* The end of a path that is too long says more than its beginning. */
static void add_words(struct files_words *words, const char *text, size_t room)
{
        const size_t length = strlen(text), kept = length < room ? length : room;
        memcpy(words->text + words->length, text + length - kept, kept);
        words->length += (uint32_t)kept;
}

static void tell(struct files_words *words, const struct request *r)
{
        static const char arrow[] = " -> ";
        const bool both = r->head.target > 0;
        const size_t room = both ? (sizeof words->text - sizeof arrow) / 2 : sizeof words->text;
        add_words(words, r->path, room);
        if (!both)
                return;
        add_words(words, arrow, sizeof arrow);
        add_words(words, r->target, room);
}

int serve_files(struct files_words *words)
{
        static uint8_t buffer[BUFFER_SIZE] __attribute__((aligned(8)));
        static uint8_t answers[BUFFER_SIZE] __attribute__((aligned(8)));
        struct files f = { .root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), .file = -1, .parent = -1 };
        f.buffer = buffer;
        f.answers = answers;
        words->length = 0;
        if (f.root == -1)
                return -errno;
        for (;;) {
                struct request r;
                int error = next_request(&f, &r);
                if (error != 0)
                        return error;
                if (r.head.kind == FILE_END)
                        return f.file == -1 ? flush(&f) : -EBADMSG;
                error = perform_request(&f, &r);
                if (error != 0) {
                        tell(words, &r);
                        return error;
                }
        }
}
