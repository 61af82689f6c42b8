#include "api/views.h"

#include "api/id.h"
#include "api/message.h"
#include "stagematch/v1/common.pb-c.h"

#define BIT(kind) (1u << VIEW_##kind)
#define R(role) ROLE_BIT(STAGEMATCH__V1__ROLE__ROLE_##role)
#define R_SCHOOL (R(COORDINATOR) | R(VERTROUWENSPERSOON) | R(BEHANDELAAR))

enum { ANYBODY = 0 };

/*
 * Which kinds of views an answer rests on, by role. VIEW_SCHOOL, VIEW_LEERBEDRIJF and VIEW_TASKS mean those of each of the
 * caller's scopes, VIEW_ROUND and VIEW_IMPORT the one that the request names. A coördinator's candidates are not here: whether one is
 * in turn depends on students of other schools; nor are the proof of an entry and what a
 * placement's criteria cost, which rest on every student of a round. tests/prop/market_views.h plays a market and finds what lacks here.
 */
static const struct {
    enum method_id method;
    unsigned roles; /* ROLE_BITs; ANYBODY: a public method */
    unsigned kinds;
} rows[] = {
    {METHOD_LIST_REASONS, ANYBODY, BIT(CATALOG)},
    {METHOD_GET_CATALOG, ANYBODY, BIT(CATALOG)},
    {METHOD_GET_PUBLIC_ROUND, ANYBODY, BIT(ROUND)},
    {METHOD_LIST_PLACEMENTS, R(COMPANY), BIT(LEERBEDRIJF) | BIT(SHOWN)},
    {METHOD_LIST_PLACEMENTS, R(COORDINATOR), BIT(PLACEMENTS) | BIT(SHOWN)},
    {METHOD_GET_PLACEMENT, R(COMPANY), BIT(LEERBEDRIJF) | BIT(SHOWN)},
    {METHOD_GET_PLACEMENT, R(COORDINATOR), BIT(PLACEMENTS) | BIT(SCHOOL) | BIT(SHOWN)},
    {METHOD_LIST_CANDIDATES, R(COMPANY), BIT(LEERBEDRIJF) | BIT(SHOWN)},
    {METHOD_GET_CANDIDATE, R(COMPANY), BIT(LEERBEDRIJF) | BIT(TASKS) | BIT(SHOWN)},
    {METHOD_LIST_TASKS, R_SCHOOL | R(COMPANY), BIT(TASKS) | BIT(SHOWN)},
    {METHOD_LIST_PROPOSALS, R(COORDINATOR), BIT(SCHOOL) | BIT(TASKS) | BIT(PLACEMENTS) | BIT(SHOWN)},
    {METHOD_GET_PROPOSAL, R_SCHOOL, BIT(SCHOOL) | BIT(TASKS) | BIT(PLACEMENTS) | BIT(SHOWN)},
    {METHOD_GET_SHOWN_VIEW, R(COORDINATOR), BIT(SCHOOL) | BIT(TASKS) | BIT(PLACEMENTS) | BIT(SHOWN)},
    {METHOD_LIST_ROUNDS, R_SCHOOL, BIT(SCHOOL)},
    {METHOD_GET_ROUND, R_SCHOOL, BIT(ROUND)},
    {METHOD_EXPLAIN_STAGEVRAAG, R(COORDINATOR), BIT(SCHOOL) | BIT(PLACEMENTS) | BIT(ROUND)},
    {METHOD_GET_IMPORT, R(COORDINATOR), BIT(IMPORT)},
};
enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

/* Where the request names the thing, by kind; NULL: the caller's scopes do, or nothing. */
static const char *const id_fields[VIEW_KIND_COUNT] = {[VIEW_ROUND] = "round_id", [VIEW_IMPORT] = "import_id"};

uint32_t view_of(enum view_kind kind, struct text name)
{
    uint64_t hash = 14695981039346656037u; /* FNV-1a; nothing rests on its being hard to meet */
    hash = (hash ^ (uint64_t)kind) * 1099511628211u;
    for (size_t i = 0; i < name.length; i++)
        hash = (hash ^ (uint8_t)name.data[i]) * 1099511628211u;
    uint32_t folded = (uint32_t)(hash ^ hash >> 32);
    return folded ? folded : 1;
}

static unsigned kinds_of(const struct method *method, unsigned role)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].method == method->id &&
            (rows[i].roles == ANYBODY ? (method->flags & METHOD_PUBLIC) != 0
                                      : role < 32 && (rows[i].roles & ROLE_BIT(role)) != 0))
            return rows[i].kinds;
    return 0;
}

bool views_has_method(const struct method *method)
{
    for (size_t i = 0; i < ROW_COUNT; i++)
        if (rows[i].method == method->id)
            return true;
    return false;
}

static bool add(struct view_set *set, enum view_kind kind, struct text name)
{
    if (set->count == VIEWS_MAX)
        return false;
    set->views[set->count++] = view_of(kind, name);
    return true;
}

static bool add_named(struct view_set *set, enum view_kind kind, const void *request)
{
    uint8_t id[ID_BYTES];
    char hex[ID_HEX_BYTES];
    struct text named = message_text(request, id_fields[kind]);
    if (named.length != ID_HEX_BYTES - 1)
        return false;
    for (size_t i = 0; i < named.length; i++)
        hex[i] = named.data[i];
    hex[named.length] = '\0';
    return id_parse(hex, id) == ERR_OK && add(set, kind, (struct text){(const char *)id, sizeof id});
}

static bool add_scopes(struct view_set *set, enum view_kind kind, const struct view_asker *asker)
{
    for (size_t i = 0; i < asker->scope_count; i++)
        if (!add(set, kind, text_of(asker->scope[i])))
            return false;
    return true;
}

static bool add_kind(struct view_set *set, enum view_kind kind, const void *request, const struct view_asker *asker)
{
    if (id_fields[kind])
        return add_named(set, kind, request);
    if (kind == VIEW_SCHOOL || kind == VIEW_LEERBEDRIJF || kind == VIEW_TASKS)
        return add_scopes(set, kind, asker);
    return add(set, kind, text_of(""));
}

bool views_of_answer(const struct method *method, const void *request, const struct view_asker *asker,
                     struct view_set *out)
{
    unsigned kinds = kinds_of(method, asker->role);
    out->count = 0;
    for (int kind = 0; kind < VIEW_KIND_COUNT; kind++)
        if (kinds >> kind & 1 && !add_kind(out, (enum view_kind)kind, request, asker))
            return false;
    return out->count > 0;
}
