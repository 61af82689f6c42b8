/* Bounds: files at a time, memory that runs out anywhere, answers that are worth compressing. */
#include "fixture.h"

#include "front/state.h"

static const char csv[] = "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren\r\n"
                          "25PT;s1;1012;25180;BOL;2;2027-02-01;2027-06-30;32\r\n"
                          "25PT;s2;1012;25180;BOL;2;2027-02-01;2027-06-30;32\r\n";

/* An ImportStudentsRequest of that file. */
static size_t pack_import(uint8_t out[512])
{
    char id[] = REQUEST_ID, file[sizeof csv];
    Stagematch__V1__ImportStudentsRequest request = STAGEMATCH__V1__IMPORT_STUDENTS_REQUEST__INIT;
    memcpy(file, csv, sizeof csv);
    request.request_id = id;
    request.csv = (ProtobufCBinaryData){sizeof csv - 1, (uint8_t *)file};
    return protobuf_c_message_pack(&request.base, out);
}

START_TEST(a_few_files_at_a_time_are_read)
{
    enum { FILES = 4 };
    struct client clients[FILES];
    uint8_t request[512];
    size_t length = pack_import(request);
    fixture_open();
    at.plays[METHOD_STAGE_STUDENTS].play = PLAY_HOLD;
    for (int i = 0; i < FILES; i++) {
        clients[i] = client_open();
        client_post(&clients[i], method_of(METHOD_IMPORT_STUDENTS)->path, "application/proto", BEARER, request,
                    length);
    }
    for (int i = 0; i < 2000 && at.held_count < FILES; i++)
        turn();
    struct reply reply = post_with(METHOD_IMPORT_STUDENTS, "application/proto", BEARER, request, length);
    assert_reply(&reply, 429, "resource_exhausted");
    release_held();
    for (int i = 0; i < FILES; i++) {
        reply = client_wait(&clients[i]);
        assert_reply(&reply, 503, "unavailable");
        client_close(&clients[i]);
    }
    play_refusal(METHOD_STAGE_STUDENTS, &refusal_not_found);
    reply = post_with(METHOD_IMPORT_STUDENTS, "application/proto", BEARER, request, length);
    assert_reply(&reply, 404, "not_found");
    fixture_close();
}
END_TEST

START_TEST(too_many_calls_or_too_much_memory_is_refused)
{
    struct front *front;
    fixture_open();
    front = at.front;
    front->call_count += CALLS_MAX;
    struct reply reply = post_json(METHOD_GET_PROPOSAL, "{}");
    assert_reply(&reply, 429, "resource_exhausted");
    front->call_count -= CALLS_MAX;
    front->decode_bytes += DECODE_MEMORY_BYTES - 1000;
    reply = post_json(METHOD_GET_PROPOSAL, "{}");
    assert_reply(&reply, 429, "resource_exhausted");
    front->decode_bytes -= DECODE_MEMORY_BYTES - 1000;
    reply = post_json(METHOD_GET_PROPOSAL, "{}");
    assert_reply(&reply, 501, "unimplemented");
    ck_assert_uint_eq(front->call_count, 0);
    ck_assert_uint_eq(front->decode_bytes, 0);
    fixture_close();
}
END_TEST

START_TEST(a_long_answer_is_compressed_for_who_takes_it)
{
    enum { PROPOSALS = 100 };
    char id[33];
    Stagematch__V1__Proposal proposal = STAGEMATCH__V1__PROPOSAL__INIT, *list[PROPOSALS];
    Stagematch__V1__ListProposalsResponse response = STAGEMATCH__V1__LIST_PROPOSALS_RESPONSE__INIT;
    memset(id, 'a', 32);
    id[32] = '\0';
    proposal.proposal_id = id;
    for (int i = 0; i < PROPOSALS; i++)
        list[i] = &proposal;
    response.n_proposals = PROPOSALS;
    response.proposals = list;
    fixture_open();
    play_message(METHOD_LIST_PROPOSALS, &response);
    struct reply plain = post_json(METHOD_LIST_PROPOSALS, "{}");
    struct reply packed =
        post_with(METHOD_LIST_PROPOSALS, "application/json", BEARER "Accept-Encoding: gzip\r\n", "{}", 2);
    ck_assert_ptr_null(strstr(plain.head, "Content-Encoding"));
    ck_assert_ptr_nonnull(strstr(packed.head, "Content-Encoding: gzip"));
    ck_assert_uint_gt(plain.body_length, packed.body_length * 10);
    reply_free(&plain);
    reply_free(&packed);
    fixture_close();
}
END_TEST

static void stage_two(struct incoming_call *incoming)
{
    uint8_t refs[2][16] = {{1}, {2}}, ids[2][16] = {{3}, {4}};
    Stagematch__Internal__V1__StudentReference references[2], *list[2];
    Stagematch__Internal__V1__StageStudentsResponse response =
        STAGEMATCH__INTERNAL__V1__STAGE_STUDENTS_RESPONSE__INIT;
    for (int i = 0; i < 2; i++) {
        stagematch__internal__v1__student_reference__init(&references[i]);
        references[i].student_ref = (ProtobufCBinaryData){16, refs[i]};
        references[i].stagevraag_id = (ProtobufCBinaryData){16, ids[i]};
        list[i] = &references[i];
    }
    response.stage_id = (ProtobufCBinaryData){16, refs[1]};
    response.n_references = 2;
    response.references = list;
    channel_answer_message(incoming, &response.base);
}

static void play_saga(void)
{
    Stagematch__Internal__V1__CommitStudentsResponse committed =
        STAGEMATCH__INTERNAL__V1__COMMIT_STUDENTS_RESPONSE__INIT;
    Stagematch__Internal__V1__FinaliseResponse finalised = STAGEMATCH__INTERNAL__V1__FINALISE_RESPONSE__INIT;
    Stagematch__V1__Import import = STAGEMATCH__V1__IMPORT__INIT;
    committed.import = &import;
    play_function(METHOD_STAGE_STUDENTS, stage_two);
    play_message(METHOD_COMMIT_STUDENTS, &committed);
    play_message(METHOD_FINALISE, &finalised);
}

/* Posts and turns until an answer came or the connection was closed; gives the status, or 0. */
static int post_and_look(const uint8_t *request, size_t length)
{
    struct client client = client_open();
    struct reply reply = {0};
    client_post(&client, method_of(METHOD_IMPORT_STUDENTS)->path, "application/proto", BEARER, request, length);
    for (int i = 0; i < 3000; i++) {
        char piece[8192];
        event_base_loop(at.base, EVLOOP_NONBLOCK);
        ssize_t got = recv(client.fd, piece, sizeof piece, 0);
        if (got > 0) {
            client.bytes = realloc(client.bytes, client.length + (size_t)got);
            memcpy(client.bytes + client.length, piece, (size_t)got);
            client.length += (size_t)got;
        }
        if (got == 0 || reply_is_whole(&client, &reply))
            break;
        ck_assert_int_lt(i, 2999);
        if (i > 100)
            poll(NULL, 0, 1);
    }
    int status = reply.status;
    reply_free(&reply);
    client_close(&client);
    return status;
}

/* Whatever allocation fails, the call is answered or its connection closed, nothing leaks, and the next call is served. */
START_TEST(memory_may_run_out_anywhere)
{
    uint8_t request[512];
    size_t length = pack_import(request);
    uint64_t failing = 1;
    bool failed = true;
    fixture_open();
    play_saga();
    at.clock_shift_ms = 0;
    for (; failed; failing += 1 + failing / 32) {
        ck_assert_uint_lt(failing, 100000);
        mem_fail_at(failing);
        int status = post_and_look(request, length);
        failed = mem_has_failed();
        mem_fail_at(0);
        ck_assert_msg(status == 200 || failed, "%d without a failure", status);
        turns(3);
        for (int role = ROLE_ENGINE; role <= ROLE_VAULT; role++)
            if (!at.far[role])
                connect_role((enum role_name)role);
        forget_asked();
        ck_assert_int_eq(post_and_look(request, length), 200);
        at.clock_shift_ms += 61000; /* so that the caller is asked for again */
        play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 60000);
        forget_asked();
    }
    ck_assert_uint_gt(failing, 50);
    fixture_close();
}
END_TEST

RUN_TESTS("front/limits", a_few_files_at_a_time_are_read, too_many_calls_or_too_much_memory_is_refused,
          a_long_answer_is_compressed_for_who_takes_it, memory_may_run_out_anywhere)
