#include "core_fixture.h"
#include "domain/case.h"

/* Accounts of the test: one byte, 16 times. */
enum { HANDLER = 1, COLLEAGUE, FORMER, PROPOSER, TIED, STRANGER };

static const char *const at_own[] = {"99AA"}, *const at_asked[] = {"99AB"}, *const at_other[] = {"99AC"};
static const char *const at_company[] = {"990000001"}, *const at_rival[] = {"990000002"};

/* Everybody who could come, and what they are in the case: bits of case_table.h, written apart from the code; `closing`: while it closes. */
static const struct person {
    const char *who;
    unsigned account, role;
    const char *const *scope, *const *checked_by;
    unsigned is, closing;
} people[] = {
    {"handler", HANDLER, ROLE(BEHANDELAAR), at_own, NULL, CASE_HANDLER | CASE_REVIEWER, CASE_HANDLER | CASE_REVIEWER},
    {"colleague", COLLEAGUE, ROLE(BEHANDELAAR), at_own, NULL, CASE_REVIEWER | CASE_SECOND,
     CASE_REVIEWER | CASE_SECOND},
    {"former handler", FORMER, ROLE(BEHANDELAAR), at_own, NULL, CASE_REVIEWER, CASE_REVIEWER},
    {"proposer", PROPOSER, ROLE(BEHANDELAAR), at_own, NULL, CASE_REVIEWER, CASE_REVIEWER},
    {"with a tie", TIED, ROLE(BEHANDELAAR), at_own, NULL, 0, 0},
    {"asked", STRANGER, ROLE(BEHANDELAAR), at_asked, NULL, 0, CASE_SECOND},
    {"of another school", STRANGER, ROLE(BEHANDELAAR), at_other, NULL, 0, 0},
    {"vertrouwenspersoon", STRANGER, ROLE(VERTROUWENSPERSOON), at_own, NULL, 0, 0},
    {"coordinator", STRANGER, ROLE(COORDINATOR), at_own, NULL, 0, 0},
    {"operator", STRANGER, ROLE(OPERATOR), at_own, NULL, 0, 0},
    {"student", STRANGER, ROLE(STUDENT), at_own, NULL, 0, 0},
    {"company", STRANGER, ROLE(COMPANY), at_company, at_own, CASE_COMPANY, CASE_COMPANY},
    {"company, not checked", STRANGER, ROLE(COMPANY), at_company, at_other, 0, 0},
    {"rival", STRANGER, ROLE(COMPANY), at_rival, at_own, 0, 0},
    {"service", 0, 0, NULL, NULL, CASE_SERVICE, CASE_SERVICE},
};
enum { PEOPLE = sizeof people / sizeof people[0] };

static ProtobufCBinaryData account_of(unsigned number)
{
    return id_of(number);
}

static CaseRecord *new_case(Stagematch__V1__CaseState state)
{
    CaseRecord *record = new_message(&stagematch__internal__v1__case_record__descriptor);
    record->case_id = dup_id(0xC0);
    record->school = dup_string("99AA");
    record->leerbedrijf = dup_string("990000001");
    record->second_school = dup_string("99AB");
    record->handler = dup_id(HANDLER);
    record->proposed_by = dup_id(PROPOSER);
    record->state = state;
    record->shown = record->overdue = true;
    ck_assert_int_eq(message_append_bytes(&record->n_handlers, &record->handlers, key_of(FORMER)), ERR_OK);
    ck_assert_int_eq(message_append_bytes(&record->n_handlers, &record->handlers, key_of(HANDLER)), ERR_OK);
    ck_assert_int_eq(message_append_bytes(&record->n_tied, &record->tied, key_of(TIED)), ERR_OK);
    return record;
}

static struct actor actor_of(const struct person *person)
{
    struct actor actor = {.role = person->role,
                          .scope = person->scope,
                          .scope_count = person->scope ? 1 : 0,
                          .checked_by = person->checked_by,
                          .checked_count = person->checked_by ? 1 : 0};
    memcpy(actor.account_id, account_of(person->account).data, sizeof actor.account_id);
    return actor;
}

static bool is_allowed(const struct person *person, const CaseRecord *record, Stagematch__V1__CaseEvent event,
                       bool has_text)
{
    static const uint8_t entropy[ENTROPY_BYTES];
    const struct domain_options options = {.reasons = reasons, .calendar = calendar};
    const struct actor actor = actor_of(person);
    struct context context = some_context(entropy, &options);
    context.actor = &actor;
    context.has_text = has_text;
    return case_check(&context, record, &(struct case_act){.event = event, .text = ""}).refusal == NULL;
}

START_TEST(everybody_in_every_state_with_every_event)
{
    size_t allowed_count = 0;
    open_domain();
    for (int state = 0; state < CASE_STATE_COUNT; state++) {
        CaseRecord *record = new_case((Stagematch__V1__CaseState)state);
        for (size_t i = 0; i < PEOPLE; i++)
            for (int event = 0; event < CASE_EVENT_COUNT; event++) {
                const struct case_move *move =
                    case_move_of((Stagematch__V1__CaseState)state, (Stagematch__V1__CaseEvent)event);
                unsigned is = state == CASE_STATE(CLOSING) ? people[i].closing : people[i].is;
                bool takes_twice = event == CASE_EVENT(TAKEN) && people[i].account == HANDLER;
                for (int text = 0; text < 2; text++) {
                    bool text_fits = move && (text ? move->text != CASE_TEXT_NONE : move->text != CASE_TEXT_NEEDED);
                    bool expected = move && (move->senders & is) && text_fits && !takes_twice;
                    allowed_count += expected;
                    ck_assert_msg(is_allowed(&people[i], record, (Stagematch__V1__CaseEvent)event, text == 1) ==
                                      expected,
                                  "%s in %s with %s, text %d", people[i].who,
                                  case_state_facts((Stagematch__V1__CaseState)state)->name,
                                  case_event_name((Stagematch__V1__CaseEvent)event), text);
                }
            }
        message_free(record);
    }
    ck_assert_uint_gt(allowed_count, 100);
    close_domain();
}
END_TEST

START_TEST(a_company_that_was_not_asked_has_no_part)
{
    open_domain();
    CaseRecord *record = new_case(CASE_STATE(WEDERHOOR));
    const struct person *contact = &people[11];
    ck_assert_str_eq(contact->who, "company");
    ck_assert(is_allowed(contact, record, CASE_EVENT(ANSWERED), true));
    record->shown = false;
    ck_assert(!is_allowed(contact, record, CASE_EVENT(ANSWERED), true));
    message_free(record);
    close_domain();
}
END_TEST

START_TEST(nobody_goes_on_without_the_company_while_its_term_runs)
{
    open_domain();
    CaseRecord *record = new_case(CASE_STATE(WEDERHOOR));
    ck_assert(is_allowed(&people[0], record, CASE_EVENT(WENT_ON), false));
    record->overdue = false;
    ck_assert(!is_allowed(&people[0], record, CASE_EVENT(WENT_ON), false));
    message_free(record);
    close_domain();
}
END_TEST

RUN_TESTS("case_rules", everybody_in_every_state_with_every_event, a_company_that_was_not_asked_has_no_part,
          nobody_goes_on_without_the_company_while_its_term_runs)
