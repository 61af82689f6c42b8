#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { STEP_MS = 20 };

enum err lock_take(const char *path, unsigned wait_ms, int *fd)
{
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        return err_from_errno(errno);
    for (unsigned waited_ms = 0;; waited_ms += STEP_MS) {
        if (flock(file, LOCK_EX | LOCK_NB) == 0) {
            *fd = file;
            return ERR_OK;
        }
        if (errno != EWOULDBLOCK && errno != EINTR)
            break;
        if (waited_ms >= wait_ms) {
            close(file);
            return ERR_EXISTS;
        }
        nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
    }
    enum err e = err_from_errno(errno);
    close(file);
    return e;
}

void lock_drop(int fd)
{
    if (fd >= 0)
        close(fd);
}
