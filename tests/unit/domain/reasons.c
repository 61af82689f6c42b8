#include "domain/reasons.h"

#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct problems problems;

static struct reasons *shipped(void)
{
    static char path[1024];
    const char *root = getenv("STAGEMATCH_SOURCE");
    struct reasons *reasons;
    (void)snprintf(path, sizeof path, "%s/config/reasons.csv", root ? root : ".");
    problems_init(&problems, path);
    ck_assert_int_eq(reasons_read_file(path, &problems, &reasons), ERR_OK);
    return reasons;
}

START_TEST(the_shipped_list_keeps_the_rules_of_the_design)
{
    struct reasons *reasons = shipped();
    const struct reason *reason;
    size_t count = 0;
    for (; (reason = reason_at(reasons, count)); count++) {
        bool for_company = reason->events >> REASON_COMPANY_OBJECTS & 1;
        ck_assert_msg(!for_company || reason->reason_class != REASON_FACT, "%s", reason->code);
        ck_assert_msg(reason->reason_class != REASON_CRITERION || reason->needs_criterion, "%s", reason->code);
        ck_assert_msg(reason->reason_class != REASON_OTHER || strcmp(reason->code, "anders") == 0, "%s",
                      reason->code);
        ck_assert_msg(!strstr(reason->code, "klik"), "%s", reason->code);
        ck_assert_ptr_eq(reason_find(reasons, reason->code), reason);
    }
    ck_assert_str_eq(reason_at(reasons, count - 1)->code, "anders");
    ck_assert_uint_eq(reason_find(reasons, "anders")->events, (1u << REASON_EVENT_COUNT) - 1);
    ck_assert_ptr_nonnull(reason_find(reasons, "niveau-betwist"));
    ck_assert_ptr_null(reason_find(reasons, "klik"));
    ck_assert_ptr_null(reason_find(reasons, ""));
    reasons_free(reasons);
}
END_TEST

START_TEST(every_event_has_reasons_and_a_name_that_reads_back)
{
    struct reasons *reasons = shipped();
    for (unsigned event = 0; event < REASON_EVENT_COUNT; event++) {
        const struct reason *reason;
        size_t found = 0;
        for (size_t i = 0; (reason = reason_at(reasons, i)); i++)
            found += reason->events >> event & 1;
        ck_assert_uint_ge(found, 2);
        ck_assert_uint_eq(reason_event_of(text_of(reason_event_name((enum reason_event)event))), event);
    }
    ck_assert_uint_eq(reason_event_of(text_of("none")), REASON_EVENT_COUNT);
    reasons_free(reasons);
}
END_TEST

#define HEAD "code;nl;en;class;needs_criterion;allowed\n"
static const struct {
    const char *bytes, *code;
} refused[] = {
    {HEAD "a b;x;y;place;no;school_veto\n", "reason.code"},
    {HEAD "a;;y;place;no;school_veto\n", "reason.empty"},
    {HEAD "a;x;y;klik;no;school_veto\n", "reason.choice"},
    {HEAD "a;x;y;place;maybe;school_veto\n", "reason.choice"},
    {HEAD "a;x;y;place;no;school_veto|klik\n", "reason.choice"},
    {HEAD "a;x;y;fact;no;company_objects\n", "reason.fact_before_release"},
    {HEAD "a;x;y;place;no;school_veto\na;x;y;place;no;school_veto\n", "reason.duplicate"},
    {"code;nl\na;x\n", "column.missing"},
};

START_TEST(what_is_wrong_in_a_list_is_said)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        struct reasons *reasons = NULL;
        problems_init(&problems, "reasons");
        ck_assert_int_eq(reasons_read_bytes(text_of(refused[i].bytes), &problems, &reasons), ERR_INPUT);
        ck_assert_str_eq(problems.list[0].kind->code, refused[i].code);
        problems_free(&problems);
    }
}
END_TEST

RUN_TESTS("reasons", the_shipped_list_keeps_the_rules_of_the_design,
          every_event_has_reasons_and_a_name_that_reads_back, what_is_wrong_in_a_list_is_said)
