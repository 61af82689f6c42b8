/*
 * Deferred acceptance and its verifier against everything there is: on tiny instances every assignment is enumerated and
 * judged by the definitions of stability, written again here. A failing instance is shrunk and printed in the text form.
 */
#include "base/buf.h"
#include "base/random.h"
#include "match/hr_text.h"
#include "match/solve.h"
#include "match/verify.h"
#include "support/support.h"

#include <string.h>

enum { STUDENTS_MAX = 5, PLACES_MAX = 4, NONE = -1 };

/* Students are numbered by lottery: 0 goes first. */
struct tiny {
    int students, places;
    int capacity[PLACES_MAX];
    int length[STUDENTS_MAX];
    int list[STUDENTS_MAX][PLACES_MAX];
    int class[STUDENTS_MAX][PLACES_MAX]; /* by placement; 1 to 3 */
};

struct match {
    int place[STUDENTS_MAX];
};

/* A property says what is wrong with an instance, or NULL. */
typedef const char *property(const struct tiny *tiny);

static int drawn(const struct random_source *random, int bound)
{
    return (int)random_below(random, (uint64_t)bound);
}

static void shuffle(const struct random_source *random, int *items, int count)
{
    for (int i = count - 1; i > 0; i--) {
        int other = drawn(random, i + 1), kept = items[i];
        items[i] = items[other];
        items[other] = kept;
    }
}

static struct tiny random_tiny(const struct random_source *random)
{
    struct tiny tiny = {.students = drawn(random, STUDENTS_MAX + 1), .places = drawn(random, PLACES_MAX + 1)};
    int classes = 1 + drawn(random, 3);
    for (int p = 0; p < tiny.places; p++)
        tiny.capacity[p] = 1 + drawn(random, 2);
    for (int s = 0; s < tiny.students; s++) {
        for (int p = 0; p < tiny.places; p++) {
            tiny.list[s][p] = p;
            tiny.class[s][p] = 1 + drawn(random, classes);
        }
        shuffle(random, tiny.list[s], tiny.places);
        tiny.length[s] = drawn(random, 4) ? tiny.places : drawn(random, tiny.places + 1);
    }
    return tiny;
}

static struct instance instance_of(const struct tiny *tiny)
{
    struct instance instance;
    ck_assert_int_eq(instance_new((uint32_t)tiny->students, (uint32_t)tiny->places, 3, &instance), ERR_OK);
    ck_assert_int_eq(instance_reserve(&instance, (size_t)STUDENTS_MAX * PLACES_MAX), ERR_OK);
    for (int p = 0; p < tiny->places; p++)
        instance.capacity[p] = (uint16_t)tiny->capacity[p];
    for (int s = 0; s < tiny->students; s++) {
        instance.first[s] = instance.edge_count;
        instance.length[s] = (uint32_t)tiny->length[s];
        for (int k = 0; k < tiny->length[s]; k++)
            instance_set_edge(&instance, instance.edge_count++, (uint32_t)tiny->list[s][k],
                              (uint32_t)tiny->class[s][tiny->list[s][k]]);
    }
    return instance;
}

static struct match solve(const struct tiny *tiny)
{
    struct match match;
    struct solution solution;
    struct instance instance = instance_of(tiny);
    ck_assert_int_eq(solve_stb(&instance, &solution), ERR_OK);
    for (int s = 0; s < tiny->students; s++)
        match.place[s] = solution.place[s] == INSTANCE_UNMATCHED ? NONE : (int)solution.place[s];
    solution_free(&solution);
    instance_free(&instance);
    return match;
}

/* Position on the student's list; its length stands for being unmatched, NONE for a placement that is not on it. */
static int position(const struct tiny *tiny, int s, int place)
{
    for (int k = 0; k < tiny->length[s]; k++)
        if (tiny->list[s][k] == place)
            return k;
    return place == NONE ? tiny->length[s] : NONE;
}

static int held(const struct tiny *tiny, const struct match *match, int place)
{
    int count = 0;
    for (int s = 0; s < tiny->students; s++)
        count += match->place[s] == place;
    return count;
}

static bool all_on_lists(const struct tiny *tiny, const struct match *match)
{
    for (int s = 0; s < tiny->students; s++)
        if (position(tiny, s, match->place[s]) == NONE)
            return false;
    return true;
}

static bool within_capacity(const struct tiny *tiny, const struct match *match)
{
    for (int p = 0; p < tiny->places; p++)
        if (held(tiny, match, p) > tiny->capacity[p])
            return false;
    return true;
}

/* Both would rather have each other; with `lottery`, an earlier student of the same class counts as better. */
static bool blocks(const struct tiny *tiny, const struct match *match, int s, int p, bool lottery)
{
    int at = position(tiny, s, p);
    if (at == NONE || at >= position(tiny, s, match->place[s]))
        return false;
    if (held(tiny, match, p) < tiny->capacity[p])
        return true;
    for (int other = 0; other < tiny->students; other++) {
        if (match->place[other] != p)
            continue;
        if (tiny->class[other][p] < tiny -> class[s][p])
            return true;
        if (lottery && tiny->class[other][p] == tiny->class[s][p] && other > s)
            return true;
    }
    return false;
}

static bool is_stable(const struct tiny *tiny, const struct match *match, bool lottery)
{
    for (int s = 0; s < tiny->students; s++)
        for (int p = 0; p < tiny->places; p++)
            if (blocks(tiny, match, s, p, lottery))
                return false;
    return true;
}

/* The next assignment of anybody to anything; false after the last. */
static bool next_match(const struct tiny *tiny, struct match *match)
{
    for (int s = 0; s < tiny->students; s++) {
        if (++match->place[s] < tiny->places)
            return true;
        match->place[s] = NONE;
    }
    return false;
}

static struct match nobody(void)
{
    struct match match;
    for (int s = 0; s < STUDENTS_MAX; s++)
        match.place[s] = NONE;
    return match;
}

static const char *solution_is_the_student_optimal_stable_matching(const struct tiny *tiny)
{
    struct match best = solve(tiny), other = nobody();
    if (!all_on_lists(tiny, &best))
        return "somebody is matched off the list";
    if (!within_capacity(tiny, &best))
        return "a placement is above its capacity";
    if (!is_stable(tiny, &best, true))
        return "the matching is not stable";
    do {
        if (!all_on_lists(tiny, &other) || !within_capacity(tiny, &other) || !is_stable(tiny, &other, true))
            continue;
        for (int s = 0; s < tiny->students; s++)
            if (position(tiny, s, other.place[s]) < position(tiny, s, best.place[s]))
                return "a student does better in another stable matching";
    } while (next_match(tiny, &other));
    return NULL;
}

static const char *proposals_are_the_places_that_were_passed_and_taken(const struct tiny *tiny)
{
    struct instance instance = instance_of(tiny);
    struct solution solution;
    uint64_t expected = 0, matched = 0;
    ck_assert_int_eq(solve_stb(&instance, &solution), ERR_OK);
    for (int s = 0; s < tiny->students; s++) {
        bool placed = solution.place[s] != INSTANCE_UNMATCHED;
        expected += solution.position[s] + placed;
        matched += placed;
    }
    bool fits = expected == solution.proposals && matched == solution.matched;
    solution_free(&solution);
    instance_free(&instance);
    return fits ? NULL : "the counts do not fit the matching";
}

static struct verdict judge(const struct instance *instance, const struct tiny *tiny, const struct match *match)
{
    uint32_t place[STUDENTS_MAX];
    struct verdict verdict = {FINDING_NONE, 99, 99};
    for (int s = 0; s < tiny->students; s++)
        place[s] = match->place[s] == NONE ? INSTANCE_UNMATCHED : (uint32_t)match->place[s];
    enum err e = verify_matching(instance, place, &verdict);
    ck_assert_int_eq(e, verdict.finding == FINDING_NONE ? ERR_OK : ERR_MISMATCH);
    return verdict;
}

/* Whether what the verdict says of its pair is so. */
static bool verdict_is_true(const struct tiny *tiny, const struct match *match, const struct verdict *verdict)
{
    int s = (int)verdict->student, p = (int)verdict->place;
    switch (verdict->finding) {
    case FINDING_NONE:
        return all_on_lists(tiny, match) && within_capacity(tiny, match) && is_stable(tiny, match, true);
    case FINDING_NOT_ON_LIST:
        return match->place[s] == p && position(tiny, s, p) == NONE;
    case FINDING_OVER_CAPACITY:
        return match->place[s] == p && held(tiny, match, p) > tiny->capacity[p];
    case FINDING_BLOCKING_CLASS:
        return blocks(tiny, match, s, p, false);
    case FINDING_BLOCKING_LOTTERY:
        return blocks(tiny, match, s, p, true) && !blocks(tiny, match, s, p, false);
    }
    return false;
}

static const char *verifier_accepts_the_stable_matchings_alone(const struct tiny *tiny)
{
    struct instance instance = instance_of(tiny);
    struct match match = nobody();
    const char *wrong = NULL;
    do {
        struct verdict verdict = judge(&instance, tiny, &match);
        if (!verdict_is_true(tiny, &match, &verdict))
            wrong = verdict.finding == FINDING_NONE ? "a matching that is not stable was accepted"
                                                    : "what the verdict says of its pair is not so";
    } while (!wrong && next_match(tiny, &match));
    instance_free(&instance);
    return wrong;
}

/* The declared order of findings; blocking by the lottery alone is said of weakly stable matchings. */
static enum finding expected_finding(const struct tiny *tiny, const struct match *match)
{
    if (!all_on_lists(tiny, match))
        return FINDING_NOT_ON_LIST;
    if (!within_capacity(tiny, match))
        return FINDING_OVER_CAPACITY;
    if (!is_stable(tiny, match, false))
        return FINDING_BLOCKING_CLASS;
    return is_stable(tiny, match, true) ? FINDING_NONE : FINDING_BLOCKING_LOTTERY;
}

static const char *findings_come_in_the_declared_order(const struct tiny *tiny)
{
    struct instance instance = instance_of(tiny);
    struct match match = nobody();
    const char *wrong = NULL;
    do {
        if (judge(&instance, tiny, &match).finding != expected_finding(tiny, &match))
            wrong = "another finding goes before the one that was named";
    } while (!wrong && next_match(tiny, &match));
    instance_free(&instance);
    return wrong;
}

/* The same instance with placements renamed by a rotation and a swap. */
static const char *names_of_placements_do_not_matter(const struct tiny *tiny)
{
    struct match before = solve(tiny);
    for (int turn = 1; turn < 2 * tiny->places; turn++) {
        struct tiny renamed = *tiny;
        int name[PLACES_MAX];
        for (int p = 0; p < tiny->places; p++) /* rotations, then rotations of the reverse */
            name[p] =
                turn < tiny->places ? (p + turn) % tiny->places : (2 * tiny->places - 1 - p + turn) % tiny->places;
        for (int p = 0; p < tiny->places; p++)
            renamed.capacity[name[p]] = tiny->capacity[p];
        for (int s = 0; s < tiny->students; s++)
            for (int p = 0; p < tiny->places; p++) {
                renamed.list[s][p] = name[tiny->list[s][p]];
                renamed.class[s][name[p]] = tiny->class[s][p];
            }
        struct match after = solve(&renamed);
        for (int s = 0; s < tiny->students; s++)
            if (after.place[s] != (before.place[s] == NONE ? NONE : name[before.place[s]]))
                return "a renamed placement holds other students";
    }
    return NULL;
}

/* The text form, with the student who stands on line i of the file being `order[i]`. */
static void write_text(const struct tiny *tiny, const int *order, struct buf *out)
{
    int line_of[STUDENTS_MAX];
    buf_printf(out, "%d %d\n", tiny->students, tiny->places);
    for (int i = 0; i < tiny->students; i++) {
        line_of[order[i]] = i;
        buf_printf(out, "s %d lottery %d :", i, 10 * (tiny->students - order[i]));
        for (int k = 0; k < tiny->length[order[i]]; k++)
            buf_printf(out, " %d", tiny->list[order[i]][k]);
        buf_put_char(out, '\n');
    }
    for (int p = 0; p < tiny->places; p++) {
        buf_printf(out, "p %d cap %d :", p, tiny->capacity[p]);
        for (int class = 3; class >= 1; class --) {
            buf_put_string(out, " (");
            for (int s = 0; s < tiny->students; s++)
                if (tiny->class[s][p] == class && position(tiny, s, p) != NONE)
                    buf_printf(out, " %d", line_of[s]);
            buf_put_char(out, ')');
        }
        buf_put_char(out, '\n');
    }
}

static const char *file_order_of_students_does_not_matter(const struct tiny *tiny)
{
    struct match expected = solve(tiny);
    for (int turn = 0; turn < tiny->students; turn++) {
        int order[STUDENTS_MAX];
        struct buf bytes;
        struct hr hr;
        struct problems problems;
        struct solution solution;
        const char *wrong = NULL;
        for (int i = 0; i < tiny->students; i++)
            order[i] = turn % 2 ? (i + turn) % tiny->students : (2 * tiny->students - 1 - i + turn) % tiny->students;
        buf_init(&bytes, 1 << 16);
        problems_init(&problems, "tiny");
        write_text(tiny, order, &bytes);
        ck_assert_int_eq(hr_text_read(buf_text(&bytes), &hr, &problems), ERR_OK);
        ck_assert_int_eq(solve_stb(&hr.instance, &solution), ERR_OK);
        for (int i = 0; i < tiny->students; i++) {
            uint32_t place = solution.place[hr.number[i]];
            if ((place == INSTANCE_UNMATCHED ? NONE : (int)place) != expected.place[order[i]])
                wrong = "another order of the lines gives another matching";
        }
        solution_free(&solution);
        hr_free(&hr);
        problems_free(&problems);
        buf_free(&bytes);
        if (wrong)
            return wrong;
    }
    return NULL;
}

/* Every ordered choice of the student's acceptable placements, by extending `lie` in every way. */
static bool some_lie_pays(struct tiny *lie, const struct tiny *truth, int s, int honest)
{
    struct match match = solve(lie);
    if (position(truth, s, match.place[s]) < honest)
        return true;
    for (int k = 0; k < truth->length[s]; k++) {
        if (position(lie, s, truth->list[s][k]) != NONE)
            continue;
        lie->list[s][lie->length[s]++] = truth->list[s][k];
        bool pays = some_lie_pays(lie, truth, s, honest);
        lie->length[s]--;
        if (pays)
            return true;
    }
    return false;
}

static const char *no_other_list_does_better_than_the_true_one(const struct tiny *tiny)
{
    struct match honest = solve(tiny);
    for (int s = 0; s < tiny->students; s++) {
        struct tiny lie = *tiny;
        lie.length[s] = 0;
        if (some_lie_pays(&lie, tiny, s, position(tiny, s, honest.place[s])))
            return "a student gains by another list";
    }
    return NULL;
}

static void drop_student(struct tiny *tiny, int student)
{
    for (int s = student; s + 1 < tiny->students; s++) {
        tiny->length[s] = tiny->length[s + 1];
        memcpy(tiny->list[s], tiny->list[s + 1], sizeof tiny->list[s]);
        memcpy(tiny->class[s], tiny -> class[s + 1], sizeof tiny->class[s]);
    }
    tiny->students--;
}

static void drop_edge(struct tiny *tiny, int s, int k)
{
    int dropped = tiny->list[s][k];
    for (; k + 1 < tiny->places; k++)
        tiny->list[s][k] = tiny->list[s][k + 1];
    tiny->list[s][tiny->places - 1] = dropped; /* what is behind the length keeps the list a permutation */
    tiny->length[s]--;
}

/* The last placement, with all that names it. */
static void drop_place(struct tiny *tiny)
{
    int last = tiny->places - 1;
    for (int s = 0; s < tiny->students; s++) {
        int k = 0;
        while (tiny->list[s][k] != last)
            k++;
        tiny->length[s] -= k < tiny->length[s];
        for (; k < last; k++)
            tiny->list[s][k] = tiny->list[s][k + 1];
    }
    tiny->places--;
}

/* One step to a smaller instance that still fails; false when there is none. */
static bool shrink(struct tiny *tiny, property *holds)
{
    for (int s = 0; s < tiny->students; s++) {
        struct tiny smaller = *tiny;
        drop_student(&smaller, s);
        if (holds(&smaller)) {
            *tiny = smaller;
            return true;
        }
    }
    struct tiny fewer = *tiny;
    if (fewer.places > 0)
        drop_place(&fewer);
    if (fewer.places < tiny->places && holds(&fewer)) {
        *tiny = fewer;
        return true;
    }
    for (int s = 0; s < tiny->students; s++)
        for (int k = 0; k < tiny->length[s]; k++) {
            struct tiny smaller = *tiny;
            drop_edge(&smaller, s, k);
            if (holds(&smaller)) {
                *tiny = smaller;
                return true;
            }
        }
    return false;
}

static void check(property *holds, uint64_t seed, int count)
{
    static const int as_numbered[STUDENTS_MAX] = {0, 1, 2, 3, 4};
    struct random_seeded state;
    struct random_source random = random_of_seed(&state, test_seed(seed));
    for (int i = 0; i < count; i++) {
        struct tiny tiny = random_tiny(&random);
        if (!holds(&tiny))
            continue;
        while (shrink(&tiny, holds))
            ;
        struct buf bytes;
        buf_init(&bytes, 1 << 16);
        write_text(&tiny, as_numbered, &bytes);
        buf_put_char(&bytes, '\0');
        ck_abort_msg("instance %d, shrunk: %s\n%s", i, holds(&tiny), bytes.data);
    }
}

#define PROPERTY(holds, seed, count)                                                                                 \
    START_TEST(test_##holds)                                                                                         \
    {                                                                                                                \
        check(holds, seed, count);                                                                                   \
    }                                                                                                                \
    END_TEST

PROPERTY(solution_is_the_student_optimal_stable_matching, 101, 4000)
PROPERTY(proposals_are_the_places_that_were_passed_and_taken, 102, 4000)
PROPERTY(verifier_accepts_the_stable_matchings_alone, 103, 3000)
PROPERTY(findings_come_in_the_declared_order, 104, 3000)
PROPERTY(names_of_placements_do_not_matter, 105, 3000)
PROPERTY(file_order_of_students_does_not_matter, 106, 2000)
PROPERTY(no_other_list_does_better_than_the_true_one, 107, 2000)

RUN_TESTS("prop/brute_force", test_solution_is_the_student_optimal_stable_matching,
          test_proposals_are_the_places_that_were_passed_and_taken, test_verifier_accepts_the_stable_matchings_alone,
          test_findings_come_in_the_declared_order, test_names_of_placements_do_not_matter,
          test_file_order_of_students_does_not_matter, test_no_other_list_does_better_than_the_true_one)
