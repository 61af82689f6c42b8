#include "vault/report_form.h"

#include "api/message.h"
#include "vault/accounts.h"
#include "vault/methods.h"
#include "vault/report_lists.h"
#include "vault/reports.h"

#include <stdlib.h>
#include <string.h>

enum { SCHOOLS_MAX = 512 };

struct form {
    Stagematch__V1__ReportChoice choices[2 * REPORT_CHOICES_MAX];
    Stagematch__V1__ReportChoice *grounds[REPORT_CHOICES_MAX], *routes[REPORT_CHOICES_MAX];
    size_t choice_count;
    Stagematch__V1__ReportSchool schools[SCHOOLS_MAX], *school_list[SCHOOLS_MAX];
    char names[SCHOOLS_MAX][SCHOOL_BYTES_MAX + 1];
    size_t school_count;
};

static size_t fill_choices(struct form *form, const struct report_lists *lists,
                           const struct report_choice *(*at)(const struct report_lists *lists, size_t index),
                           Stagematch__V1__ReportChoice **out)
{
    const struct report_choice *choice;
    size_t count = 0;
    while ((choice = at(lists, count))) {
        Stagematch__V1__ReportChoice *view = &form->choices[form->choice_count++];
        stagematch__v1__report_choice__init(view);
        view->code = message_borrow(choice->code);
        view->name_nl = message_borrow(choice->name_nl);
        view->name_en = message_borrow(choice->name_en);
        view->text_nl = message_borrow(choice->text_nl);
        view->text_en = message_borrow(choice->text_en);
        view->basis = message_borrow(choice->basis);
        out[count++] = view;
    }
    return count;
}

struct gathering {
    struct form *form;
    struct edit edit;
    bool is_vertrouwenspersoon;
};

/* The school's place in the form, made where it has none; NULL: there are too many. */
static Stagematch__V1__ReportSchool *school_in(struct form *form, const char *name)
{
    for (size_t i = 0; i < form->school_count; i++)
        if (strcmp(form->names[i], name) == 0)
            return &form->schools[i];
    if (form->school_count == SCHOOLS_MAX || strlen(name) > SCHOOL_BYTES_MAX)
        return NULL;
    size_t at = form->school_count++;
    memcpy(form->names[at], name, strlen(name) + 1);
    stagematch__v1__report_school__init(&form->schools[at]);
    form->schools[at].school = form->names[at];
    form->school_list[at] = &form->schools[at];
    return &form->schools[at];
}

static enum err gather(void *context, const uint8_t id[ID_BYTES])
{
    struct gathering *gathering = context;
    AccountRow *row;
    enum err e = account_read(&gathering->edit, bytes_of(id, ID_BYTES), &row);
    if (e != ERR_OK)
        return e == ERR_MISSING ? ERR_OK : e; /* the index was ahead */
    for (size_t i = 0; i < row->n_scope; i++) {
        Stagematch__V1__ReportSchool *school = school_in(gathering->form, row->scope[i]);
        if (school && gathering->is_vertrouwenspersoon)
            school->has_vertrouwenspersoon = true;
        else if (school)
            school->has_behandelaar = true;
    }
    message_free(row);
    return ERR_OK;
}

static int by_name(const void *a, const void *b)
{
    const Stagematch__V1__ReportSchool *const *one = a, *const *other = b;
    return strcmp((*one)->school, (*other)->school);
}

static enum err fill_schools(struct vault *vault, struct form *form)
{
    struct gathering gathering = {.form = form, .is_vertrouwenspersoon = true};
    edit_begin(&gathering.edit, vault->image);
    enum err e =
        accounts_each(vault->accounts, STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON, "", "", gather, &gathering);
    gathering.is_vertrouwenspersoon = false;
    if (e == ERR_OK)
        e = accounts_each(vault->accounts, STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR, "", "", gather, &gathering);
    edit_abort(&gathering.edit);
    if (form->school_count)
        qsort(form->school_list, form->school_count, sizeof(void *), by_name);
    return e;
}

void method_get_report_form(struct request *request)
{
    Stagematch__V1__GetReportFormResponse response = STAGEMATCH__V1__GET_REPORT_FORM_RESPONSE__INIT;
    struct vault *vault = request->vault;
    struct form *form;
    enum err e = mem_alloc(1, sizeof *form, &form);
    if (e == ERR_OK)
        e = fill_schools(vault, form);
    if (e == ERR_OK) {
        response.n_grounds = fill_choices(form, vault->report_lists, report_ground_at, form->grounds);
        response.grounds = form->grounds;
        response.n_routes = fill_choices(form, vault->report_lists, report_route_at, form->routes);
        response.routes = form->routes;
        response.grounds_version = message_borrow(report_grounds_version(vault->report_lists));
        response.n_schools = form->school_count;
        response.schools = form->school_list;
        response.text_bytes_max = REPORT_TEXT_BYTES_MAX;
        response.files_max = REPORT_FILES_MAX;
        response.file_bytes_max = REPORT_FILE_BYTES_MAX;
        response.part_bytes_max = REPORT_PART_BYTES_MAX;
        response.keep_days =
            (uint32_t)report_setting(vault->environment->settings, "report_keep_days", REPORT_KEEP_DAYS);
        request_answer(request, &response);
    } else {
        request_fail(request, e);
    }
    mem_free(form);
}

static enum err found(void *context, const uint8_t id[ID_BYTES])
{
    (void)context;
    (void)id;
    return ERR_EXISTS;
}

bool report_is_read(const struct vault *vault, const char *school, unsigned desk)
{
    if (!school[0])
        return false;
    enum err e =
        accounts_each(vault->accounts, STAGEMATCH__V1__ROLE__ROLE_VERTROUWENSPERSOON, school, "", found, NULL);
    if (e == ERR_OK && desk == REPORT_DESK(BEHANDELAAR))
        e = accounts_each(vault->accounts, STAGEMATCH__V1__ROLE__ROLE_BEHANDELAAR, school, "", found, NULL);
    return e == ERR_EXISTS;
}
