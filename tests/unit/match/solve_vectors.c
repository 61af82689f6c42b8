/* Deferred acceptance on instances whose answers were worked out by hand or by other programs. */
#include "base/buf.h"
#include "base/file.h"
#include "match/hr_text.h"
#include "match/solve.h"
#include "match/verify.h"
#include "support/support.h"

#include <jansson.h>
#include <string.h>

static struct hr read_hr(struct text bytes, const char *name)
{
    struct hr hr;
    struct problems problems;
    problems_init(&problems, name);
    enum err e = hr_text_read(bytes, &hr, &problems);
    problems_print(&problems, LANGUAGE_EN, stderr);
    problems_free(&problems);
    ck_assert_msg(e == ERR_OK, "%s", name);
    return hr;
}

static struct hr read_hr_file(const char *path)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    ck_assert_msg(file_read_all(path, &bytes) == ERR_OK, "%s", path);
    struct hr hr = read_hr(buf_text(&bytes), path);
    buf_free(&bytes);
    return hr;
}

/* Solves and verifies; match[student of the file] is its placement or -1. Gives the number of proposals. */
static uint64_t solve(const struct hr *hr, int *match)
{
    struct solution solution;
    struct verdict verdict;
    uint64_t matched = 0;
    ck_assert_int_eq(solve_stb(&hr->instance, &solution), ERR_OK);
    ck_assert_int_eq(verify_matching(&hr->instance, solution.place, &verdict), ERR_OK);
    for (uint32_t s = 0; s < hr->instance.student_count; s++) {
        uint32_t number = hr->number[s], place = solution.place[number];
        match[s] = place == INSTANCE_UNMATCHED ? -1 : (int)place;
        matched += match[s] >= 0;
        if (match[s] >= 0)
            ck_assert_uint_eq(instance_place(&hr->instance, hr->instance.first[number] + solution.position[number]),
                              place);
        else
            ck_assert_uint_eq(solution.position[number], hr->instance.length[number]);
    }
    ck_assert_uint_eq(solution.matched, matched);
    uint64_t proposals = solution.proposals;
    solution_free(&solution);
    return proposals;
}

static json_t *load(const char *path)
{
    json_error_t error;
    json_t *cases = json_load_file(path, 0, &error);
    ck_assert_msg(json_is_array(cases), "%s: %s", path, error.text);
    ck_assert_uint_gt(json_array_size(cases), 0);
    return cases;
}

/* Every case of `folder`/expected.json: the instance NAME.txt beside it and its answer under `key`. */
static void check_folder(const char *folder, const char *key)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/expected.json", folder);
    json_t *cases = load(path), *entry, *place;
    size_t i, s;
    json_array_foreach(cases, i, entry)
    {
        const char *name = json_string_value(json_object_get(entry, "name"));
        json_t *match = json_object_get(entry, key), *proposals = json_object_get(entry, "proposals");
        snprintf(path, sizeof path, "%s/%s.txt", folder, name);
        struct hr hr = read_hr_file(path);
        int got[64];
        ck_assert_uint_le(hr.instance.student_count, 64);
        ck_assert_uint_eq(json_array_size(match), hr.instance.student_count);
        uint64_t proposed = solve(&hr, got);
        json_array_foreach(match, s, place)
            ck_assert_msg(got[s] == (int)json_integer_value(place), "%s: student %zu is at %d", name, s, got[s]);
        if (proposals)
            ck_assert_uint_eq(proposed, (uint64_t)json_integer_value(proposals));
        hr_free(&hr);
    }
    json_decref(cases);
}

START_TEST(instances_solved_by_hand)
{
    char folder[4096];
    const char *source = getenv("STAGEMATCH_SOURCE");
    snprintf(folder, sizeof folder, "%s/tests/vectors/hr", source ? source : ".");
    check_folder(folder, "match");
}
END_TEST

START_TEST(golden_instances_solved_elsewhere)
{
    const char *shared = shared_path("vectors/hrt");
    char folder[4096];
    ck_assert_ptr_nonnull(shared);
    snprintf(folder, sizeof folder, "%s", shared);
    check_folder(folder, "da_stb_match");
}
END_TEST

/* The index of a name among the keys of an object. */
static size_t index_of(json_t *object, const char *name)
{
    const char *key;
    json_t *value;
    size_t index = 0;
    json_object_foreach(object, key, value)
    {
        if (strcmp(key, name) == 0)
            return index;
        index++;
    }
    ck_abort_msg("no %s", name);
    return 0;
}

/* A student goes first in the lottery who stands first in `lottery`, or among the names where there is none. */
static size_t lottery_of(json_t *entry, json_t *residents, const char *name)
{
    json_t *lottery = json_object_get(entry, "lottery"), *value;
    size_t i, count = json_object_size(residents);
    json_array_foreach(lottery, i, value) if (strcmp(json_string_value(value), name) == 0) return count - i;
    return count - index_of(residents, name);
}

static void put_students(struct buf *out, json_t *entry, json_t *residents, json_t *hospitals)
{
    const char *name;
    json_t *list, *wish;
    size_t s = 0, i;
    json_object_foreach(residents, name, list)
    {
        buf_printf(out, "s %zu lottery %zu :", s++, lottery_of(entry, residents, name));
        json_array_foreach(list, i, wish) buf_printf(out, " %zu", index_of(hospitals, json_string_value(wish)));
        buf_put_char(out, '\n');
    }
}

static void put_places(struct buf *out, json_t *residents, json_t *hospitals)
{
    const char *name;
    json_t *hospital, *group, *member;
    size_t p = 0, i, k;
    json_object_foreach(hospitals, name, hospital)
    {
        buf_printf(out, "p %zu cap %lld :", p++, (long long)json_integer_value(json_array_get(hospital, 0)));
        json_array_foreach(json_array_get(hospital, 1), i, group)
        {
            buf_put_string(out, " (");
            if (json_is_string(group))
                buf_printf(out, "%zu", index_of(residents, json_string_value(group)));
            json_array_foreach(group, k, member)
                buf_printf(out, " %zu", index_of(residents, json_string_value(member)));
            buf_put_char(out, ')');
        }
        buf_put_char(out, '\n');
    }
}

static void check_textbook(json_t *entry)
{
    json_t *residents = json_object_get(entry, "residents"), *hospitals = json_object_get(entry, "hospitals");
    json_t *expected = json_object_get(entry, "expected_da"), *held, *member;
    const char *title = json_string_value(json_object_get(entry, "name")), *name;
    struct buf bytes;
    int got[64] = {0};
    size_t i, matched = 0, expected_count = 0;
    expected = expected ? expected : json_object_get(entry, "expected");
    ck_assert_msg(json_is_object(expected), "%s", title);
    buf_init(&bytes, 1 << 16);
    buf_printf(&bytes, "%zu %zu\n", json_object_size(residents), json_object_size(hospitals));
    put_students(&bytes, entry, residents, hospitals);
    put_places(&bytes, residents, hospitals);
    ck_assert_int_eq(buf_error(&bytes), ERR_OK);
    struct hr hr = read_hr(buf_text(&bytes), title);
    solve(&hr, got);
    json_object_foreach(expected, name, held) json_array_foreach(held, i, member)
    {
        ck_assert_msg(got[index_of(residents, json_string_value(member))] == (int)index_of(hospitals, name),
                      "%s: %s is not at %s", title, json_string_value(member), name);
        expected_count++;
    }
    for (size_t s = 0; s < json_object_size(residents); s++)
        matched += got[s] >= 0;
    ck_assert_msg(matched == expected_count, "%s", title);
    hr_free(&hr);
    buf_free(&bytes);
}

START_TEST(textbook_instances)
{
    const char *path = shared_path("vectors/textbook.json");
    ck_assert_ptr_nonnull(path);
    json_t *cases = load(path), *entry;
    size_t i;
    json_array_foreach(cases, i, entry) check_textbook(entry);
    json_decref(cases);
}
END_TEST

/* The shared instances only where they are; without them the test counts as skipped once its own instances pass. */
int main(void)
{
    const TTest *const own[] = {instances_solved_by_hand};
    const TTest *const shared[] = {golden_instances_solved_elsewhere, textbook_instances};
    int status = run_tests("match/solve_vectors", own, 1);
    if (status != EXIT_SUCCESS)
        return status;
    return shared_path("vectors/hrt") ? run_tests("match/solve_vectors, shared", shared, 2) : 77;
}
