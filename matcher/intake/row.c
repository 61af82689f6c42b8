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
        check->wrong_columns |= UINT64_C(1) << column;
    }
}

bool row_has_key(const struct row_check *check, uint64_t key_columns)
{
    return !check->out_of_memory && (check->wrong_columns & key_columns) == 0;
}

bool row_has(struct row_check *check, int column)
{
    if (check->row->values[column].length)
        return true;
    if (check->reading->columns[column].required)
        row_take(check, column, &field_empty);
    return false;
}

void row_read_window(struct row_check *check, const struct window_columns *columns, struct window *out)
{
    const struct text *values = check->row->values;
    bool from_known = false, to_known = false;
    if (row_has(check, columns->from)) {
        field_result result = field_date(values[columns->from], &out->from);
        row_take(check, columns->from, result);
        from_known = !result;
    }
    if (row_has(check, columns->to)) {
        field_result result = field_date(values[columns->to], &out->to);
        row_take(check, columns->to, result);
        to_known = !result;
    }
    if (from_known && to_known && out->from > out->to)
        row_take(check, columns->to, &period_reversed);
    if (row_has(check, columns->hours))
        row_take(check, columns->hours, field_hours(values[columns->hours], &out->hours));
    row_take(check, columns->days, field_days(values[columns->days], &out->days));
}

void row_read_postcode(struct row_check *check, int column, uint16_t *pc4, uint32_t *point)
{
    if (!row_has(check, column))
        return;
    field_result result = field_postcode(check->row->values[column], pc4);
    row_take(check, column, result ? result : field_point(check->reading->intake, *pc4, point));
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
