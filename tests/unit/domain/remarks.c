/* Questionable words: remarks with a placement, and what the vault says of a text. */
#include "core_fixture.h"

#include "blind/watchlist.h"
#include "stagematch/v1/wording.pb-c.h"

#define LIST                                                                                                         \
    "code;language;class;phrases;better;nl;en\n"                                                                     \
    "team;nl;fit;past in het team|klik;werkt samen;Geen criterium.;No criterion.\n"                                  \
    "accentloos;nl;language;accentloos;;Een accent is afkomst.;An accent is descent.\n"

static const struct caller vault = {0, NULL, 0};
static struct watchlist *watchlist;

/* The story's own domain has no watch list: this one has. */
static void open_watched(void)
{
    struct problems problems;
    open_domain();
    domain_free(domain);
    problems_init(&problems, "watchlist");
    ck_assert_int_eq(watchlist_read_bytes(text_of(LIST), &problems, &watchlist), ERR_OK);
    struct domain_options options = {.reasons = reasons,
                                     .calendar = calendar,
                                     .watchlist = watchlist,
                                     .geography = {some_point, NULL},
                                     .rules = {14, 0, 20},
                                     .label_key = "0123456789abcdef0123456789abcde",
                                     .threads = 1};
    ck_assert_int_eq(domain_new(&options, &domain), ERR_OK);
    add_round(ROUND, ROUND_MODE(BLIND));
    add_placement(PLACEMENT, "100001", 2, "");
    add_stagevraag(STAGEVRAAG, STUDENT, "99AA", 2, 4);
}

static void close_watched(void)
{
    close_domain();
    watchlist_free(watchlist);
}

/* The newest ledger entry of this kind since the changes were last taken: its code; "" where there is none. */
static void newest_fact(const char *kind, char code[64])
{
    struct changes changes;
    ck_assert_int_eq(state_take_changes(domain_state(domain), &changes), ERR_OK);
    code[0] = '\0';
    for (size_t i = 0; i < changes.entry_count; i++) {
        Stagematch__Internal__V1__LedgerPayload *payload;
        if (strcmp(changes.entries[i].kind, kind) != 0)
            continue;
        ck_assert_int_eq(message_unpack(&stagematch__internal__v1__ledger_payload__descriptor,
                                        changes.entries[i].payload, &payload),
                         ERR_OK);
        (void)snprintf(code, 64, "%s", payload->code);
        message_free(payload);
    }
    changes_free(&changes);
}

static void expect_fact(const char *kind, const char *code)
{
    char found[64];
    newest_fact(kind, found);
    ck_assert_str_eq(found, code);
}

static Stagematch__V1__Placement *placement_with(const char *title, const char *skill)
{
    static Stagematch__V1__Placement placement;
    static Stagematch__V1__HardCriterion hard, *criteria[1];
    static char *qualifications[1];
    stagematch__v1__placement__init(&placement);
    stagematch__v1__hard_criterion__init(&hard);
    hard.skill = message_borrow(skill);
    hard.level = 2;
    criteria[0] = &hard;
    qualifications[0] = message_borrow("25604");
    placement.leerbedrijf = message_borrow("100001");
    placement.leerplaats = message_borrow("nieuw");
    placement.company_name = message_borrow("Bedrijf");
    placement.kvk = message_borrow("12345678");
    placement.postcode = message_borrow("3511");
    placement.qualifications = qualifications;
    placement.n_qualifications = 1;
    placement.leerweg = LEERWEG(BOL);
    placement.capacity = 1;
    placement.start_date = message_borrow("2027-04-05");
    placement.end_date = message_borrow("2027-07-02");
    placement.hours_per_week = 32;
    placement.hard_criteria = criteria;
    placement.n_hard_criteria = 1;
    placement.title = message_borrow(title);
    return &placement;
}

static Stagematch__V1__SubmitPlacementResponse *submit(const char *title, const char *skill)
{
    Stagematch__V1__SubmitPlacementRequest request = STAGEMATCH__V1__SUBMIT_PLACEMENT_REQUEST__INIT;
    request.request_id = message_borrow(new_request_id());
    request.placement = placement_with(title, skill);
    Stagematch__V1__SubmitPlacementResponse *answer = call(&company, METHOD_SUBMIT_PLACEMENT, &request);
    DONE();
    return answer;
}

START_TEST(a_placement_is_questioned_and_goes_on_as_it_is)
{
    open_watched();
    Stagematch__V1__SubmitPlacementResponse *answer = submit("Jij past in het team", "accentloos");
    ck_assert_uint_eq(answer->n_remarks, 2);
    ck_assert_str_eq(answer->remarks[0]->field, "title");
    ck_assert_uint_eq(answer->remarks[0]->position, 4);
    ck_assert_uint_eq(answer->remarks[0]->length, 16);
    ck_assert_str_eq(answer->remarks[0]->better, "werkt samen");
    ck_assert_str_eq(answer->remarks[0]->remark_class, "fit");
    ck_assert_str_eq(answer->remarks[1]->field, "hard_criteria");
    ck_assert_uint_eq(answer->remarks[1]->index, 0);
    ck_assert_uint_eq(answer->remarks[1]->length, 0);
    ck_assert_str_eq(answer->placement->title, "Jij past in het team");
    expect_fact("placement_remarked", ""); /* a draft is nobody's to see */
    Stagematch__V1__PublishPlacementRequest publish = STAGEMATCH__V1__PUBLISH_PLACEMENT_REQUEST__INIT;
    publish.request_id = message_borrow(new_request_id());
    publish.placement_id = answer->placement->placement_id;
    publish.version = answer->placement->version;
    Stagematch__V1__PublishPlacementResponse *published = call(&company, METHOD_PUBLISH_PLACEMENT, &publish);
    DONE();
    ck_assert_int_eq(published->placement->state, PLACEMENT_STATE(PUBLISHED));
    ck_assert_uint_eq(published->n_remarks, 2);
    expect_fact("placement_remarked", "team,accentloos");
    message_free(published);
    message_free(answer);
    /* Taken over: a published place that is changed has nothing to note any more. */
    answer = submit("Jij werkt samen", "vca");
    ck_assert_uint_eq(answer->n_remarks, 0);
    expect_fact("placement_remarked", "");
    message_free(answer);
    close_watched();
}
END_TEST

START_TEST(a_text_can_be_checked_before_it_is_handed_in)
{
    open_watched();
    Stagematch__V1__CheckPlacementTextRequest request = STAGEMATCH__V1__CHECK_PLACEMENT_TEXT_REQUEST__INIT;
    message_free(call(&company, METHOD_CHECK_PLACEMENT_TEXT, &request));
    REFUSED("missing_field");
    request.placement = placement_with("Een klik", "vca");
    uint64_t before = state_mutations(domain_state(domain));
    Stagematch__V1__CheckPlacementTextResponse *answer = call(&company, METHOD_CHECK_PLACEMENT_TEXT, &request);
    DONE();
    ck_assert_uint_eq(answer->n_remarks, 1);
    ck_assert_uint_eq(state_mutations(domain_state(domain)), before);
    message_free(answer);
    message_free(call(&student, METHOD_CHECK_PLACEMENT_TEXT, &request));
    REFUSED("not_your_role");
    close_watched();
}
END_TEST

/* An objection with a text, and what the vault says of it. */
static void resolve(struct about *about, bool watch_term, const char *skill)
{
    uint8_t stage[ID_BYTES] = {0xFA};
    char *skills[] = {message_borrow(skill)};
    Stagematch__Internal__V1__TextFacts facts = STAGEMATCH__INTERNAL__V1__TEXT_FACTS__INIT;
    Stagematch__Internal__V1__ResolveStageRequest request = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_REQUEST__INIT;
    memcpy(stage + 8, &about->version, sizeof about->version);
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    facts.watch_term = watch_term;
    facts.named_skills = skills;
    facts.n_named_skills = *skill ? 1 : 0;
    request.text = &facts;
    Stagematch__Internal__V1__ResolveStageResponse *answer = call(&vault, METHOD_RESOLVE_STAGE, &request);
    DONE();
    ck_assert(answer->committed);
    message_free(answer);
}

/* Leaves the number of its stage in `version`, as resolve() wants it. */
static struct about object_with_text(const char *reason)
{
    open_watched();
    struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
    bring_to(&about, PROPOSAL_STATE(APPROVED));
    about.reason = reason;
    move_as(&company, METHOD_OBJECT_TO_CANDIDATE, &about, true);
    DONE();
    about.version = entropy_counter - 1; /* the call itself took one more */
    newest_fact("decision", (char[64]){""});
    return about;
}

START_TEST(what_the_vault_says_of_a_text_is_a_fact_once)
{
    struct about about = object_with_text("anders");
    resolve(&about, true, "");
    expect_fact("reason_text", "watch_term,no_criterion");
    resolve(&about, true, "");
    expect_fact("reason_text", "");
    close_watched();
}
END_TEST

START_TEST(a_text_that_names_a_declared_criterion_is_none)
{
    struct about about = object_with_text("anders");
    resolve(&about, false, "taal");
    expect_fact("reason_text", "");
    close_watched();
    about = object_with_text("anders");
    resolve(&about, false, "lassen"); /* a skill that this placement does not ask */
    expect_fact("reason_text", "no_criterion");
    close_watched();
    about = object_with_text("anders");
    resolve(&about, true, "zorg");
    expect_fact("reason_text", "watch_term");
    close_watched();
}
END_TEST

START_TEST(a_text_of_the_school_is_not_the_companys)
{
    open_watched();
    struct about about = about_of(propose(STAGEVRAAG, PLACEMENT));
    about.reason = "anders";
    move_as(&school, METHOD_VETO_PROPOSAL, &about, true);
    DONE();
    about.version = entropy_counter - 1;
    newest_fact("decision", (char[64]){""});
    resolve(&about, true, "");
    expect_fact("reason_text", "");
    close_watched();
}
END_TEST

RUN_TESTS("remarks", a_placement_is_questioned_and_goes_on_as_it_is, a_text_can_be_checked_before_it_is_handed_in,
          what_the_vault_says_of_a_text_is_a_fact_once, a_text_that_names_a_declared_criterion_is_none,
          a_text_of_the_school_is_not_the_companys)
