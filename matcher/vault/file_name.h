/*
 * file_name.h - names of files that come from outside, fit to be shown and saved under.
 */
#ifndef VAULT_FILE_NAME_H
#define VAULT_FILE_NAME_H

#include "base/file_type.h"

enum { FILE_NAME_BYTES = 101, FILE_ENDING_BYTES = 5 };

/*
 * What lies behind the last slash or backslash, without control characters, characters that a file system may not take, and those that
 * turn the direction of writing; without points at its front; cut at a whole character. "bestand" where nothing is left.
 */
void file_name_clean(const char *name, char out[FILE_NAME_BYTES]);

/* The same with the ending of its type, where it has none that fits. */
void file_name_end(const char *name, enum file_type type, char out[FILE_NAME_BYTES + FILE_ENDING_BYTES]);

#endif
