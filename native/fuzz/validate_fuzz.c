/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Feeds validate() with anything. Of a plan that it accepts, every operand of every step is then read to its end, as
 * the do_ functions would: ASan reports a byte outside. Nothing is performed. run builds it with libFuzzer.
 */
#include "../executor.c"

#include <stdlib.h>

/* What executor.c calls and validate() doesn't. */
int send_note(int socket, struct note note, int fd)
{
        (void)socket, (void)note, (void)fd;
        abort();
}

int begin_supervision(struct supervisor *v, const struct plan *p, struct monitor *m, int control)
{
        (void)v, (void)p, (void)m, (void)control;
        abort();
}

int start_child(struct supervisor *v, const struct birth *how, int *notes, pid_t *self)
{
        (void)v, (void)how, (void)notes, (void)self;
        abort();
}

int let_go(const struct supervisor *v)
{
        (void)v;
        abort();
}

int meet(struct supervisor *v, struct ending *e)
{
        (void)v, (void)e;
        abort();
}

bool hand_over(struct supervisor *v, struct ending *e)
{
        (void)v, (void)e;
        abort();
}

void dismiss_keeper(const struct supervisor *v)
{
        (void)v;
        abort();
}

bool may_go(int notes, pid_t *self)
{
        (void)notes, (void)self;
        abort();
}

int adopt(int keeper, pid_t companion)
{
        (void)keeper, (void)companion;
        abort();
}

int hold_user_namespace(pid_t *child)
{
        (void)child;
        abort();
}

void release(pid_t child)
{
        (void)child;
        abort();
}

void end_supervision(struct supervisor *v, const struct plan *p, struct ending *e, bool all_done)
{
        (void)v, (void)p, (void)e, (void)all_done;
        abort();
}

void add_evidence(struct ending *e, uint32_t index, const char *bytes, uint32_t length)
{
        (void)e, (void)index, (void)bytes, (void)length;
        abort();
}

uint64_t microseconds(struct timeval t)
{
        (void)t;
        abort();
}

int die_with_executor(int notes)
{
        (void)notes;
        abort();
}

int become_init(int notes, bool tells)
{
        (void)notes, (void)tells;
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
        if (!holds)
                abort();
}

static volatile size_t read_so_far;

static void read_string(const struct plan *p, const char *string)
{
        const size_t offset = (size_t)((uintptr_t)string - (uintptr_t)p->base);
        require(offset < p->header->size);
        const size_t length = strlen(string);
        require(offset + length < p->header->size);
        read_so_far += length;
}

static void read_operands(const struct plan *p, const struct step *s)
{
        for (int i = 0; i < 3; i++) {
                switch (shapes[s->op].operand[i]) {
                case 's':
                        read_string(p, str(p, s, i));
                        break;
                case 'l': {
                        uint64_t count = 0;
                        for (char **string = list(p, s, i); *string != NULL; string++, count++)
                                read_string(p, *string);
                        require(count == blob_size(p, s, i));
                        break;
                }
                case 'b': {
                        const uint8_t *bytes = blob(p, s, i);
                        for (uint64_t at = 0; at < blob_size(p, s, i); at++)
                                read_so_far += bytes[at];
                        break;
                }
                }
        }
}

static void read_wish(const struct plan *p, const struct step *s)
{
        const struct monitor_wish wish = monitor_wish(p, s);
        for (int i = 0; i < 4; i++)
                read_string(p, (const char *const[]){ wish.socket, wish.log, wish.report, wish.keys }[i]);
        require(strlen(wish.keys) <= KEYS_MAX && wish.input < MONITOR_INPUTS && wish.attach <= 7);
        require(wish.tick_every_ms == 0 || wish.tick[0] != NULL);
        read_so_far += wish.environment[0] != NULL;
}

static void read_slots(const struct step *s, bool *filled)
{
        for (int i = 1; i >= 0; i--) {
                require(s->slot[i] < SLOTS);
                const char kind = shapes[s->op].slot[i];
                if (kind == 'o')
                        filled[s->slot[i]] = true;
                else if (kind == 'i' || (kind == 'h' && s->slot[i] != SLOT_HOST))
                        require(filled[s->slot[i]]);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        uint8_t *memory = malloc(size ? size : 1); /* as long as the plan: ASan sees a byte more */
        require(memory != NULL);
        memcpy(memory, data, size);
        struct plan plan;
        uint32_t at = 0;
        if (validate(&plan, memory, size, &at)) {
                require(at == UINT32_MAX);
                bool filled[SLOTS] = { false };
                bool inherited[SLOTS] = { false };
                unsigned clones = 0, monitors = 0;
                for (int part = 0; part < PARTS; part++) {
                        if (part == PART_INSIDE)
                                memcpy(filled, inherited, sizeof filled);
                        for (uint32_t i = 0; i < plan.header->steps[part]; i++) {
                                const struct step *s = &plan.steps[part][i];
                                const bool onto_child = part == PART_OUTSIDE && clones == 1;
                                require((shapes[s->op].parts >> part & 1) != 0 ||
                                        (onto_child && (shapes[s->op].parts & CHILD) != 0));
                                require(part != PART_UNDO || s->arg[3] < plan.header->steps[PART_OUTSIDE]);
                                read_operands(&plan, s);
                                if (s->op == OP_MONITOR)
                                        read_wish(&plan, s);
                                if (s->op == OP_WATCH_MEMORY)
                                        require(monitors == 1 && list(&plan, s, 2)[1] != NULL);
                                monitors += s->op == OP_MONITOR;
                                read_slots(s, filled); /* of a clone, what was filled before it */
                                if (s->op == OP_CLONE) {
                                        clones++;
                                        memcpy(inherited, filled, sizeof filled);
                                        memset(filled, 0, sizeof filled);
                                }
                        }
                }
                require(clones <= 1 && monitors <= clones);
                const uint32_t inside = plan.header->steps[PART_INSIDE];
                require(clones == 1 ? is_last(&plan.steps[PART_INSIDE][inside - 1]) : inside == 0);
        }
        memcpy(memory, data, size);
        struct box b;
        for (int i = 0; i < SLOTS; i++)
                b.fd[i] = i % 3 == 0 ? 0 : -1;
        const bool reports = size % 2 == 0;
        if (validate_rest(&plan, memory, size, &b, reports)) {
                bool filled[SLOTS];
                for (int i = 0; i < SLOTS; i++)
                        filled[i] = b.fd[i] >= 0;
                for (uint32_t i = 0; i < plan.header->steps[PART_INSIDE]; i++) {
                        const struct step *s = &plan.steps[PART_INSIDE][i];
                        require((shapes[s->op].parts & INSIDE) != 0 && s->op != OP_AWAIT_REST && s->op != OP_MEET);
                        require(reports || s->op != OP_LOAD_REPORTING_SECCOMP);
                        read_operands(&plan, s);
                        read_slots(s, filled);
                }
        }
        free(memory);
        return 0;
}
