#include "base/complaints.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

void complaints_open(struct complaints *out)
{
    *out = (struct complaints){.to = NULL};
    out->to = open_memstream(&out->text, &out->length);
    if (!out->to)
        out->to = stderr;
}

void complaints_close(struct complaints *complaints)
{
    if (complaints->to == stderr || fclose(complaints->to) != 0)
        return;
    char *rest = complaints->text, *line;
    while ((line = strsep(&rest, "\n")))
        if (line[0])
            log_say(LOG_ERROR, line);
    free(complaints->text); /* of open_memstream */
}
