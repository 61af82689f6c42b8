#include "engine/dispatch.h"

#include "api/message.h"
#include "stagematch/internal/v1/saga.pb-c.h"
#include "stagematch/v1/common.pb-c.h"
#include "stagematch/v1/proposal.pb-c.h"
#include "support/support.h"

#include <sodium.h>
#include <string.h>

typedef Stagematch__Internal__V1__Call Call;

enum {
    NOW_MS = 1000000,
    ROLE_CO = STAGEMATCH__V1__ROLE__ROLE_COORDINATOR,
    ROLE_CP = STAGEMATCH__V1__ROLE__ROLE_COMPANY,
    ROLE_ST = STAGEMATCH__V1__ROLE__ROLE_STUDENT
};

static const uint8_t key[ASSERTION_KEY_BYTES] = {1, 2, 3};

struct sent {
    Call call;
    struct incoming_call incoming;
    struct buf assertion, body;
    uint8_t mac[ASSERTION_MAC_BYTES];
};

/* As the vault does it. */
static void seal(struct sent *sent)
{
    struct buf bytes;
    buf_init(&bytes, 1 << 20);
    buf_put(&bytes, "stagematch/assertion/v1", 24);
    buf_put_text(&bytes, buf_text(&sent->assertion));
    crypto_auth(sent->mac, (const uint8_t *)bytes.data, bytes.length, key);
    buf_free(&bytes);
    sent->call.assertion = (ProtobufCBinaryData){sent->assertion.length, (uint8_t *)sent->assertion.data};
    sent->call.assertion_mac = (ProtobufCBinaryData){sizeof sent->mac, sent->mac};
}

static void assert_as(struct sent *sent, unsigned role, int64_t expire_ms)
{
    uint8_t id[ID_BYTES] = {7};
    char *scope[] = {(char[]){"25LX"}, (char[]){"01AA"}};
    Stagematch__Internal__V1__ActorAssertion assertion = STAGEMATCH__INTERNAL__V1__ACTOR_ASSERTION__INIT;
    assertion.account_id = (ProtobufCBinaryData){sizeof id, id};
    assertion.role = (Stagematch__V1__Role)role;
    assertion.scope = scope;
    assertion.n_scope = 2;
    assertion.expire_ms = expire_ms;
    buf_init(&sent->assertion, 1 << 20);
    ck_assert_int_eq(message_pack_buf(&assertion, &sent->assertion), ERR_OK);
    seal(sent);
}

static void send_to(struct sent *sent, enum method_id method)
{
    memset(sent, 0, sizeof *sent);
    stagematch__internal__v1__call__init(&sent->call);
    sent->incoming.method = method_of(method);
    sent->incoming.call = &sent->call;
    buf_init(&sent->assertion, 1 << 20);
    buf_init(&sent->body, 64 << 20);
}

static void set_body(struct sent *sent, const void *message)
{
    ck_assert_int_eq(message_pack_buf(message, &sent->body), ERR_OK);
    sent->call.body = (ProtobufCBinaryData){sent->body.length, (uint8_t *)sent->body.data};
}

/* The refusal; NULL: it was taken. Frees what was sent. */
static const struct refusal *check(struct sent *sent, struct actor *actor)
{
    struct engine_call *call;
    struct status status = dispatch_check(&sent->incoming, key, NOW_MS, &call);
    if (!status.refusal) {
        ck_assert_ptr_eq(call->incoming, &sent->incoming);
        if (actor) {
            *actor = call->asserted.actor;
            ck_assert_uint_eq(actor->scope_count, 2);
            ck_assert_str_eq(actor->scope[1], "01AA");
        }
        pbguard_free(&call->request);
        asserted_free(&call->asserted);
        free(call);
    }
    buf_free(&sent->assertion);
    buf_free(&sent->body);
    return status.refusal;
}

START_TEST(a_sound_call_is_taken)
{
    struct sent sent;
    struct actor actor;
    send_to(&sent, METHOD_APPROVE_PROPOSAL);
    assert_as(&sent, ROLE_CO, NOW_MS + 1);
    ck_assert_ptr_null(check(&sent, &actor));
    ck_assert_uint_eq(actor.role, ROLE_CO);
    ck_assert_uint_eq(actor.account_id[0], 7);
    send_to(&sent, METHOD_LIST_REASONS);
    ck_assert_ptr_null(check(&sent, NULL));
}
END_TEST

START_TEST(a_caller_that_is_not_asserted_is_unauthenticated)
{
    struct sent sent;
    send_to(&sent, METHOD_APPROVE_PROPOSAL);
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_unauthenticated);
    send_to(&sent, METHOD_APPROVE_PROPOSAL);
    assert_as(&sent, ROLE_CO, NOW_MS); /* over */
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_unauthenticated);
    for (size_t i = 0; i < ASSERTION_MAC_BYTES; i++) {
        send_to(&sent, METHOD_APPROVE_PROPOSAL);
        assert_as(&sent, ROLE_CO, NOW_MS + 1);
        sent.mac[i] ^= 1;
        ck_assert_ptr_eq(check(&sent, NULL), &refusal_unauthenticated);
    }
    for (size_t i = 0, length = 1; i < length; i++) {
        send_to(&sent, METHOD_APPROVE_PROPOSAL);
        assert_as(&sent, ROLE_CO, NOW_MS + 1);
        length = sent.assertion.length;
        sent.assertion.data[i] ^= 1;
        ck_assert_ptr_eq(check(&sent, NULL), &refusal_unauthenticated);
    }
    send_to(&sent, METHOD_APPROVE_PROPOSAL);
    assert_as(&sent, ROLE_CO, NOW_MS + 1);
    sent.call.assertion_mac.len = 16;
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_unauthenticated);
}
END_TEST

START_TEST(a_sealed_assertion_must_still_be_one)
{
    struct sent sent;
    send_to(&sent, METHOD_APPROVE_PROPOSAL);
    buf_put(&sent.assertion, "\x0a\xff", 2);
    seal(&sent);
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_unauthenticated);
    send_to(&sent, METHOD_APPROVE_PROPOSAL);
    Stagematch__Internal__V1__ActorAssertion short_id = STAGEMATCH__INTERNAL__V1__ACTOR_ASSERTION__INIT;
    short_id.account_id = (ProtobufCBinaryData){3, (uint8_t[]){1, 2, 3}};
    short_id.expire_ms = NOW_MS + 1;
    ck_assert_int_eq(message_pack_buf(&short_id, &sent.assertion), ERR_OK);
    seal(&sent);
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_unauthenticated);
}
END_TEST

START_TEST(every_method_takes_its_roles_and_no_other)
{
    for (int id = 0; id < METHOD_COUNT; id++) {
        const struct method *method = method_of((enum method_id)id);
        if ((method->target != TARGET_ENGINE && method->target != TARGET_SAGA_TEXT) || method->flags & METHOD_PUBLIC)
            continue;
        for (unsigned role = 0; role <= STAGEMATCH__V1__ROLE__ROLE_OPERATOR; role++) {
            struct sent sent;
            send_to(&sent, method->id);
            assert_as(&sent, role, NOW_MS + 1000);
            const struct refusal *refusal = check(&sent, NULL);
            if (method->roles & ROLE_BIT(role))
                ck_assert_ptr_null(refusal);
            else
                ck_assert_ptr_eq(refusal, &refusal_permission);
        }
    }
}
END_TEST

START_TEST(the_schools_that_checked_a_contact_come_in_order)
{
    static const char *const ordered[] = {"01AA", "25LX"}, *const twice[] = {"01AA", "01AA"},
                             *const falling[] = {"25LX", "01AA"};
    static const struct {
        const char *const *schools;
        size_t count;
        bool taken;
    } cases[] = {{ordered, 2, true}, {ordered, 0, true}, {twice, 2, false}, {falling, 2, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sent sent;
        uint8_t id[ID_BYTES] = {7};
        Stagematch__Internal__V1__ActorAssertion assertion = STAGEMATCH__INTERNAL__V1__ACTOR_ASSERTION__INIT;
        assertion.account_id = (ProtobufCBinaryData){sizeof id, id};
        assertion.role = STAGEMATCH__V1__ROLE__ROLE_COMPANY;
        assertion.checked_by = (char **)(uintptr_t)cases[i].schools;
        assertion.n_checked_by = cases[i].count;
        assertion.expire_ms = NOW_MS + 1;
        send_to(&sent, METHOD_LIST_CANDIDATES);
        buf_init(&sent.assertion, 1 << 20);
        ck_assert_int_eq(message_pack_buf(&assertion, &sent.assertion), ERR_OK);
        seal(&sent);
        ck_assert_ptr_eq(check(&sent, NULL), cases[i].taken ? NULL : &refusal_unauthenticated);
    }
}
END_TEST

START_TEST(internal_methods_come_on_behalf_of_whom_the_table_says)
{
    static const struct {
        enum method_id method;
        bool nobody, coordinator, student, company;
    } cases[] = {
        {METHOD_COMMIT_STUDENTS, false, true, false, false},
        {METHOD_COMMIT_PLACEMENTS, false, true, false, false},
        {METHOD_COMMIT_RELEASE, false, true, false, false},
        {METHOD_LIST_RESULTS, false, true, false, false},
        {METHOD_COMMIT_ERASURE, true, true, false, false},
        {METHOD_RESOLVE_STAGE, true, true, true, true},
        {METHOD_PULL_NOTICES, true, true, true, true},
        {METHOD_PULL_DECISIONS, true, true, true, true},
        {METHOD_CHECK_GRANT, false, false, false, true},
        {METHOD_AUTHENTICATE, false, false, false, false}, /* the vault's */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sent sent;
        send_to(&sent, cases[i].method);
        ck_assert_int_eq(check(&sent, NULL) == NULL, cases[i].nobody);
        send_to(&sent, cases[i].method);
        assert_as(&sent, ROLE_CO, NOW_MS + 1);
        ck_assert_int_eq(check(&sent, NULL) == NULL, cases[i].coordinator);
        send_to(&sent, cases[i].method);
        assert_as(&sent, ROLE_ST, NOW_MS + 1);
        ck_assert_int_eq(check(&sent, NULL) == NULL, cases[i].student);
        send_to(&sent, cases[i].method);
        assert_as(&sent, ROLE_CP, NOW_MS + 1);
        ck_assert_int_eq(check(&sent, NULL) == NULL, cases[i].company);
    }
}
END_TEST

START_TEST(a_carried_method_has_its_own_roles)
{
    static const struct {
        const char *carried;
        unsigned role;
        bool taken;
    } cases[] = {
        {"stagematch.v1.ProposalService/VetoProposal", ROLE_CO, true},
        {"stagematch.v1.ProposalService/VetoProposal", ROLE_ST, false},
        {"stagematch.v1.ProposalService/DeclineProposal", ROLE_ST, true},
        {"stagematch.v1.ProposalService/DeclineProposal", ROLE_CO, true},
        {"stagematch.v1.ProposalService/DeclineProposal", ROLE_CP, false},
        {"stagematch.v1.ProposalService/ApproveProposal", ROLE_CO, false}, /* carries no text */
        {"internal/CommitWithText", ROLE_CO, false},
        {"", ROLE_CO, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sent sent;
        Stagematch__Internal__V1__CommitWithTextRequest carrier =
            STAGEMATCH__INTERNAL__V1__COMMIT_WITH_TEXT_REQUEST__INIT;
        carrier.method = (char *)(uintptr_t)cases[i].carried;
        send_to(&sent, METHOD_COMMIT_WITH_TEXT);
        set_body(&sent, &carrier);
        assert_as(&sent, cases[i].role, NOW_MS + 1);
        ck_assert_ptr_eq(check(&sent, NULL), cases[i].taken ? NULL : &refusal_permission);
    }
}
END_TEST

START_TEST(bodies_that_are_no_message_or_too_large_are_refused)
{
    static char large[8 << 10];
    struct sent sent;
    send_to(&sent, METHOD_LIST_REASONS);
    sent.call.body = (ProtobufCBinaryData){2, (uint8_t[]){0x0a, 0xff}};
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_malformed);
    send_to(&sent, METHOD_LIST_REASONS);
    sent.call.body = (ProtobufCBinaryData){sizeof large, (uint8_t *)large};
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_too_large);
    Stagematch__V1__ApproveProposalRequest request = STAGEMATCH__V1__APPROVE_PROPOSAL_REQUEST__INIT;
    request.request_id = (char[]){"\xc3("};
    send_to(&sent, METHOD_APPROVE_PROPOSAL);
    set_body(&sent, &request);
    assert_as(&sent, ROLE_CO, NOW_MS + 1);
    ck_assert_ptr_eq(check(&sent, NULL), &refusal_malformed);
}
END_TEST

START_TEST(what_may_change_is_known)
{
    ck_assert(dispatch_may_change(method_of(METHOD_APPROVE_PROPOSAL)));
    ck_assert(dispatch_may_change(method_of(METHOD_LIST_CANDIDATES)));
    ck_assert(dispatch_may_change(method_of(METHOD_COMMIT_STUDENTS)));
    ck_assert(dispatch_may_change(method_of(METHOD_RESOLVE_STAGE)));
    ck_assert(!dispatch_may_change(method_of(METHOD_LIST_PROPOSALS)));
    ck_assert(!dispatch_may_change(method_of(METHOD_CHECK_GRANT)));
    ck_assert(!dispatch_may_change(method_of(METHOD_LIST_RESULTS)));
}
END_TEST

RUN_TESTS("engine/dispatch", a_sound_call_is_taken, a_caller_that_is_not_asserted_is_unauthenticated,
          a_sealed_assertion_must_still_be_one, every_method_takes_its_roles_and_no_other,
          the_schools_that_checked_a_contact_come_in_order, internal_methods_come_on_behalf_of_whom_the_table_says,
          a_carried_method_has_its_own_roles, bodies_that_are_no_message_or_too_large_are_refused,
          what_may_change_is_known)
