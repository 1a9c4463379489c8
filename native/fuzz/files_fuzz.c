/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds the reader of file requests with anything. Of a request that it accepts, every part is then read to its end, as
 * the do_ functions would: ASan reports a byte outside. Nothing is performed. run builds it with libFuzzer.
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

static ssize_t next_bytes(int fd, void *buffer, size_t room);
#define read next_bytes
#include "../files.c"
#undef read

#include <stdlib.h>

static const uint8_t *input;
static size_t input_left;

/* In pieces, so that a request is cut anywhere. */
static ssize_t next_bytes(int fd, void *buffer, size_t room)
{
        (void)fd;
        size_t length = input_left < room ? input_left : room;
        if (length > 1 + input_left % 97)
                length = 1 + input_left % 97;
        if (length > input_left)
                length = input_left;
        memcpy(buffer, input, length);
        input += length;
        input_left -= length;
        return (ssize_t)length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
        if (!holds)
                abort();
}

static volatile size_t read_so_far;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        uint8_t *buffer = malloc(BUFFER_SIZE); /* not static: ASan sees a byte more */
        require(buffer != NULL);
        struct files f = { .root = -1, .file = -1, .parent = -1, .buffer = buffer };
        input = data;
        input_left = size;
        struct request r;
        while (next_request(&f, &r) == 0) {
                const uint8_t *end = f.buffer + f.start;
                require(strlen(r.path) == r.head.path && strlen(r.target) == r.head.target);
                require(r.name >= r.path && r.name <= r.path + r.head.path && strchr(r.name, '/') == NULL);
                require(r.data + r.head.data <= end);
                for (const uint8_t *at = r.attributes; at < r.data;) {
                        struct file_attribute head;
                        memcpy(&head, at, sizeof head);
                        require(strlen((const char *)at + sizeof head) == head.name);
                        at += sizeof head + head.name + 1u + head.value;
                        require(at <= r.data);
                }
                for (uint32_t i = 0; i < r.head.data; i++)
                        read_so_far += r.data[i];
        }
        free(buffer);
        return 0;
}
