/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks the box's name server anything. What it answers must lie in the room that it has, and begin with the question's
 * id. run builds it with libFuzzer.
 */
#include <stdlib.h>
#include <string.h>

#include "../answer.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
        if (!holds)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const struct entry entries[] = {
                { .address = { 10, 91, 0, 2 }, .length = 12, .names = "web shop a.b" },
                { .address = { 10, 91, 0, 3 }, .length = 7, .names = "web db " },
                { .address = { 0xfd, 1 }, .six = true, .length = 3, .names = "web" },
        };
        if (size < 2)
                return 0;
        const size_t room =
                16 + data[0] * 4u; /* the first byte chooses how much there is, the second whose turn it is */
        const unsigned turn = data[1];
        data += 2;
        size -= 2;
        uint8_t *query = malloc(size + 1), *out = malloc(room); /* for ASan, to the byte */
        memcpy(query, data, size);
        size_t length = 0;
        const int result = answer(query, size, entries, sizeof entries / sizeof *entries, turn, out, room, &length);
        if (result != ANSWER_NONE) {
                require(length >= 12 && length <= room && memcmp(out, query, 2) == 0 && (out[2] & 0x80) != 0);
                require(question_end(query, size) != 0);
        }
        uint8_t *refusal = malloc(size + 1);
        require(refuse(query, size, 2, refusal) <= size);
        free(refusal);
        free(query);
        free(out);
        return 0;
}
