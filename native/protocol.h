/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the front and the JVM say to each other; engine/daemon/Protocol.java has the same. Little-endian, this machine
 * only.
 *
 * A frame is u32 length (of what follows), u8 type, payload. A string is u32 length and that many bytes, any bytes but
 * NUL. A front sends one request. The JVM says HELLO at once, before it reads, then any number of OUT, ERR, READ, ASK
 * and PERFORM, then one of PLAN and EXIT, and closes. It remembers nothing: a front that has printed nothing, read
 * nothing and performed nothing may ask another JVM the same again.
 */
#ifndef CARAFE_PROTOCOL_H
#define CARAFE_PROTOCOL_H

#include <stdint.h>

enum request {
        /*
         * What a command line means.
         *   u32 umask, u32 uid, u32 gid (effective), u32 descriptors that it inherited from 3 on, without a gap,
         * terminal string name, string working directory (empty if it has none), string control group (of version 2, as
         * /proc/self/cgroup has it after "0::"; empty if it isn't known, and for root, whose own doesn't matter), u32
         * n, n arguments, u32 n, n environment strings, u8 whether standard input was read, u32
         * length, what was read
         */
        REQUEST_COMMAND = 1,
        /*
         * What to say about how a plan ended, and the exit code.
         *   terminal, string name, string working directory, u32 n, n arguments (both as the command had them), u32
         * length, struct report and evidence, u32 length, the plan
         */
        REQUEST_ENDED,
};

/* terminal: u8 bits, u16 rows, u16 columns (both 0 if there is no terminal) */
#define TERMINAL_INPUT  1u
#define TERMINAL_OUTPUT 2u
#define TERMINAL_ERROR  4u

enum reply {
        REPLY_OUT = 1, /* bytes for standard output */
        REPLY_ERR, /* bytes for standard error */
        REPLY_PLAN, /* a plan, wire.h */
        REPLY_EXIT, /* u32 exit code */
        REPLY_HELLO, /* nothing; somebody is at home */
        REPLY_INPUT, /* nothing; the last one, as EXIT: to be asked again with all of standard input */
        REPLY_READ, /* u32 n: wants u32 length, and that many of the next n bytes of standard input, 0 at its end */
        REPLY_ASK, /* a prompt: wants u32 length, and a line of standard input, read without an echo */
        REPLY_PERFORM, /* a plan, as PLAN's: wants u32 length, struct report and evidence */
};

#define READ_MAX  (256u << 10) /* of READ */
#define LINE_SIZE 4096u /* of ASK, both ways */

/* Docker's exit codes for what isn't the program's own doing. */
#define EXIT_CARAFE         125
#define EXIT_NOT_EXECUTABLE 126
#define EXIT_NOT_FOUND      127
#define EXIT_SIGNAL         128 /* + n */

#endif
