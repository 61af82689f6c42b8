#include "base/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <stdbool.h>

struct piece {
    void (*work)(void *context, uint32_t piece, size_t begin, size_t end);
    void *context;
    uint32_t number;
    size_t begin, end;
    pthread_t thread;
    bool started;
};

static void *run_piece(void *argument)
{
    struct piece *piece = argument;
    piece->work(piece->context, piece->number, piece->begin, piece->end);
    return NULL;
}

void parallel_run(uint32_t threads, size_t count,
                  void (*work)(void *context, uint32_t piece, size_t begin, size_t end), void *context)
{
    struct piece pieces[PARALLEL_THREADS_MAX];
    uint32_t used = threads < 1 ? 1 : threads < PARALLEL_THREADS_MAX ? threads : PARALLEL_THREADS_MAX;
    size_t begin = 0;
    for (uint32_t i = 0; i < used; i++) {
        size_t end = (size_t)((unsigned __int128)count * (i + 1) / used);
        pieces[i] = (struct piece){.work = work, .context = context, .number = i, .begin = begin, .end = end};
        begin = end;
    }
    for (uint32_t i = 1; i < used; i++)
        pieces[i].started = pthread_create(&pieces[i].thread, NULL, run_piece, &pieces[i]) == 0;
    for (uint32_t i = 0; i < used; i++)
        if (!pieces[i].started)
            run_piece(&pieces[i]);
    for (uint32_t i = 1; i < used; i++)
        if (pieces[i].started)
            pthread_join(pieces[i].thread, NULL);
}

uint32_t parallel_processors(void)
{
    cpu_set_t mine;
    if (sched_getaffinity(0, sizeof mine, &mine) != 0)
        return 1;
    int processors = CPU_COUNT(&mine);
    return processors < 1 ? 1 : (uint32_t)processors;
}
