/* What goes to whom, in which order, and what happens where a step fails. */
#include "fixture.h"

#include "wire/pbguard.h"

#define HEADER                                                                                                       \
    "school;studentnummer;voornaam;achternaam;geboortedatum;geslacht;email;telefoon;postcode;opleiding;leerweg;"     \
    "leerjaar;van;tot;uren;vaardigheden;tags;uitsluiten;voorkeuren\r\n"

/* Rows that sort by hours: the profile's bytes begin with the qualification, which is equal. */
#define ROW_A                                                                                                        \
    "25PT;s1;Aaltje;Aardema;1-2-2008;v;aaltje@school.nl;0612345678;1012 ab;25180;BOL;2;2027-02-01;2027-06-30;32;"    \
    "b=2|a=3;t2|t1;;100/x>y\r\n"
#define ROW_B                                                                                                        \
    "25PT;s2;Zoë;Zwart;2008-03-04;M;zoe@school.nl;+31 6 "                                                           \
    "12345678;1011;25180;BOL;1;2027-02-01;2027-06-30;16;a=3;;;\r\n"
#define ROW_C "25PT;s3;Mo;Mulder;;;;;1012;25170;BOL;2;2027-02-01;2027-06-30;24;;;;\r\n"

static const char *const names[] = {"Aaltje",     "Aardema", "Zo\xc3\xab", "Zwart", "Mulder", "school.nl",
                                    "0612345678", "1012 AB", "2008-02-01", "s1",    "s2",     "s3"};

/* References as the vault draws them: here from the student number, so that a repeat gets the same. */
static void stage_students(struct incoming_call *incoming)
{
    struct pbguard_message unpacked;
    struct text body = {(const char *)incoming->call->body.data, incoming->call->body.len};
    ck_assert_int_eq(pbguard_unpack(&stagematch__internal__v1__stage_students_request__descriptor, body,
                                    &pbguard_limits_internal, 64 << 20, true, &unpacked, NULL),
                     ERR_OK);
    const Stagematch__Internal__V1__StageStudentsRequest *request =
        (const Stagematch__Internal__V1__StageStudentsRequest *)unpacked.message;
    Stagematch__Internal__V1__StageStudentsResponse response =
        STAGEMATCH__INTERNAL__V1__STAGE_STUDENTS_RESPONSE__INIT;
    Stagematch__Internal__V1__StudentReference *references = calloc(request->n_students, sizeof *references);
    Stagematch__Internal__V1__StudentReference **list = calloc(request->n_students, sizeof(void *));
    uint8_t(*ids)[2][16] = calloc(request->n_students, sizeof *ids);
    for (size_t i = 0; i < request->n_students; i++) {
        const char *number = request->students[i]->student_number;
        crypto_generichash(ids[i][0], 16, (const uint8_t *)number, strlen(number), NULL, 0);
        crypto_generichash(ids[i][1], 16, ids[i][0], 16, NULL, 0);
        stagematch__internal__v1__student_reference__init(&references[i]);
        references[i].student_ref = (ProtobufCBinaryData){16, ids[i][0]};
        references[i].stagevraag_id = (ProtobufCBinaryData){16, ids[i][1]};
        list[i] = &references[i];
    }
    response.stage_id = (ProtobufCBinaryData){16, (uint8_t[16]){0xab, 0xcd}};
    response.n_references = request->n_students;
    response.references = list;
    channel_answer_message(incoming, &response.base);
    free(ids);
    free(list);
    free(references);
    pbguard_free(&unpacked);
}

static void play_saga(void)
{
    Stagematch__Internal__V1__CommitStudentsResponse committed =
        STAGEMATCH__INTERNAL__V1__COMMIT_STUDENTS_RESPONSE__INIT;
    Stagematch__Internal__V1__FinaliseResponse finalised = STAGEMATCH__INTERNAL__V1__FINALISE_RESPONSE__INIT;
    Stagematch__V1__Import import = STAGEMATCH__V1__IMPORT__INIT;
    import.state = STAGEMATCH__V1__IMPORT_STATE__IMPORT_STATE_DONE;
    import.row_count = import.new_count = 3;
    committed.import = &import;
    play_function(METHOD_STAGE_STUDENTS, stage_students);
    play_message(METHOD_COMMIT_STUDENTS, &committed);
    play_message(METHOD_FINALISE, &finalised);
}

static struct reply import_file(enum method_id method, const char *csv)
{
    union {
        const char *borrowed;
        uint8_t *plain;
    } bytes = {.borrowed = csv};
    char id[] = REQUEST_ID;
    if (method == METHOD_IMPORT_PLACEMENTS) {
        Stagematch__V1__ImportPlacementsRequest request = STAGEMATCH__V1__IMPORT_PLACEMENTS_REQUEST__INIT;
        request.request_id = id;
        request.publish = true;
        request.csv = (ProtobufCBinaryData){strlen(csv), bytes.plain};
        return post_message(method, &request);
    }
    Stagematch__V1__ImportStudentsRequest request = STAGEMATCH__V1__IMPORT_STUDENTS_REQUEST__INIT;
    request.request_id = id;
    request.csv = (ProtobufCBinaryData){strlen(csv), bytes.plain};
    return post_message(method, &request);
}

static Stagematch__Internal__V1__CommitStudentsRequest *committed_request(size_t i)
{
    const struct asked *asked = asked_of(METHOD_COMMIT_STUDENTS, i);
    ck_assert_ptr_nonnull(asked);
    Stagematch__Internal__V1__CommitStudentsRequest *request =
        stagematch__internal__v1__commit_students_request__unpack(NULL, asked->body_length,
                                                                  (const uint8_t *)asked->body);
    ck_assert_ptr_nonnull(request);
    return request;
}

static void free_committed(Stagematch__Internal__V1__CommitStudentsRequest *request)
{
    stagematch__internal__v1__commit_students_request__free_unpacked(request, NULL);
}

/* The methods that were asked, but for Authenticate, in their order. */
static void assert_sequence(const enum method_id *expected, size_t count)
{
    size_t seen = 0;
    for (size_t i = 0; i < at.asked_count; i++) {
        if (at.asked[i].method->id == METHOD_AUTHENTICATE)
            continue;
        ck_assert_uint_lt(seen, count);
        ck_assert_str_eq(at.asked[i].method->path, method_of(expected[seen])->path);
        seen++;
    }
    ck_assert_uint_eq(seen, count);
}

#define ASSERT_SEQUENCE(...)                                                                                         \
    assert_sequence((const enum method_id[]){__VA_ARGS__},                                                           \
                    sizeof((const enum method_id[]){__VA_ARGS__}) / sizeof(enum method_id))

START_TEST(a_file_is_staged_committed_and_finalised)
{
    fixture_open();
    play_saga();
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, HEADER ROW_A ROW_B ROW_C);
    ck_assert_int_eq(reply.status, 200);
    Stagematch__V1__ImportStudentsResponse *answer =
        stagematch__v1__import_students_response__unpack(NULL, reply.body_length, (const uint8_t *)reply.body);
    ck_assert_str_eq(answer->import_id, "abcd0000000000000000000000000000");
    ck_assert_uint_eq(answer->import->row_count, 3);
    stagematch__v1__import_students_response__free_unpacked(answer, NULL);
    reply_free(&reply);
    ASSERT_SEQUENCE(METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS, METHOD_FINALISE);
    ck_assert_str_eq(asked_of(METHOD_STAGE_STUDENTS, 0)->token, TOKEN);
    ck_assert_str_eq(asked_of(METHOD_COMMIT_STUDENTS, 0)->assertion, "assertion");
    fixture_close();
}
END_TEST

START_TEST(the_engine_sees_profiles_and_the_vault_identities)
{
    fixture_open();
    play_saga();
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, HEADER ROW_A ROW_B ROW_C);
    reply_free(&reply);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        ck_assert_msg(!role_saw(ROLE_ENGINE, names[i]), "the engine saw '%s'", names[i]);
        ck_assert_msg(role_saw(ROLE_VAULT, names[i]), "the vault did not see '%s'", names[i]);
    }
    Stagematch__Internal__V1__CommitStudentsRequest *request = committed_request(0);
    ck_assert_uint_eq(request->n_students, 3);
    ck_assert(request->last);
    ck_assert_uint_eq(request->chunk, 0);
    ck_assert_str_eq(request->request_id, REQUEST_ID);
    ck_assert_uint_eq(request->stage_id.len, 16);
    const Stagematch__V1__Profile *profile = request->students[2]->profile;
    ck_assert_str_eq(request->students[0]->profile->qualification, "25170");
    ck_assert_str_eq(profile->pc4, "1012");
    ck_assert_str_eq(profile->skills[0]->skill, "a");
    ck_assert_uint_eq(profile->skills[0]->level, 3);
    ck_assert_str_eq(profile->tags[0], "t1");
    ck_assert_str_eq(profile->preferred[0], "100/x");
    ck_assert_uint_eq(profile->max_km, 40);
    ck_assert_uint_eq(profile->n_days, 5);
    ck_assert_str_eq(profile->start_date, "2027-02-01");
    free_committed(request);
    fixture_close();
}
END_TEST

/* The bytes that the engine got for a file. */
static struct text engine_bytes(const char *csv)
{
    forget_asked();
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, csv);
    ck_assert_int_eq(reply.status, 200);
    reply_free(&reply);
    const struct asked *asked = asked_of(METHOD_COMMIT_STUDENTS, 0);
    return (struct text){copy_of(asked->body, asked->body_length), asked->body_length};
}

START_TEST(the_order_of_the_file_is_not_seen_by_the_engine)
{
    /* Four students with one and the same profile, and two others. */
    static const char tie[] = ";1012;25170;BOL;2;2027-02-01;2027-06-30;24;;;;\r\n";
    char rows[6][512];
    struct buf forward, backward;
    fixture_open();
    play_saga();
    for (int i = 0; i < 4; i++)
        snprintf(rows[i], sizeof rows[i], "25PT;n%d;Name%d;;;;;%s", i, i, tie);
    snprintf(rows[4], sizeof rows[4], "%s", ROW_A);
    snprintf(rows[5], sizeof rows[5], "%s", ROW_B);
    buf_init(&forward, 8192);
    buf_init(&backward, 8192);
    buf_put_string(&forward, HEADER);
    buf_put_string(&backward, HEADER);
    for (int i = 0; i < 6; i++) {
        buf_put_string(&forward, rows[i]);
        buf_put_string(&backward, rows[5 - i]);
    }
    buf_put(&forward, "", 1);
    buf_put(&backward, "", 1);
    struct text first = engine_bytes(forward.data), second = engine_bytes(backward.data);
    ck_assert_uint_eq(first.length, second.length);
    ck_assert_mem_eq(first.data, second.data, first.length);
    free((char *)(uintptr_t)first.data);
    free((char *)(uintptr_t)second.data);
    buf_free(&forward);
    buf_free(&backward);
    fixture_close();
}
END_TEST

START_TEST(a_long_file_goes_in_chunks)
{
    struct buf csv;
    unsigned long previous = 0;
    fixture_open();
    play_saga();
    buf_init(&csv, 1 << 20);
    buf_put_string(&csv, HEADER);
    for (int i = 0; i < 2500; i++)
        buf_printf(&csv, "25PT;n%d;;;;;;;1012;%d;BOL;2;2027-02-01;2027-06-30;24;;;;\r\n", i,
                   10000 + (i * 7919) % 2500);
    buf_put(&csv, "", 1);
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, csv.data);
    assert_reply(&reply, 200, "");
    ASSERT_SEQUENCE(METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS, METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS,
                    METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS, METHOD_FINALISE);
    for (uint32_t chunk = 0; chunk < 3; chunk++) {
        Stagematch__Internal__V1__CommitStudentsRequest *request = committed_request(chunk);
        ck_assert_uint_eq(request->chunk, chunk);
        ck_assert_int_eq(request->last, chunk == 2);
        ck_assert_uint_eq(request->n_students, chunk == 2 ? 500 : 1000);
        for (size_t i = 0; i < request->n_students; i++) {
            unsigned long code = strtoul(request->students[i]->profile->qualification, NULL, 10);
            ck_assert_uint_lt(previous, code);
            previous = code;
        }
        free_committed(request);
    }
    buf_free(&csv);
    fixture_close();
}
END_TEST

START_TEST(equal_profiles_are_staged_before_they_are_committed)
{
    struct buf csv;
    fixture_open();
    play_saga();
    buf_init(&csv, 1 << 20);
    buf_put_string(&csv, HEADER);
    for (int i = 0; i < 2100; i++) /* fifteen hundred alike, then others */
        buf_printf(&csv, "25PT;n%d;;;;;;;1012;%d;BOL;2;2027-02-01;2027-06-30;24;;;;\r\n", i,
                   i < 1500 ? 10000 : 10000 + i);
    buf_put(&csv, "", 1);
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, csv.data);
    assert_reply(&reply, 200, "");
    ASSERT_SEQUENCE(METHOD_STAGE_STUDENTS, METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS, METHOD_COMMIT_STUDENTS,
                    METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS, METHOD_FINALISE);
    const uint8_t *previous = NULL;
    Stagematch__Internal__V1__CommitStudentsRequest *chunks[] = {committed_request(0), committed_request(1)};
    for (size_t i = 0; i < 1500; i++) {
        const uint8_t *id = chunks[i / 1000]->students[i % 1000]->stagevraag_id.data;
        ck_assert(!previous || memcmp(previous, id, 16) < 0);
        previous = id;
    }
    free_committed(chunks[0]);
    free_committed(chunks[1]);
    buf_free(&csv);
    fixture_close();
}
END_TEST

/* A step that fails ends the saga there: nothing after it is asked. */
static void assert_fails_at(enum method_id step, size_t steps_before, int status)
{
    fixture_open();
    play_saga();
    play_refusal(step, &refusal_unavailable);
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, HEADER ROW_A);
    assert_reply(&reply, status, "unavailable");
    ck_assert_uint_eq(at.asked_count, 2 + steps_before);
    ck_assert_int_eq(at.asked[at.asked_count - 1].method->id, step);
    fixture_close();
}

START_TEST(a_stage_that_fails_commits_nothing)
{
    assert_fails_at(METHOD_STAGE_STUDENTS, 0, 503);
}
END_TEST

START_TEST(a_commit_that_fails_finalises_nothing)
{
    assert_fails_at(METHOD_COMMIT_STUDENTS, 1, 503);
}
END_TEST

START_TEST(without_the_last_step_there_is_no_answer)
{
    assert_fails_at(METHOD_FINALISE, 2, 503);
}
END_TEST

START_TEST(an_engine_that_dies_at_the_commit_gives_unavailable)
{
    fixture_open();
    play_saga();
    at.plays[METHOD_COMMIT_STUDENTS].play = PLAY_CLOSE;
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, HEADER ROW_A);
    assert_reply(&reply, 503, "unavailable");
    ck_assert_uint_eq(asked_times(METHOD_FINALISE), 0);
    connect_role(ROLE_ENGINE);
    play_saga();
    forget_asked();
    reply = import_file(METHOD_IMPORT_STUDENTS, HEADER ROW_A);
    assert_reply(&reply, 200, "");
    ASSERT_SEQUENCE(METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS, METHOD_FINALISE);
    fixture_close();
}
END_TEST

static void stage_too_few(struct incoming_call *incoming)
{
    Stagematch__Internal__V1__StageStudentsResponse response =
        STAGEMATCH__INTERNAL__V1__STAGE_STUDENTS_RESPONSE__INIT;
    response.stage_id = (ProtobufCBinaryData){16, (uint8_t[16]){1}};
    channel_answer_message(incoming, &response.base);
}

START_TEST(references_that_do_not_fit_the_rows_end_it)
{
    fixture_open();
    play_saga();
    play_function(METHOD_STAGE_STUDENTS, stage_too_few);
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, HEADER ROW_A);
    assert_reply(&reply, 500, "internal");
    ck_assert_uint_eq(asked_times(METHOD_COMMIT_STUDENTS), 0);
    fixture_close();
}
END_TEST

/* The refusal of a reply, from its base64. */
static Stagematch__V1__Refusal *refusal_of(const struct reply *reply)
{
    uint8_t *bytes = malloc(reply->body_length);
    size_t length = 0;
    const char *value = strstr(reply->body, "\"value\":\"");
    ck_assert_ptr_nonnull(value);
    ck_assert_int_eq(sodium_base642bin(bytes, reply->body_length, value + 9, strcspn(value + 9, "\""), NULL, &length,
                                       NULL, sodium_base64_VARIANT_ORIGINAL_NO_PADDING),
                     0);
    Stagematch__V1__Refusal *refusal = stagematch__v1__refusal__unpack(NULL, length, bytes);
    ck_assert_ptr_nonnull(refusal);
    free(bytes);
    return refusal;
}

struct expected_problem {
    uint64_t line;
    const char *column, *code;
};

static void assert_problems(struct reply *reply, const struct expected_problem *expected, size_t count)
{
    ck_assert_msg(reply->status == 400, "%d: %s", reply->status, reply->body);
    Stagematch__V1__Refusal *refusal = refusal_of(reply);
    ck_assert_uint_eq(refusal->problem_count, count);
    for (size_t i = 0; i < count; i++) {
        const Stagematch__V1__FileProblem *problem = refusal->problems[i];
        ck_assert_msg(problem->line == expected[i].line && strcmp(problem->column, expected[i].column) == 0 &&
                          strcmp(problem->code, expected[i].code) == 0,
                      "%zu: line %zu, %s, %s", i, (size_t)problem->line, problem->column, problem->code);
        ck_assert_uint_gt(strlen(problem->message_nl), 5);
        ck_assert_uint_gt(strlen(problem->message_en), 5);
    }
    stagematch__v1__refusal__free_unpacked(refusal, NULL);
    reply_free(reply);
    ck_assert_uint_eq(at.asked_count, 1);
}

#define ASSERT_PROBLEMS(reply, ...)                                                                                  \
    assert_problems((reply), (const struct expected_problem[]){__VA_ARGS__},                                         \
                    sizeof((const struct expected_problem[]){__VA_ARGS__}) / sizeof(struct expected_problem))

START_TEST(all_that_is_wrong_in_a_file_is_told)
{
    fixture_open();
    play_saga();
    struct reply reply =
        import_file(METHOD_IMPORT_STUDENTS,
                    HEADER ROW_A "25PT;s1;A;B;;;;;1012;25180;BOL;2;2027-02-01;2027-06-30;32;;;;\r\n"
                                 "26AA;s4;A;B;;;;;1012;25180;BOL;2;2027-02-01;2027-06-30;32;;;;\r\n"
                                 "25PT;s5;A;B;2999-01-01;q;x@y;12;1012;25180;BOL;2;2027-02-01;2027-06-30;32;;;;\r\n"
                                 "25PT;s6;A;B;;;;;9999;2518;BOLX;9;2027-02-01;2027-01-30;41;a=9;;;\r\n");
    ASSERT_PROBLEMS(&reply, {3, "studentnummer", "row.duplicate"}, {4, "school", "school.scope"},
                    {5, "email", "value.email"}, {5, "telefoon", "value.telefoon"},
                    {5, "geboortedatum", "value.date"}, {5, "geslacht", "value.geslacht"},
                    {6, "postcode", "postcode.unknown"}, {6, "opleiding", "value.opleiding"},
                    {6, "leerweg", "value.leerweg"}, {6, "leerjaar", "value.leerjaar"}, {6, "tot", "period.reversed"},
                    {6, "uren", "value.uren"}, {6, "vaardigheden", "value.vaardigheden"});
    fixture_close();
}
END_TEST

START_TEST(a_file_without_rows_or_columns_is_refused)
{
    fixture_open();
    struct reply reply = import_file(METHOD_IMPORT_STUDENTS, HEADER);
    ASSERT_PROBLEMS(&reply, {0, "", "file.no-rows"});
    forget_asked();
    at.clock_shift_ms += 120000;
    play_actor(STAGEMATCH__V1__ROLE__ROLE_COORDINATOR, "25PT", 60000);
    reply = import_file(METHOD_IMPORT_STUDENTS, "");
    ASSERT_PROBLEMS(&reply, {0, "", "file.empty"});
    fixture_close();
}
END_TEST

START_TEST(dropped_columns_are_told_and_not_read)
{
    fixture_open();
    play_saga();
    struct reply reply =
        import_file(METHOD_IMPORT_STUDENTS,
                    "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren;nationaliteit\r\n"
                    "25PT;s1;1019;25180;BOL;2;2027-02-01;2027-06-30;32;Absurdistan\r\n");
    ck_assert_int_eq(reply.status, 200);
    Stagematch__V1__ImportStudentsResponse *answer =
        stagematch__v1__import_students_response__unpack(NULL, reply.body_length, (const uint8_t *)reply.body);
    ck_assert_uint_eq(answer->n_notices, 2);
    ck_assert_str_eq(answer->notices[0]->code, "column.dropped");
    ck_assert_str_eq(answer->notices[1]->code, "postcode.mean");
    stagematch__v1__import_students_response__free_unpacked(answer, NULL);
    reply_free(&reply);
    ck_assert(!role_saw(ROLE_VAULT, "Absurdistan") && !role_saw(ROLE_ENGINE, "Absurdistan"));
    fixture_close();
}
END_TEST

#define SUBMISSION(number, hours)                                                                                    \
    "{\"school\":\"25PT\",\"studentNumber\":\"" number "\",\"identity\":{\"firstName\":\"Fatima\",\"postcode\":"     \
    "\"1012AB\"},\"profile\":{\"qualification\":\"25180\",\"leerweg\":\"LEERWEG_BOL\",\"year\":2,\"startDate\":"     \
    "\"2027-02-01\",\"endDate\":\"2027-06-30\",\"hoursPerWeek\":" hours ",\"pc4\":\"1012\",\"skills\":[{\"skill\":"  \
    "\"a\",\"level\":3}],\"days\":[\"DAY_TUESDAY\",\"DAY_MONDAY\"]}}"

START_TEST(submitted_students_get_their_ids_in_the_order_of_the_request)
{
    uint8_t ref[16], id[16];
    char expected[2][33];
    fixture_open();
    play_saga();
    for (int i = 0; i < 2; i++) {
        crypto_generichash(ref, 16, (const uint8_t *)(i ? "n2" : "n1"), 2, NULL, 0);
        crypto_generichash(id, 16, ref, 16, NULL, 0);
        sodium_bin2hex(expected[i], 33, id, 16);
    }
    char wanted[256];
    snprintf(wanted, sizeof wanted, "{\"stagevraagIds\":[\"%s\",\"%s\"],\"newCount\":\"3\"}", expected[0],
             expected[1]);
    struct reply reply =
        post_json(METHOD_SUBMIT_STUDENTS, "{\"requestId\":\"" REQUEST_ID
                                          "\",\"students\":[" SUBMISSION("n1", "32") "," SUBMISSION("n2", "8") "]}");
    assert_reply(&reply, 200, wanted);
    ASSERT_SEQUENCE(METHOD_STAGE_STUDENTS, METHOD_COMMIT_STUDENTS, METHOD_FINALISE);
    ck_assert(!role_saw(ROLE_ENGINE, "Fatima") && role_saw(ROLE_VAULT, "1012 AB"));
    Stagematch__Internal__V1__CommitStudentsRequest *request = committed_request(0);
    ck_assert_uint_eq(request->students[0]->profile->hours_per_week, 8);
    ck_assert_uint_eq(request->students[0]->profile->n_days, 2);
    ck_assert_int_eq(request->students[0]->profile->days[0], STAGEMATCH__V1__DAY__DAY_MONDAY);
    free_committed(request);
    fixture_close();
}
END_TEST

START_TEST(submitted_students_are_held_to_the_rules_of_files)
{
    fixture_open();
    struct reply reply = post_json(
        METHOD_SUBMIT_STUDENTS,
        "{\"requestId\":\"" REQUEST_ID "\",\"students\":[" SUBMISSION(
            "n1",
            "41") ",{\"school\":\"99ZZ\"},"
                  "{\"school\":\"25PT\",\"studentNumber\":\"n3\",\"identity\":{\"postcode\":\"3511 "
                  "AB\"},\"profile\":{"
                  "\"pc4\":\"1012\",\"qualification\":\"25180\",\"leerweg\":2,\"year\":1,\"startDate\":\"2027-02-"
                  "01\","
                  "\"endDate\":\"2027-06-30\",\"hoursPerWeek\":8,\"skills\":[{\"skill\":\"a=1|b\",\"level\":1}],"
                  "\"tags\":[\"\"],\"excluded\":[\"a|b\"]}}]}");
    ASSERT_PROBLEMS(&reply, {1, "profile.hours_per_week", "value.uren"}, {2, "school", "school.scope"},
                    {2, "student_number", "value.required"}, {2, "profile.pc4", "value.required"},
                    {2, "profile.qualification", "value.required"}, {2, "profile.leerweg", "value.required"},
                    {2, "profile.year", "value.required"}, {2, "profile.start_date", "value.required"},
                    {2, "profile.end_date", "value.required"}, {2, "profile.hours_per_week", "value.required"},
                    {3, "profile.pc4", "value.postcode"}, {3, "profile.skills", "value.vaardigheden"},
                    {3, "profile.tags", "value.tags"}, {3, "profile.excluded", "value.plaatsnamen"});
    fixture_close();
}
END_TEST

START_TEST(a_call_has_one_to_a_thousand_students)
{
    fixture_open();
    struct reply reply = post_json(METHOD_SUBMIT_STUDENTS, "{\"requestId\":\"" REQUEST_ID "\"}");
    assert_reply(&reply, 400, "invalid_argument");
    fixture_close();
}
END_TEST

#define PLACEMENTS                                                                                                   \
    "leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;dagen;eisen;"        \
    "wegingen;tags;vergoeding;titel;omschrijving\r\n"

START_TEST(a_file_of_placements_goes_to_the_engine)
{
    fixture_open();
    Stagematch__Internal__V1__CommitPlacementsResponse committed =
        STAGEMATCH__INTERNAL__V1__COMMIT_PLACEMENTS_RESPONSE__INIT;
    committed.new_count = 1;
    play_message(METHOD_COMMIT_PLACEMENTS, &committed);
    struct reply reply = import_file(METHOD_IMPORT_PLACEMENTS,
                                     PLACEMENTS "p1;100;Bakker;12345678;1012 AB;25180 25170;bol;2;1-2-2027;"
                                                "2027-07-31;32;ma di;a>=2;b*3>=1|c*2;t;350,50;Titel;Tekst\r\n");
    assert_reply(&reply, 200, "");
    ASSERT_SEQUENCE(METHOD_COMMIT_PLACEMENTS);
    const struct asked *asked = asked_of(METHOD_COMMIT_PLACEMENTS, 0);
    Stagematch__Internal__V1__CommitPlacementsRequest *request =
        stagematch__internal__v1__commit_placements_request__unpack(NULL, asked->body_length,
                                                                    (const uint8_t *)asked->body);
    ck_assert(request->last && request->publish);
    const Stagematch__V1__Placement *placement = request->placements[0];
    ck_assert_str_eq(placement->postcode, "1012");
    ck_assert_str_eq(placement->qualifications[1], "25170");
    ck_assert_uint_eq(placement->allowance_cents, 35050);
    ck_assert_uint_eq(placement->hard_criteria[0]->level, 2);
    ck_assert_uint_eq(placement->weighted_criteria[0]->weight, 3);
    ck_assert_uint_eq(placement->weighted_criteria[0]->minimum_level, 1);
    ck_assert_uint_eq(placement->weighted_criteria[1]->minimum_level, 0);
    ck_assert_uint_eq(placement->n_days, 2);
    ck_assert_str_eq(placement->title, "Titel");
    ck_assert_str_eq(placement->start_date, "2027-02-01");
    stagematch__internal__v1__commit_placements_request__free_unpacked(request, NULL);
    fixture_close();
}
END_TEST

START_TEST(all_that_is_wrong_with_placements_is_told)
{
    fixture_open();
    struct reply reply = import_file(METHOD_IMPORT_PLACEMENTS, PLACEMENTS
                                     "p1;100;Bakker;1234567;1012;25180;bol;0;2027-02-01;2027-01-31;32;;;;;x;;\r\n"
                                     "p1;100;Bakker;12345678;1012;25180;bol;1;2027-02-01;2027-03-31;32;;;;;;;\r\n");
    ASSERT_PROBLEMS(&reply, {2, "kvk", "value.kvk"}, {2, "plaatsen", "value.plaatsen"}, {2, "tot", "period.reversed"},
                    {2, "vergoeding", "value.vergoeding"}, {3, "leerplaats", "row.duplicate"});
    fixture_close();
}
END_TEST

#define VETO(text)                                                                                                   \
    "{\"requestId\":\"" REQUEST_ID "\",\"proposalId\":\"00\",\"version\":\"1\",\"reason\":\"anders\"" text "}"

static void play_text_saga(void)
{
    Stagematch__Internal__V1__StageTextResponse staged = STAGEMATCH__INTERNAL__V1__STAGE_TEXT_RESPONSE__INIT;
    Stagematch__Internal__V1__CommitWithTextResponse committed =
        STAGEMATCH__INTERNAL__V1__COMMIT_WITH_TEXT_RESPONSE__INIT;
    Stagematch__Internal__V1__FinaliseResponse finalised = STAGEMATCH__INTERNAL__V1__FINALISE_RESPONSE__INIT;
    Stagematch__V1__VetoProposalResponse response = STAGEMATCH__V1__VETO_PROPOSAL_RESPONSE__INIT;
    Stagematch__V1__Proposal proposal = STAGEMATCH__V1__PROPOSAL__INIT;
    uint8_t packed[64];
    char id[] = "vetoed";
    proposal.proposal_id = id;
    response.proposal = &proposal;
    staged.stage_id = (ProtobufCBinaryData){16, (uint8_t[16]){7}};
    committed.response = (ProtobufCBinaryData){protobuf_c_message_pack(&response.base, packed), packed};
    play_message(METHOD_STAGE_TEXT, &staged);
    play_message(METHOD_COMMIT_WITH_TEXT, &committed);
    play_message(METHOD_FINALISE, &finalised);
}

START_TEST(a_text_goes_to_the_vault_and_the_rest_to_the_engine)
{
    fixture_open();
    play_text_saga();
    struct reply reply = post_json(METHOD_VETO_PROPOSAL, VETO(",\"text\":\"secret words\""));
    assert_reply(&reply, 200, "{\"proposal\":{\"proposalId\":\"vetoed\"}}");
    ASSERT_SEQUENCE(METHOD_STAGE_TEXT, METHOD_COMMIT_WITH_TEXT, METHOD_FINALISE);
    ck_assert(role_saw(ROLE_VAULT, "secret words") && !role_saw(ROLE_ENGINE, "secret words"));
    ck_assert(role_saw(ROLE_ENGINE, "anders") && role_saw(ROLE_ENGINE, "ProposalService/VetoProposal"));
    fixture_close();
}
END_TEST

START_TEST(without_a_text_the_engine_alone_is_asked)
{
    fixture_open();
    Stagematch__V1__VetoProposalResponse response = STAGEMATCH__V1__VETO_PROPOSAL_RESPONSE__INIT;
    play_message(METHOD_VETO_PROPOSAL, &response);
    struct reply reply = post_json(METHOD_VETO_PROPOSAL, VETO(""));
    assert_reply(&reply, 200, "{}");
    ASSERT_SEQUENCE(METHOD_VETO_PROPOSAL);
    fixture_close();
}
END_TEST

START_TEST(a_text_that_fails_at_any_step_ends_there)
{
    static const enum method_id steps[] = {METHOD_STAGE_TEXT, METHOD_COMMIT_WITH_TEXT, METHOD_FINALISE};
    for (size_t i = 0; i < 3; i++) {
        fixture_open();
        play_text_saga();
        play_refusal(steps[i], &refusal_unavailable);
        struct reply reply = post_json(METHOD_VETO_PROPOSAL, VETO(",\"text\":\"secret words\""));
        assert_reply(&reply, 503, "unavailable");
        ck_assert_uint_eq(at.asked_count, i + 2);
        fixture_close();
    }
}
END_TEST

START_TEST(results_and_names_meet_in_the_answer)
{
    char ids[3][4] = {"a1", "b2", "c3"}, bedrijf[] = "100", plaats[] = "p", formula[] = "=cmd()", status[] = "placed";
    char van[] = "2027-02-01", school[] = "25PT", number[] = "s1", first[] = "Zo\xc3\xab", last[] = "de \"Wit\"";
    Stagematch__Internal__V1__ListResultsResponse results = STAGEMATCH__INTERNAL__V1__LIST_RESULTS_RESPONSE__INIT;
    Stagematch__Internal__V1__ResultRow rows[3], *row_list[3];
    Stagematch__V1__GetIdentitiesResponse identities = STAGEMATCH__V1__GET_IDENTITIES_RESPONSE__INIT;
    Stagematch__V1__StudentIdentity student = STAGEMATCH__V1__STUDENT_IDENTITY__INIT, *students[] = {&student};
    Stagematch__V1__Identity identity = STAGEMATCH__V1__IDENTITY__INIT;
    for (int i = 0; i < 3; i++) {
        stagematch__internal__v1__result_row__init(&rows[i]);
        rows[i].stagevraag_id = ids[i];
        rows[i].leerbedrijf = bedrijf;
        rows[i].leerplaats = plaats;
        rows[i].company_name = formula;
        rows[i].status = status;
        rows[i].start_date = van;
        row_list[i] = &rows[i];
    }
    results.n_rows = 3;
    results.rows = row_list;
    identity.first_name = first;
    identity.last_name = last;
    student.stagevraag_id = ids[1];
    student.school = school;
    student.student_number = number;
    student.identity = &identity;
    identities.n_students = 1;
    identities.students = students;
    fixture_open();
    play_message(METHOD_LIST_RESULTS, &results);
    play_message(METHOD_GET_IDENTITIES, &identities);
    Stagematch__V1__ExportResultsRequest request = STAGEMATCH__V1__EXPORT_RESULTS_REQUEST__INIT;
    char round[] = "00";
    request.round_id = round;
    struct reply reply = post_message(METHOD_EXPORT_RESULTS, &request);
    Stagematch__V1__ExportResultsResponse *answer =
        stagematch__v1__export_results_response__unpack(NULL, reply.body_length, (const uint8_t *)reply.body);
    static const char expected[] =
        "school;studentnummer;van;voornaam;tussenvoegsel;achternaam;leerbedrijf;leerplaats;bedrijfsnaam;status\r\n"
        "25PT;s1;2027-02-01;Zo\xc3\xab;;\"de \"\"Wit\"\"\";100;p;'=cmd();placed\r\n";
    ck_assert_uint_eq(answer->csv.len, sizeof expected - 1);
    ck_assert_mem_eq(answer->csv.data, expected, sizeof expected - 1);
    stagematch__v1__export_results_response__free_unpacked(answer, NULL);
    reply_free(&reply);
    ASSERT_SEQUENCE(METHOD_LIST_RESULTS, METHOD_GET_IDENTITIES);
    ck_assert(!role_saw(ROLE_ENGINE, "Wit"));
    fixture_close();
}
END_TEST

RUN_TESTS("front/sagas", a_file_is_staged_committed_and_finalised, the_engine_sees_profiles_and_the_vault_identities,
          the_order_of_the_file_is_not_seen_by_the_engine, a_long_file_goes_in_chunks,
          equal_profiles_are_staged_before_they_are_committed, a_stage_that_fails_commits_nothing,
          a_commit_that_fails_finalises_nothing, without_the_last_step_there_is_no_answer,
          an_engine_that_dies_at_the_commit_gives_unavailable, references_that_do_not_fit_the_rows_end_it,
          all_that_is_wrong_in_a_file_is_told, a_file_without_rows_or_columns_is_refused,
          dropped_columns_are_told_and_not_read, submitted_students_get_their_ids_in_the_order_of_the_request,
          submitted_students_are_held_to_the_rules_of_files, a_call_has_one_to_a_thousand_students,
          a_file_of_placements_goes_to_the_engine, all_that_is_wrong_with_placements_is_told,
          a_text_goes_to_the_vault_and_the_rest_to_the_engine, without_a_text_the_engine_alone_is_asked,
          a_text_that_fails_at_any_step_ends_there, results_and_names_meet_in_the_answer)
