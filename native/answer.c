/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers to questions for names of boxes: RFC 1035. What asks is a box, and may be anything (R4): every byte is looked
 * at within its bounds, no name is followed anywhere, and nothing here makes a call.
 */
#include <stdbool.h>
#include <string.h>

#include "net.h"

enum { HEADER = 12, LABEL_MAX = 63, NAME_MAX_BYTES = 255, TYPE_A = 1, TYPE_PTR = 12, TYPE_AAAA = 28, TYPE_ANY = 255 };
enum { CLASS_IN = 1, NXDOMAIN = 3, ANSWERS_MAX = 64 };

static unsigned word(const uint8_t *at)
{
        return (unsigned)at[0] << 8 | at[1];
}

static void put_word(uint8_t *at, unsigned value)
{
        at[0] = (uint8_t)(value >> 8);
        at[1] = (uint8_t)value;
}

static char lower(uint8_t c)
{
        return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* The name as a text with dots and its length, or -1. *end is behind it. */
static int read_name(const uint8_t *query, size_t size, char name[NAME_MAX_BYTES + 1], size_t *end)
{
        size_t at = HEADER;
        int length = 0;
        for (;;) {
                if (at >= size || query[at] > LABEL_MAX) /* a question has nothing to point back to */
                        return -1;
                const unsigned label = query[at++];
                if (label == 0)
                        break;
                if (label > size - at || (size_t)length + label + 1 > NAME_MAX_BYTES - 1)
                        return -1;
                if (length > 0)
                        name[length++] = '.';
                for (unsigned i = 0; i < label; i++) {
                        const char c = lower(query[at++]);
                        name[length++] = c == '.' || c == ' ' || c == 0 ? '?' : c; /* they'd mean something else */
                }
        }
        name[length] = 0;
        *end = at;
        return length;
}

size_t question_end(const uint8_t *query, size_t size)
{
        char name[NAME_MAX_BYTES + 1];
        size_t end;
        if (size < HEADER || read_name(query, size, name, &end) < 0 || size - end < 4)
                return 0;
        return end + 4;
}

static bool has_name(const struct entry *e, const char *name, size_t length)
{
        for (size_t at = 0; length > 0 && at + length <= e->length; at++)
                if (memcmp(e->names + at, name, length) == 0 && (at == 0 || e->names[at - 1] == ' ') &&
                    (at + length == e->length || e->names[at + length] == ' '))
                        return true;
        return false;
}

static int hex(char c)
{
        return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* 4.3.2.1.in-addr.arpa, or 32 nibbles backwards and ip6.arpa. */
static bool read_reverse(const char *name, size_t length, uint8_t address[16], bool *six)
{
        static const char four_end[] = ".in-addr.arpa", six_end[] = ".ip6.arpa";
        memset(address, 0, 16);
        if (length == 63 + sizeof six_end - 1 && strcmp(name + 63, six_end) == 0) {
                for (unsigned i = 0; i < 32; i++) {
                        const int nibble = hex(name[2 * i]);
                        if (nibble < 0 || (i < 31 && name[2 * i + 1] != '.'))
                                return false;
                        address[15 - i / 2] |= (uint8_t)(nibble << 4 * (i % 2));
                }
                *six = true;
                return true;
        }
        if (length < sizeof four_end || strcmp(name + length - (sizeof four_end - 1), four_end) != 0)
                return false;
        const char *at = name, *const stop = name + length - (sizeof four_end - 1);
        for (int i = 3; i >= 0; i--) {
                unsigned number = 0;
                const char *begin = at;
                while (at < stop && *at >= '0' && *at <= '9' && at - begin < 3)
                        number = 10 * number + (unsigned)(*at++ - '0');
                if (at == begin || number > 255 || (i > 0 ? at == stop || *at++ != '.' : at != stop))
                        return false;
                address[i] = (uint8_t)number;
        }
        *six = false;
        return true;
}

/* The header and the question again, with flags of an answer. */
static size_t begin(const uint8_t *query, size_t end, unsigned code, uint8_t *out)
{
        memmove(out, query, end);
        out[2] = (uint8_t)(0x84 | (query[2] & 1)); /* an answer, from who knows; whether recursion was wanted stays */
        out[3] = (uint8_t)(0x80 | code); /* recursion can be had */
        put_word(out + 4, 1);
        memset(out + 6, 0, 6);
        return end;
}

size_t refuse(const uint8_t *query, size_t size, unsigned code, uint8_t *out)
{
        const size_t end = question_end(query, size);
        return end == 0 ? 0 : begin(query, end, code, out);
}

static bool put_record(uint8_t *out, size_t room, size_t *at, unsigned type, const uint8_t *data, size_t length)
{
        if (room - *at < 12 + length)
                return false;
        uint8_t *record = out + *at;
        put_word(record, 0xc000 | HEADER); /* the name that was asked for */
        put_word(record + 2, type);
        put_word(record + 4, CLASS_IN);
        memset(record + 6, 0, 4); /* to be asked again: it may be somebody else's in a moment */
        put_word(record + 10, (unsigned)length);
        memcpy(record + 12, data, length);
        *at += 12 + length;
        put_word(out + 6, word(out + 6) + 1);
        return true;
}

/* The first of its names, in labels. */
static size_t put_name(const struct entry *e, uint8_t out[NAME_MAX_BYTES + 2])
{
        size_t at = 1, label = 0;
        for (size_t i = 0; i < e->length && e->names[i] != ' ' && i < NAME_MAX_BYTES - 1; i++) {
                if (e->names[i] != '.') {
                        out[at++] = (uint8_t)e->names[i];
                } else {
                        out[label] = (uint8_t)(at - label - 1);
                        label = at++;
                }
                if (at - label - 1 > LABEL_MAX)
                        return 0;
        }
        out[label] = (uint8_t)(at - label - 1);
        if (out[label] == 0)
                return 0;
        out[at++] = 0;
        return at;
}

/* The addresses of a name, another one first each time. False if nothing is called so. */
static bool put_addresses(const struct entry *entries, size_t count, const char *name, size_t length, unsigned type,
                          unsigned turn, uint8_t *out, size_t room, size_t *at)
{
        size_t found[ANSWERS_MAX], all = 0;
        bool known = false;
        for (size_t i = 0; i < count; i++) {
                if (!has_name(&entries[i], name, length))
                        continue;
                known = true;
                const bool wanted = type == TYPE_ANY || type == (entries[i].six ? TYPE_AAAA : TYPE_A);
                if (wanted && all < ANSWERS_MAX)
                        found[all++] = i;
        }
        for (size_t i = 0; i < all; i++) {
                const struct entry *e = &entries[found[(i + turn) % all]];
                if (!put_record(out, room, at, e->six ? TYPE_AAAA : TYPE_A, e->address, e->six ? 16 : 4))
                        break; /* some of them are as good */
        }
        return known;
}

int answer(const uint8_t *query, size_t size, const struct entry *entries, size_t count, unsigned turn, uint8_t *out,
           size_t room, size_t *length)
{
        char name[NAME_MAX_BYTES + 1];
        size_t end;
        if (size < HEADER || (query[2] & 0x80) != 0) /* an answer, and nobody has asked */
                return ANSWER_NONE;
        const int letters = read_name(query, size, name, &end);
        if (letters < 0 || size - end < 4 || word(query + 4) != 1 || end + 4 > room || (query[2] & 0x78) != 0)
                return ANSWER_NONE;
        const unsigned type = word(query + end), class = word(query + end + 2);
        size_t at = begin(query, end + 4, 0, out);
        *length = at;
        uint8_t address[16];
        bool six;
        if (class == CLASS_IN && type == TYPE_PTR && read_reverse(name, (size_t)letters, address, &six)) {
                for (size_t i = 0; i < count; i++) {
                        if (entries[i].six != six || memcmp(entries[i].address, address, six ? 16 : 4) != 0)
                                continue;
                        uint8_t labels[NAME_MAX_BYTES + 2];
                        const size_t bytes = put_name(&entries[i], labels);
                        if (bytes > 0)
                                (void)put_record(out, room, &at, TYPE_PTR, labels, bytes);
                        *length = at;
                        return ANSWER_OURS;
                }
        } else if (class == CLASS_IN &&
                   put_addresses(entries, count, name, (size_t)letters, type, turn, out, room, &at)) {
                *length = at;
                return ANSWER_OURS;
        }
        *length = begin(query, end + 4, NXDOMAIN, out);
        return ANSWER_FORWARD;
}
