#include "intake/row.h"

static void note(struct row_check *check, struct problems *list, int column, const struct problem_kind *kind)
{
    const char *name = check->reading->columns[column].name;
    problems_add(list, kind, check->row->line, text_of(name), text_of(""));
}

void row_take(struct row_check *check, int column, field_result result)
{
    if (!result)
        return;
    if (result == FIELD_MEMORY) {
        check->out_of_memory = true;
    } else if (result == &postcode_mean) {
        note(check, &check->reading->report->notices, column, result);
    } else {
        note(check, &check->reading->report->problems, column, result);
        check->wrong = true;
    }
}

bool row_has(struct row_check *check, int column)
{
    if (check->row->values[column].length)
        return true;
    if (check->reading->columns[column].required)
        row_take(check, column, &field_empty);
    return false;
}

void row_check_period(struct row_check *check, int column, int32_t from, int32_t to)
{
    if (from > to)
        row_take(check, column, &period_reversed);
}

void row_progress(void *context, uint64_t done_bytes, uint64_t total_bytes)
{
    const struct file_reading *reading = context;
    if (reading->progress)
        reading->progress(reading->progress_context, done_bytes, total_bytes);
}

enum err row_result(const struct row_check *check)
{
    return check->out_of_memory ? ERR_MEMORY : ERR_OK;
}
