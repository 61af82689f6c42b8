/* The parts that need no loop: shapes of identity values, secret memory, packed bytes, order of rows, slices of files. */
#include "front/file_slices.h"
#include "front/identity_fields.h"
#include "front/secret_pool.h"
#include "front/student_rows.h"
#include "front/wire_bytes.h"
#include "support/support.h"

#include <string.h>

static bool email(const char *value)
{
    return !identity_email(text_of(value));
}

static bool phone(const char *value)
{
    return !identity_phone(text_of(value));
}

START_TEST(addresses_have_their_shape)
{
    ck_assert(email("a@b.nl") && email("voor.naam+stage@student.school-x.nl") && email("o'brien@x.co.uk"));
    ck_assert(!email("a@b") && !email("@b.nl") && !email("a@") && !email("a b@c.nl") && !email("a@b@c.nl"));
    ck_assert(!email(".a@b.nl") && !email("a.@b.nl") && !email("a..b@c.nl") && !email("a@-b.nl") &&
              !email("a@b..nl"));
    ck_assert(!email("a\n@b.nl") && !email("a@b.nl\r\nBcc: x@y.nl") && !email("a@b_c.nl"));
    ck_assert(phone("0612345678") && phone("+31 6 12345678") && phone("(020) 123-4567"));
    ck_assert(!phone("1234567") && !phone("1234567890123456") && !phone("06-1234567a") && !phone("31+612345678"));
}
END_TEST

START_TEST(names_dates_and_codes_have_theirs)
{
    char sex = 0, code[8], longer[201];
    int32_t day = 0;
    memset(longer, 'x', sizeof longer);
    ck_assert_ptr_null(identity_name(text_of("Zo\xc3\xab-Ann de l'Or")));
    ck_assert_ptr_null(identity_name((struct text){longer, 100}));
    ck_assert_ptr_nonnull(identity_name((struct text){longer, 101}));
    ck_assert_ptr_nonnull(identity_name(text_of("a\nb")));
    ck_assert_ptr_nonnull(identity_name(text_of("a\xc2\x85"
                                                "b")));
    ck_assert_ptr_null(identity_sex(text_of("V"), &sex));
    ck_assert_int_eq(sex, 'v');
    ck_assert_ptr_nonnull(identity_sex(text_of("man"), &sex));
    ck_assert_ptr_nonnull(identity_sex(text_of("n"), &sex));
    ck_assert_ptr_null(identity_birth_date(text_of("1970-01-02"), 1, &day));
    ck_assert_int_eq(day, 1);
    ck_assert_ptr_nonnull(identity_birth_date(text_of("1970-01-03"), 1, &day));
    ck_assert_ptr_nonnull(identity_birth_date(text_of("1970-02-30"), 900, &day));
    identity_postcode(text_of("1012ab"), code);
    ck_assert_str_eq(code, "1012 AB");
    identity_postcode(text_of("1012 Ab"), code);
    ck_assert_str_eq(code, "1012 AB");
    identity_postcode(text_of("1012"), code);
    ck_assert_str_eq(code, "");
}
END_TEST

START_TEST(a_secret_pool_has_a_budget_and_does_not_move)
{
    enum { POOL_BYTES = 256 * 1024 };
    struct secret_pool pool;
    uint8_t *first, *second, *large;
    secret_pool_init(&pool, POOL_BYTES);
    ck_assert_int_eq(secret_pool_alloc(&pool, 100, &first), ERR_OK);
    memset(first, 'x', 100);
    ck_assert_int_eq(secret_pool_alloc(&pool, 60000, &second), ERR_OK);
    ck_assert_int_eq(secret_pool_alloc(&pool, 100000, &large), ERR_OK);
    ck_assert_int_eq(first[99], 'x');
    ck_assert_int_eq(large[99999], 0);
    ck_assert_int_eq(secret_pool_alloc(&pool, POOL_BYTES, &large), ERR_MEMORY);
    secret_pool_free(&pool);
    ck_assert_uint_eq(pool.total_bytes, 0);
    ck_assert_int_eq(secret_pool_alloc(&pool, 10, &first), ERR_OK);
    secret_pool_free(&pool);
}
END_TEST

START_TEST(packed_parts_are_what_protobuf_packs)
{
    struct buf out;
    uint8_t packed[4096];
    char id[] = "request", long_text[301];
    memset(long_text, 'y', 300);
    long_text[300] = '\0';
    Stagematch__Internal__V1__CommitStudentsRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_STUDENTS_REQUEST__INIT;
    Stagematch__Internal__V1__StudentProfile student = STAGEMATCH__INTERNAL__V1__STUDENT_PROFILE__INIT;
    Stagematch__Internal__V1__StudentProfile *students[] = {&student};
    student.student_ref = (ProtobufCBinaryData){2, (uint8_t[]){1, 2}};
    student.stagevraag_id = (ProtobufCBinaryData){1, (uint8_t[]){3}};
    student.school = long_text;
    request.request_id = id;
    request.chunk = 300;
    request.last = 1;
    request.n_students = 1;
    request.students = students;
    size_t length = stagematch__internal__v1__commit_students_request__pack(&request, packed);
    const struct text parts[] = {{"\1\2", 2}, {"\3", 1}, {long_text, 300}};
    buf_init(&out, 4096);
    wire_put_bytes(&out, 1, text_of(id));
    wire_put_number(&out, 3, 300);
    wire_put_number(&out, 4, 1);
    wire_put_number(&out, 9, 0);
    wire_put_message(&out, 5, parts, 3);
    ck_assert_uint_eq(out.length, length);
    ck_assert_mem_eq(out.data, packed, length);
    buf_free(&out);
}
END_TEST

START_TEST(reserved_room_is_not_outgrown)
{
    struct buf out;
    buf_init(&out, 100);
    wire_reserve(&out, 50);
    const char *before = out.data;
    for (int i = 0; i < 48; i++)
        buf_put_char(&out, 'x');
    ck_assert_ptr_eq(out.data, before);
    buf_free(&out);
    wire_reserve(&out, 101);
    ck_assert_int_eq(buf_error(&out), ERR_MEMORY);
    buf_free(&out);
}
END_TEST

/* Gives the rows of a chunk references as a vault would. */
static void take_drawn_references(struct student_rows *rows, size_t chunk, const struct random_source *random)
{
    static uint8_t ids[STUDENT_CHUNK][2][REFERENCE_BYTES];
    static Stagematch__Internal__V1__StudentReference references[STUDENT_CHUNK], *list[STUDENT_CHUNK];
    Stagematch__Internal__V1__StageStudentsResponse said = STAGEMATCH__INTERNAL__V1__STAGE_STUDENTS_RESPONSE__INIT;
    size_t left = rows->count - chunk * STUDENT_CHUNK;
    random_fill(random, ids, sizeof ids);
    for (size_t i = 0; i < STUDENT_CHUNK; i++) {
        stagematch__internal__v1__student_reference__init(&references[i]);
        references[i].student_ref = (ProtobufCBinaryData){REFERENCE_BYTES, ids[i][0]};
        references[i].stagevraag_id = (ProtobufCBinaryData){REFERENCE_BYTES, ids[i][1]};
        list[i] = &references[i];
    }
    said.references = list;
    said.n_references = STUDENT_CHUNK + 1;
    ck_assert_int_eq(student_rows_take_references(rows, chunk, &said), ERR_MISMATCH);
    said.n_references = left < STUDENT_CHUNK ? left : STUDENT_CHUNK;
    ck_assert_int_eq(student_rows_take_references(rows, chunk, &said), ERR_OK);
}

/* Rows with profiles drawn from few bytes, so that there are many ties, in a random order. */
START_TEST(rows_are_sorted_whatever_their_order)
{
    enum { ROWS = 3001 };
    static uint8_t profiles[ROWS][3];
    struct student_rows rows;
    struct random_seeded seeded;
    struct random_source random = random_of_seed(&seeded, test_seed(17));
    bool done = false;
    student_rows_init(&rows, 1 << 20, 1 << 20);
    for (uint32_t i = 0; i < ROWS; i++) {
        struct student_item item = {.profile = profiles[i],
                                    .profile_bytes = (uint32_t)random_below(&random, 4),
                                    .index = i,
                                    .school = "25PT"};
        for (int b = 0; b < 3; b++)
            profiles[i][b] = (uint8_t)random_below(&random, 3);
        item.school[3] = (char)('A' + random_below(&random, 2));
        ck_assert_int_eq(student_rows_add(&rows, &item), ERR_OK);
    }
    ck_assert_int_eq(student_rows_sort_begin(&rows), ERR_OK);
    for (int steps = 0; !done; steps++) {
        ck_assert_int_lt(steps, 64);
        student_rows_sort_step(&rows, &done);
    }
    ck_assert_uint_eq(student_rows_chunks(&rows), 4);
    for (size_t chunk = 0; chunk < 4; chunk++)
        take_drawn_references(&rows, chunk, &random);
    for (size_t chunk = 0; chunk < 4; chunk++)
        ck_assert(student_rows_is_settled(&rows, chunk));
    for (size_t i = 1; i < ROWS; i++) {
        const struct student_item *a = &rows.items[rows.order[i - 1]], *b = &rows.items[rows.order[i]];
        int order = text_compare((struct text){(const char *)a->profile, a->profile_bytes},
                                 (struct text){(const char *)b->profile, b->profile_bytes});
        if (order == 0)
            order = strcmp(a->school, b->school);
        if (order == 0)
            order = memcmp(a->stagevraag_id, b->stagevraag_id, REFERENCE_BYTES);
        ck_assert_int_lt(order, 0);
    }
    student_rows_free(&rows);
}
END_TEST

struct seen_rows {
    size_t count;
    uint64_t sum;
};

static enum err on_row(void *context, const struct table_row *row)
{
    struct seen_rows *seen = context;
    uint64_t number = 0;
    seen->count++;
    ck_assert_int_eq(text_to_u64(row->values[0], 0, UINT32_MAX, &number), ERR_OK);
    seen->sum += number;
    return ERR_OK;
}

START_TEST(a_file_in_slices_is_the_file)
{
    enum { ROWS = 60000 };
    static const struct table_column columns[] = {{"a", true}, {"b", true}};
    static const struct table_spec spec = {columns, 2, NULL, false};
    struct seen_rows seen = {0};
    struct table_handler handler = {.row = on_row, .context = &seen};
    struct problems problems;
    struct file_slices slices;
    struct buf file;
    size_t steps = 0;
    buf_init(&file, 4 << 20);
    buf_put_string(&file, "a;b\n");
    for (unsigned i = 0; i < ROWS; i++)
        buf_printf(&file, "%u;caf\xe9\n", i); /* Windows-1252 */
    problems_init(&problems, "file");
    file_slices_init(&slices, buf_text(&file), &spec, &handler, &problems);
    while (!slices.done) {
        size_t before = seen.count;
        ck_assert_int_eq(file_slices_step(&slices), ERR_OK);
        ck_assert_uint_lt(seen.count - before, ROWS / 2);
        steps++;
    }
    ck_assert_uint_gt(steps, 4);
    ck_assert_uint_eq(seen.count, ROWS);
    ck_assert_uint_eq(seen.sum, (uint64_t)ROWS * (ROWS - 1) / 2);
    ck_assert_uint_eq(problems.total, 0);
    file_slices_free(&slices);
    problems_free(&problems);
    buf_free(&file);
}
END_TEST

RUN_TESTS("front/parts", addresses_have_their_shape, names_dates_and_codes_have_theirs,
          a_secret_pool_has_a_budget_and_does_not_move, packed_parts_are_what_protobuf_packs,
          reserved_room_is_not_outgrown, rows_are_sorted_whatever_their_order, a_file_in_slices_is_the_file)
