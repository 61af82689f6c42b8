#include "front/numbers.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

enum { WORD_BYTES = sizeof(uint64_t), WORDS = sizeof(struct front_numbers) / WORD_BYTES };

_Static_assert(sizeof(size_t) == WORD_BYTES, "counts in size_t are words");
_Static_assert(sizeof(struct front_numbers) % WORD_BYTES == 0, "a place is a whole number of words");

union place {
    struct front_numbers numbers;
    uint64_t words[WORDS];
};

size_t numbers_bytes(size_t fronts)
{
    return fronts * sizeof(union place);
}

/* What a process has now, and its successor has not. */
static void clear_gauges(struct front_numbers *numbers)
{
    numbers->server.connections = 0;
    numbers->server.exchanges = 0;
    numbers->server.body_bytes = 0;
    numbers->server.handshakes = 0;
    numbers->auth.known = 0;
    numbers->redis.in_flight = 0;
    numbers->redis_up = 0;
    numbers->watches.open = 0;
    numbers->answers.bytes = 0;
    numbers->answers.entries = 0;
    numbers->calls_running = 0;
    numbers->published_us = 0;
}

enum err numbers_open(int fd, size_t fronts, size_t index, struct numbers *out)
{
    if (index >= fronts)
        return ERR_RANGE;
    void *memory = mmap(NULL, numbers_bytes(fronts), PROT_READ | PROT_WRITE,
                        fd < 0 ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return err_from_errno(errno);
    *out = (struct numbers){.words = memory, .fronts = fronts, .index = index};
    numbers_read(out, index, &out->carried);
    clear_gauges(&out->carried);
    return ERR_OK;
}

void numbers_close(struct numbers *numbers)
{
    if (numbers->words)
        munmap(numbers->words, numbers_bytes(numbers->fronts));
    numbers->words = NULL;
}

void numbers_publish(struct numbers *numbers, const struct front_numbers *now)
{
    union place carried, added;
    uint64_t *place = numbers->words + numbers->index * WORDS;
    carried.numbers = numbers->carried;
    added.numbers = *now;
    for (size_t i = 0; i < WORDS; i++) /* a reader may see some words earlier than others, never half of one */
        __atomic_store_n(&place[i], carried.words[i] + added.words[i], __ATOMIC_RELAXED);
}

void numbers_read(const struct numbers *numbers, size_t index, struct front_numbers *out)
{
    union place place;
    const uint64_t *words = numbers->words + index * WORDS;
    for (size_t i = 0; i < WORDS; i++)
        place.words[i] = __atomic_load_n(&words[i], __ATOMIC_RELAXED);
    *out = place.numbers;
}

void numbers_sum(const struct numbers *numbers, struct front_numbers *out)
{
    union place sum, one;
    memset(&sum, 0, sizeof sum);
    for (size_t index = 0; index < numbers->fronts; index++) {
        numbers_read(numbers, index, &one.numbers);
        for (size_t i = 0; i < WORDS; i++)
            sum.words[i] += one.words[i];
    }
    *out = sum.numbers;
}

bool numbers_is_alive(const struct front_numbers *front, int64_t now_us)
{
    return front->published_us != 0 && now_us - (int64_t)front->published_us < (int64_t)NUMBERS_ALIVE_MS * 1000;
}
