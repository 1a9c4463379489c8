/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a box is told to do with the files in its root, on its standard input, and what it answers on its standard
 * output: engine/layer/FileStream.java and FileAnswers.java have the other side. Little-endian, this machine only.
 *
 * A request is this header, the path and a NUL, the target and a NUL, the attributes, the data, and zeros up to a
 * multiple of 8. A path is relative to the root, "" being the root itself; links in it are followed inside the root,
 * as a program in the image would, but never at its end (nor anywhere after a FILE_RESPECT, for a directory that others
 * may write to). What is missing on the way to something new is made.
 * An attribute is a struct file_attribute, the name and a NUL, and the value; nothing is aligned there.
 */
#ifndef CARAFE_FILES_H
#define CARAFE_FILES_H

#include <stdint.h>

#define FILE_PATH_MAX    4095u /* without the NUL */
#define FILE_REQUEST_MAX (512u << 10)
#define FILE_DATA_MAX    (256u << 10) /* of one answer */

enum file_kind {
        FILE_MAKE_DIRECTORY = 1, /* or gives one that is there owner, mode and attributes; number as below */
        FILE_MAKE_FILE, /* number is its size; if the data isn't all of it, FILE_WRITEs and a FILE_CLOSE follow */
        FILE_WRITE, /* data at the offset `number` of the file that was made last */
        FILE_CLOSE, /* gives it what a FILE_MAKE_FILE with all the data has done already */
        FILE_MAKE_SYMLINK, /* to target */
        FILE_MAKE_LINK, /* a further name of the file target */
        FILE_MAKE_NODE, /* mode has the type; number is major << 32 | minor */
        FILE_HIDE, /* overlayfs's whiteout: nothing of this name is seen of the layers below; number as below */
        FILE_MAKE_OPAQUE, /* nothing in this directory is; number: 1 for user.overlay.opaque, 3 for trusted. as well */
        FILE_SET_TIMES, /* and attributes, of a directory, if there is one: last, when nothing is made in it any more */
        FILE_REMOVE, /* with all that is in it; of the root, only that */
        FILE_LOOK, /* one answer: what is there; not where a link at its end leads */
        FILE_LIST, /* an answer for each file in a directory, in no order, and a last one without a name */
        FILE_READ, /* answers with the data of a regular file, and a last one without */
        FILE_SYNC, /* all that was written is on the disk when this has been done */
        FILE_END, /* what follows is nothing; without it the stream was cut */
        FILE_RESPECT, /* from now on: no link is followed, a directory takes no other thing's place and none takes its
                       */
        FILE_CROSS, /* from now on: what is mounted in the root is part of it, but for what the kernel makes up */
        FILE_KINDS
};

struct file_request {
        uint32_t size; /* of all of it, padding included */
        uint16_t kind;
        uint16_t path, target; /* their lengths */
        uint16_t zero;
        uint32_t attributes, data; /* likewise */
        uint32_t mode, uid, gid;
        uint32_t nanoseconds;
        uint32_t reserved;
        int64_t seconds; /* with nanoseconds: when it was modified */
        uint64_t number;
};

struct file_attribute {
        uint16_t name; /* lengths */
        uint16_t zero;
        uint32_t value;
};

/*
 * What comes back, in the order of the requests that ask for something: this, the name and a NUL, the target of a
 * symbolic link and a NUL, the attributes, the data, and zeros up to a multiple of 8.
 */
struct file_answer {
        uint32_t size;
        uint16_t name, target;
        uint32_t attributes, data;
        int32_t error; /* errno(3): the request has failed, and this is its last answer; nothing else is in it */
        uint32_t mode, uid, gid; /* mode with the type */
        uint32_t nanoseconds, links;
        int64_t seconds;
        uint64_t length, inode, filesystem;
        uint64_t device; /* that it is, if it is one: major << 32 | minor */
};

_Static_assert(sizeof(struct file_answer) == 80, "engine/layer/FileAnswer.java");
_Static_assert(sizeof(struct file_request) == 56, "engine/layer/FileStream.java");
_Static_assert(sizeof(struct file_attribute) == 8, "engine/layer/FileStream.java");

/* Why serve_files() has failed: the path it was at. */
struct files_words {
        char text[256];
        uint32_t length;
};

/* Performs what comes on descriptor 0 below the process's own root. Returns 0 at a FILE_END, or -errno. */
int serve_files(struct files_words *words);

#endif
