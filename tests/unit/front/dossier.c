#include "front/dossier.h"

#include "api/message.h"
#include "base/mem.h"
#include "support/support.h"

#include <jansson.h>
#include <string.h>

/* A case with one step, and the text that goes along with it. */
struct one {
    Stagematch__V1__Case about;
    Stagematch__V1__CaseStep step, *steps[1];
    Stagematch__V1__GetCaseTextResponse said;
    struct dossier_text text;
    struct dossier dossier;
};

static char *borrow(const char *text)
{
    return message_borrow(text);
}

static void make(struct one *one, const char *text)
{
    stagematch__v1__case__init(&one->about);
    stagematch__v1__case_step__init(&one->step);
    stagematch__v1__get_case_text_response__init(&one->said);
    one->step.step = 1;
    one->step.event = STAGEMATCH__V1__CASE_EVENT__CASE_EVENT_UPHELD;
    one->step.state = STAGEMATCH__V1__CASE_STATE__CASE_STATE_MEASURE;
    one->step.about = borrow("gegrond");
    one->step.role = borrow("behandelaar");
    one->steps[0] = &one->step;
    one->about.case_id = borrow("0123456789abcdef0123456789abcdef");
    one->about.leerbedrijf = borrow("990000001");
    one->about.n_steps = 1;
    one->about.steps = one->steps;
    one->said.text = borrow(text);
    one->text = (struct dossier_text){1, &one->said};
    one->dossier = (struct dossier){&one->about, NULL, 0, &one->text, 1, 1803891600000};
}

static size_t pdf_bytes(const struct dossier *dossier)
{
    struct buf pdf;
    buf_init(&pdf, DOSSIER_BYTES_MAX);
    ck_assert_int_eq(dossier_pdf(dossier, &pdf), ERR_OK);
    ck_assert_uint_gt(pdf.length, 100);
    ck_assert_int_eq(memcmp(pdf.data, "%PDF-1.", 7), 0);
    ck_assert_ptr_nonnull(memmem(pdf.data, pdf.length, "%%EOF", 5));
    size_t length = pdf.length;
    buf_free(&pdf);
    return length;
}

START_TEST(the_json_says_what_the_case_says)
{
    struct one one;
    struct buf text;
    char ground[] = "ras", *grounds[] = {ground};
    make(&one, "Gebleken is: \"ja\"\nen é.");
    one.said.n_grounds = 1;
    one.said.grounds = grounds;
    buf_init(&text, DOSSIER_BYTES_MAX);
    ck_assert_int_eq(dossier_json(&one.dossier, &text), ERR_OK);
    json_t *object = json_loadb(text.data, text.length, 0, NULL);
    ck_assert_ptr_nonnull(object);
    const json_t *step = json_array_get(json_object_get(object, "steps"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(object, "made")), "2027-03-01T09:00:00Z");
    ck_assert_str_eq(json_string_value(json_object_get(step, "event")), "UPHELD");
    ck_assert_str_eq(json_string_value(json_object_get(step, "text")), "Gebleken is: \"ja\"\nen é.");
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(step, "grounds"), 0)), "ras");
    json_decref(object);
    buf_free(&text);
}
END_TEST

START_TEST(only_the_texts_that_were_chosen_go_along)
{
    struct one one;
    struct buf text;
    make(&one, "Niet voor anderen.");
    one.dossier.text_count = 0;
    buf_init(&text, DOSSIER_BYTES_MAX);
    ck_assert_int_eq(dossier_json(&one.dossier, &text), ERR_OK);
    ck_assert_ptr_null(memmem(text.data, text.length, "Niet voor", 9));
    buf_free(&text);
    (void)pdf_bytes(&one.dossier);
}
END_TEST

START_TEST(any_text_makes_a_pdf)
{
    static const char *const texts[] = {
        "",       "\n",           "\n\n\nx\r\n\ty",      "Het café; coördinator; één; € 5; ‘ja’ – “nee”…",
        "日本語", "🙂🙂🙂", "x\xC3" /* cut off */, "(haakjes) \\ en \x01 stuurtekens",
    };
    struct one one;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        make(&one, texts[i]);
        (void)pdf_bytes(&one.dossier);
    }
}
END_TEST

START_TEST(the_longest_texts_fit)
{
    enum { LONG = 16 << 10 };
    static struct dossier_text all[DOSSIER_TEXTS_MAX];
    char *text;
    struct one one;
    ck_assert_int_eq(mem_alloc(LONG + 1, 1, &text), ERR_OK);
    memset(text, 'w', LONG); /* one word, wider than any line */
    text[LONG] = '\0';
    make(&one, text);
    size_t whole_words = pdf_bytes(&one.dossier);
    for (size_t i = 7; i < LONG; i += 8)
        text[i] = i % 64 == 63 ? '\n' : ' ';
    ck_assert_uint_gt(pdf_bytes(&one.dossier) + whole_words, 1000);
    static Stagematch__V1__CaseStep *steps[DOSSIER_TEXTS_MAX];
    static Stagematch__V1__CaseStep many[DOSSIER_TEXTS_MAX];
    for (uint32_t i = 0; i < DOSSIER_TEXTS_MAX; i++) {
        many[i] = one.step;
        many[i].step = i + 1;
        steps[i] = &many[i];
        all[i] = (struct dossier_text){i + 1, &one.said};
    }
    one.about.n_steps = DOSSIER_TEXTS_MAX;
    one.about.steps = steps;
    one.dossier.texts = all;
    one.dossier.text_count = DOSSIER_TEXTS_MAX;
    ck_assert_uint_lt(pdf_bytes(&one.dossier), DOSSIER_BYTES_MAX);
    mem_free(text);
}
END_TEST

RUN_TESTS("dossier", the_json_says_what_the_case_says, only_the_texts_that_were_chosen_go_along, any_text_makes_a_pdf,
          the_longest_texts_fit)
