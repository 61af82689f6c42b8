/*
 * faults.c - a library for LD_PRELOAD that makes the machine under a running service bad: disks and clocks.
 *
 * STAGEMATCH_FAULT_CONTROL names a file of one struct control, mapped by every process, in which a test sets what goes wrong
 * from now on and reads how often it did. Only files whose name has ".sqlite" in it are touched, so logs and sockets go on.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

struct control {
    _Atomic int32_t write_errno; /* what writing to a database answers; 0: it works */
    _Atomic int32_t sync_errno;  /* the same for fsync and fdatasync */
    _Atomic int32_t sync_delay_ms;
    _Atomic uint32_t hits;
    _Atomic int64_t clock_offset_ms; /* added to the wall clock */
};

static struct control nothing, *control = &nothing;

__attribute__((constructor)) static void map_control(void)
{
    const char *path = getenv("STAGEMATCH_FAULT_CONTROL");
    int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0)
        return;
    void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (mapped != MAP_FAILED)
        control = mapped;
}

static bool is_database(int fd)
{
    char link[64], name[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, name, sizeof name - 1);
    if (length <= 0)
        return false;
    name[length] = '\0';
    return strstr(name, ".sqlite") != NULL;
}

/* Whether the call must fail, with errno set. */
static bool fails(int32_t number, int fd)
{
    if (!number || !is_database(fd))
        return false;
    atomic_fetch_add(&control->hits, 1);
    errno = number;
    return true;
}

#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    return fails(atomic_load(&control->write_errno), fd) ? -1 : NEXT(pwrite64)(fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset)
{
    return fails(atomic_load(&control->write_errno), fd) ? -1 : NEXT(pwrite)(fd, bytes, length, offset);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    return fails(atomic_load(&control->write_errno), fd) ? -1 : NEXT(write)(fd, bytes, length);
}

static void delay(int fd)
{
    int32_t delay_ms = atomic_load(&control->sync_delay_ms);
    if (!delay_ms || !is_database(fd))
        return;
    atomic_fetch_add(&control->hits, 1);
    nanosleep(&(struct timespec){delay_ms / 1000, delay_ms % 1000 * 1000000L}, NULL);
}

int fsync(int fd)
{
    delay(fd);
    return fails(atomic_load(&control->sync_errno), fd) ? -1 : NEXT(fsync)(fd);
}

int fdatasync(int fd)
{
    delay(fd);
    return fails(atomic_load(&control->sync_errno), fd) ? -1 : NEXT(fdatasync)(fd);
}

int clock_gettime(clockid_t which, struct timespec *out)
{
    int result = NEXT(clock_gettime)(which, out);
    int64_t offset_ms = atomic_load(&control->clock_offset_ms);
    if (result == 0 && which == CLOCK_REALTIME && offset_ms) {
        int64_t ms = (int64_t)out->tv_sec * 1000 + out->tv_nsec / 1000000 + offset_ms;
        out->tv_sec = ms / 1000;
        out->tv_nsec = ms % 1000 * 1000000L;
    }
    return result;
}
