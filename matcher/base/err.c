#include "base/err.h"

#include <errno.h>

const char *err_text(enum err e)
{
    switch (e) {
    case ERR_OK:
        return "no error";
    case ERR_MEMORY:
        return "not enough memory";
    case ERR_INPUT:
        return "invalid input";
    case ERR_RANGE:
        return "value out of range";
    case ERR_IO:
        return "input/output error";
    case ERR_SPACE:
        return "no space left";
    case ERR_EXISTS:
        return "already exists";
    case ERR_MISSING:
        return "not found";
    case ERR_MISMATCH:
        return "difference found";
    case ERR_USAGE:
        return "wrong use";
    case ERR_INTERNAL:
        return "internal error";
    }
    return "unknown error";
}

enum err err_from_errno(int number)
{
    switch (number) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return ERR_SPACE;
    case EEXIST:
    case ENOTEMPTY:
        return ERR_EXISTS;
    case ENOENT:
        return ERR_MISSING;
    case ENOMEM:
        return ERR_MEMORY;
    default:
        return ERR_IO;
    }
}
