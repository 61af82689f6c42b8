/* What pages need of the configuration, in one answer. */
#include "blind/view.h"
#include "domain/catalog.h"
#include "domain/handlers.h"
#include "stagematch/v1/operation.pb-c.h"

typedef Stagematch__V1__GetCatalogResponse Catalog;

static void set(struct context *context, char **field, const char *value)
{
    if (*value)
        context_ok(context, message_assign_string(field, text_of(value)));
}

static void show_skills(struct context *context, const struct catalog *catalog, Catalog *response)
{
    const struct named_entry *entry;
    for (size_t i = 0; (entry = catalog_name_at(catalog, CATALOG_SKILLS, i)); i++) {
        Stagematch__V1__Skill *skill = CONTEXT_NEW(context, stagematch__v1__skill__descriptor);
        if (!skill)
            return;
        set(context, &skill->code, entry->code);
        set(context, &skill->text_nl, entry->nl);
        set(context, &skill->text_en, entry->en);
        context_ok(context, message_append(&response->n_skills, &response->skills, skill));
    }
}

static void show_qualifications(struct context *context, const struct catalog *catalog, Catalog *response)
{
    const struct named_entry *entry;
    for (size_t i = 0; (entry = catalog_name_at(catalog, CATALOG_QUALIFICATIONS, i)); i++) {
        Stagematch__V1__Qualification *shown = CONTEXT_NEW(context, stagematch__v1__qualification__descriptor);
        if (!shown)
            return;
        set(context, &shown->code, entry->code);
        set(context, &shown->name, entry->nl);
        context_ok(context, message_append(&response->n_qualifications, &response->qualifications, shown));
    }
}

static void show_schools(struct context *context, const struct catalog *catalog, Catalog *response)
{
    const struct named_entry *entry;
    for (size_t i = 0; (entry = catalog_name_at(catalog, CATALOG_SCHOOLS, i)); i++) {
        Stagematch__V1__School *shown = CONTEXT_NEW(context, stagematch__v1__school__descriptor);
        if (!shown)
            return;
        set(context, &shown->code, entry->code);
        set(context, &shown->name, entry->nl);
        context_ok(context, message_append(&response->n_schools, &response->schools, shown));
    }
}

static void show_contacts(struct context *context, const struct catalog *catalog, Catalog *response)
{
    const struct contact_entry *entry;
    for (size_t i = 0; (entry = catalog_contact_at(catalog, i)); i++) {
        Stagematch__V1__Contact *shown = CONTEXT_NEW(context, stagematch__v1__contact__descriptor);
        if (!shown)
            return;
        set(context, &shown->school, entry->school);
        set(context, &shown->kind, entry->kind);
        set(context, &shown->name, entry->name);
        set(context, &shown->phone, entry->phone);
        set(context, &shown->email, entry->email);
        set(context, &shown->url, entry->url);
        set(context, &shown->text_nl, entry->nl);
        set(context, &shown->text_en, entry->en);
        context_ok(context, message_append(&response->n_contacts, &response->contacts, shown));
    }
}

static void show_terms(struct context *context, Catalog *response)
{
    for (unsigned term = 0; term < TERM_COUNT; term++) {
        Stagematch__V1__Term *shown = CONTEXT_NEW(context, stagematch__v1__term__descriptor);
        if (!shown)
            return;
        set(context, &shown->task, term_name((enum term)term));
        term_days(context->options->calendar, (enum term)term, &shown->working_days, &shown->reminder);
        context_ok(context, message_append(&response->n_terms, &response->terms, shown));
    }
}

static void show_settings(struct context *context, Catalog *response)
{
    const struct match_rules *rules = &context->options->rules;
    response->matching = CONTEXT_NEW(context, stagematch__v1__match_settings__descriptor);
    if (!response->matching)
        return;
    response->matching->slack_days = (uint32_t)rules->slack_days;
    response->matching->band_width = rules->band_width;
    response->matching->list_max = rules->list_max;
    response->matching->anonymity = BLIND_K;
}

struct status handle_get_catalog(struct context *context, const void *request, void *answer)
{
    (void)request;
    const struct catalog *catalog = context->options->catalog;
    Catalog *response = answer;
    show_terms(context, response);
    show_settings(context, response);
    if (!catalog)
        return context_status(context);
    show_skills(context, catalog, response);
    show_qualifications(context, catalog, response);
    show_schools(context, catalog, response);
    show_contacts(context, catalog, response);
    return context_status(context);
}
