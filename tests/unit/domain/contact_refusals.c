/* A company's contact sees and decides on students of those schools alone that have checked it. */
#include "core_fixture.h"

static const char *const no_schools[1], *const ours[] = {"99AA"}, *const theirs[] = {"99AB"};

/* Who has checked the contacts from now on. */
static void checked_by(const char *const *schools, size_t count)
{
    checking_schools = schools;
    checking_count = count;
}

static size_t candidates(const struct caller *caller)
{
    Stagematch__V1__ListCandidatesRequest request = STAGEMATCH__V1__LIST_CANDIDATES_REQUEST__INIT;
    Stagematch__V1__ListCandidatesResponse *answer = call(caller, METHOD_LIST_CANDIDATES, &request);
    DONE();
    size_t count = answer->n_candidates;
    message_free(answer);
    return count;
}

static bool granted(const struct caller *caller, const char *label)
{
    Stagematch__Internal__V1__CheckGrantRequest request = STAGEMATCH__INTERNAL__V1__CHECK_GRANT_REQUEST__INIT;
    request.candidate = message_borrow(label);
    request.leerbedrijf = message_borrow("100001");
    Stagematch__Internal__V1__CheckGrantResponse *answer = call(caller, METHOD_CHECK_GRANT, &request);
    DONE();
    bool result = answer->granted;
    message_free(answer);
    return result;
}

static Stagematch__V1__Placement *placement_as(const struct caller *caller)
{
    char id[ID_HEX_BYTES];
    Stagematch__V1__GetPlacementRequest request = STAGEMATCH__V1__GET_PLACEMENT_REQUEST__INIT;
    id_format_bytes(id_of(PLACEMENT), id);
    request.placement_id = id;
    Stagematch__V1__GetPlacementResponse *answer = call(caller, METHOD_GET_PLACEMENT, &request);
    DONE();
    Stagematch__V1__Placement *placement = answer->placement;
    answer->placement = NULL;
    message_free(answer);
    return placement;
}

static void withdraw_placement(const struct caller *caller)
{
    char id[ID_HEX_BYTES];
    Stagematch__V1__WithdrawPlacementRequest request = STAGEMATCH__V1__WITHDRAW_PLACEMENT_REQUEST__INIT;
    id_format_bytes(id_of(PLACEMENT), id);
    request.request_id = message_borrow(new_request_id());
    request.placement_id = id;
    request.version = placement_of(PLACEMENT)->version;
    request.reason = message_borrow("gesloten");
    message_free(call(caller, METHOD_WITHDRAW_PLACEMENT, &request));
}

/* Every method of a company about one candidate. */
static void refused_everything(const struct about *about)
{
    static const struct {
        enum method_id method;
        const char *reason;
    } calls[] = {{METHOD_GET_CANDIDATE, NULL},
                 {METHOD_AGREE_TO_CANDIDATE, NULL},
                 {METHOD_OBJECT_TO_CANDIDATE, "geen-capaciteit"},
                 {METHOD_PLACE_CANDIDATE, NULL},
                 {METHOD_DROP_CANDIDATE, "geen-vog"},
                 {METHOD_ANSWER_COMPANY_CHECK_IN, NULL}};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        struct about asked = *about, nobody = *about;
        asked.reason = nobody.reason = calls[i].reason;
        nobody.label = "0000000000";
        move_as(&company, calls[i].method, &asked, false);
        REFUSED("not_found");
        ck_assert_ptr_null(last.field);
        move_as(&company, calls[i].method, &nobody, false);
        REFUSED("not_found");
        ck_assert_ptr_null(last.field);
    }
}

START_TEST(a_contact_whom_the_school_did_not_check_finds_nothing)
{
    static const Stagematch__V1__ProposalState states[] = {PROPOSAL_STATE(APPROVED), PROPOSAL_STATE(ACCEPTED),
                                                           PROPOSAL_STATE(RELEASED), PROPOSAL_STATE(PLACED),
                                                           PROPOSAL_STATE(STARTED),  PROPOSAL_STATE(COMPLETED)};
    struct about about = open_story();
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
        checked_by(known_schools, 2);
        bring_to(&about, states[i]);
        ck_assert_uint_eq(candidates(&company), 1);
        for (unsigned other = 0; other < 2; other++) {
            checked_by(other ? theirs : no_schools, other);
            ck_assert_uint_eq(candidates(&company), 0);
            ck_assert(!granted(&company, about.label));
            refused_everything(&about);
            ck_assert_int_eq(proposal_of(about.id)->state, states[i]);
        }
    }
    close_domain();
}
END_TEST

START_TEST(a_placement_in_a_round_is_changed_by_who_that_rounds_school_checked)
{
    char round[ID_HEX_BYTES];
    struct about about = open_story();
    id_format_bytes(id_of(ROUND), round);
    move_as(&school, METHOD_VETO_PROPOSAL, &(struct about){.id = about.id, .version = 1, .reason = "plek-elders"},
            false);
    DONE();
    Stagematch__V1__Placement *shown = placement_as(&company);
    ck_assert_str_eq(shown->round_id, round);
    message_free(shown);
    checked_by(theirs, 1);
    shown = placement_as(&company);
    ck_assert_str_eq(shown->round_id, ""); /* no word of the round */
    withdraw_placement(&company);          /* nothing runs any more; the round holds on to it */
    REFUSED("contact_not_checked");
    message_free(shown);
    shown = placement_as(&school); /* a coördinator of the round sees as before */
    ck_assert_str_eq(shown->round_id, round);
    message_free(shown);
    checked_by(ours, 1);
    withdraw_placement(&company);
    DONE();
    close_domain();
}
END_TEST

RUN_TESTS("domain/contact_refusals", a_contact_whom_the_school_did_not_check_finds_nothing,
          a_placement_in_a_round_is_changed_by_who_that_rounds_school_checked)
