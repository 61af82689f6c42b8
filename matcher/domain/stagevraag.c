#include "domain/stagevraag.h"

#include "domain/profile_check.h"
#include "domain/signal.h"
#include "domain/task.h"

#include <stdlib.h>
#include <string.h>

const REFUSAL(refusal_wrong_stagevraag_state, STATUS_FAILED_PRECONDITION, "wrong_state",
              "Dit kan niet meer: deze stagevraag staat daar niet meer voor open.",
              "This is no longer possible: this stagevraag is not open for it any more.");
static const REFUSAL(refusal_skill_absent, STATUS_INVALID_ARGUMENT, "unknown_skill",
                     "Deze vaardigheid staat niet in het profiel.", "This skill is not in the profile.");
static const REFUSAL(refusal_not_contested, STATUS_FAILED_PRECONDITION, "not_contested",
                     "Over dit niveau is geen vraag gesteld.", "This level is not contested.");

bool stagevraag_is_visible(const struct state *state, const StagevraagRecord *record)
{
    if (record->hidden_by.len == 0)
        return true;
    const ImportRecord *import = state_find(state, RECORD_IMPORT, text_of_bytes(record->hidden_by));
    return !import || import->state == IMPORT_STATE(DONE);
}

bool stagevraag_is_free(const StagevraagRecord *record)
{
    return record->state == STAGEVRAAG_STATE(FREE) && record->proposal_id.len == 0;
}

const Profile *stagevraag_round_profile(const StagevraagRecord *record)
{
    return record->sealed_profile ? record->sealed_profile : record->profile;
}

struct status stagevraag_of_request(const struct context *context, const char *hex, const StagevraagRecord **out)
{
    uint8_t id[ID_BYTES];
    struct text key;
    struct status status = id_of_request(hex, id, &key);
    if (status.refusal)
        return status;
    const StagevraagRecord *record = state_find(context->state, RECORD_STAGEVRAAG, key);
    bool is_own = record && (actor_coordinates(context->actor, record->school) ||
                             actor_is_student(context->actor, record->student_ref));
    if (!is_own || !stagevraag_is_visible(context->state, record))
        return status_refuse(&refusal_not_found);
    *out = record;
    return STATUS_DONE;
}

StagevraagRecord *stagevraag_edit(struct context *context, const StagevraagRecord *record)
{
    return context_edit(context, RECORD_STAGEVRAAG, text_of_bytes(record->stagevraag_id));
}

Profile *stagevraag_edit_profile(struct context *context, StagevraagRecord *record)
{
    if (record->round_id.len && !record->sealed_profile &&
        !context_ok(context, message_dup(record->profile, &record->sealed_profile)))
        return NULL;
    return record->profile;
}

static uint32_t level_of(const Profile *profile, const char *skill)
{
    for (size_t i = 0; i < profile->n_skills; i++)
        if (strcmp(profile->skills[i]->skill, skill) == 0)
            return profile->skills[i]->level;
    return 0;
}

/* Takes the skill at `index` off the list of those contested, and its task with it. */
static void end_contest(struct context *context, StagevraagRecord *record, size_t index)
{
    char *skill = record->contested_skills[index];
    task_close(context, INDEX_TASK_STAGEVRAAG, record->stagevraag_id, TASK_KIND(CONTESTED_LEVEL), skill);
    for (size_t i = index + 1; i < record->n_contested_skills; i++)
        record->contested_skills[i - 1] = record->contested_skills[i];
    record->n_contested_skills--;
    mem_free(skill);
}

void stagevraag_replace_profile(struct context *context, StagevraagRecord *record, Profile *profile)
{
    if (!stagevraag_edit_profile(context, record)) {
        message_free(profile);
        return;
    }
    for (size_t i = record->n_contested_skills; i-- > 0;)
        if (level_of(profile, record->contested_skills[i]) != level_of(record->profile, record->contested_skills[i]))
            end_contest(context, record, i);
    message_free(record->profile);
    record->profile = profile;
}

void stagevraag_changed(struct context *context, StagevraagRecord *record)
{
    record->version++;
    context_edited(context, RECORD_STAGEVRAAG, record);
}

void stagevraag_show(struct context *context, const StagevraagRecord *record, Stagevraag **field)
{
    Stagevraag *shown = CONTEXT_NEW(context, stagematch__v1__stagevraag__descriptor);
    if (!shown)
        return;
    message_free(*field);
    *field = shown;
    context_id(context, record->stagevraag_id, &shown->stagevraag_id);
    context_id(context, record->student_ref, &shown->student_ref);
    context_id(context, record->round_id, &shown->round_id);
    context_ok(context, message_assign_string(&shown->school, text_of(record->school)));
    context_ok(context, message_dup(record->profile, &shown->profile));
    shown->state = record->state;
    shown->version = record->version;
    for (size_t i = 0; i < record->n_contested_skills; i++)
        context_ok(context, message_append_string(&shown->n_contested_skills, &shown->contested_skills,
                                                  text_of(record->contested_skills[i])));
}

/* Appends it to a list of an answer. */
static void show_in_list(struct context *context, const StagevraagRecord *record, Stagevraag ***list, size_t *count)
{
    Stagevraag *shown = NULL;
    stagevraag_show(context, record, &shown);
    if (shown)
        context_ok(context, message_append(count, list, shown));
}

struct status handle_get_stagevraag(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__GetStagevraagRequest *request = message;
    Stagematch__V1__GetStagevraagResponse *response = answer;
    const StagevraagRecord *record;
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &record);
    if (!status.refusal)
        stagevraag_show(context, record, &response->stagevraag);
    return status;
}

struct status handle_list_stagevragen(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ListStagevragenRequest *request = message;
    Stagematch__V1__ListStagevragenResponse *response = answer;
    struct page page;
    const StagevraagRecord *record;
    struct status status =
        page_open_scopes(&page, context, INDEX_STAGEVRAAG_SCHOOL, request->page_size, request->page_token);
    if (status.refusal)
        return status;
    while ((record = page_next(&page)) != NULL) {
        bool asked = request->state == STAGEVRAAG_STATE(UNSPECIFIED) || request->state == record->state;
        if (!asked || !stagevraag_is_visible(context->state, record))
            continue;
        show_in_list(context, record, &response->stagevragen, &response->n_stagevragen);
        page_took(&page);
    }
    page_end(&page, context, &response->next_page_token);
    return STATUS_DONE;
}

struct status handle_list_my_stagevragen(struct context *context, const void *message, void *answer)
{
    Stagematch__V1__ListMyStagevragenResponse *response = answer;
    const StagevraagRecord *record;
    (void)message;
    for (size_t i = 0; i < context->actor->scope_count; i++) {
        uint8_t ref[ID_BYTES];
        struct scan scan;
        if (id_parse(context->actor->scope[i], ref) != ERR_OK)
            continue;
        scan_id(&scan, context->state, INDEX_STAGEVRAAG_STUDENT, (struct text){(const char *)ref, sizeof ref});
        while ((record = scan_next(&scan)) != NULL)
            if (stagevraag_is_visible(context->state, record))
                show_in_list(context, record, &response->stagevragen, &response->n_stagevragen);
    }
    return STATUS_DONE;
}

/* Whether wishes and levels still matter. */
static struct status check_open(const StagevraagRecord *record)
{
    bool open = record->state == STAGEVRAAG_STATE(FREE) || record->state == STAGEVRAAG_STATE(PROPOSED);
    return open ? STATUS_DONE : status_refuse(&refusal_wrong_stagevraag_state);
}

static int compare_strings(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void set_list(struct context *context, char ***field, size_t *count, char *const *from, size_t from_count)
{
    message_clear_strings(field, count);
    for (size_t i = 0; i < from_count; i++)
        context_ok(context, message_append_string(count, field, text_of(from[i])));
}

struct status handle_set_preferences(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__SetPreferencesRequest *request = message;
    Stagematch__V1__SetPreferencesResponse *response = answer;
    const StagevraagRecord *found;
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &found);
    if (!status.refusal)
        status = version_of_request(request->version, found->version);
    if (!status.refusal)
        status = check_open(found);
    if (!status.refusal)
        status = preferences_check(request->preferred, request->n_preferred, request->excluded, request->n_excluded);
    if (status.refusal)
        return status;
    StagevraagRecord *record = stagevraag_edit(context, found);
    Profile *profile = record ? stagevraag_edit_profile(context, record) : NULL;
    if (!profile)
        return context_status(context);
    set_list(context, &profile->preferred, &profile->n_preferred, request->preferred, request->n_preferred);
    set_list(context, &profile->excluded, &profile->n_excluded, request->excluded, request->n_excluded);
    if (profile->n_excluded > 1)
        qsort(profile->excluded, profile->n_excluded, sizeof(char *), compare_strings);
    stagevraag_changed(context, record);
    stagevraag_show(context, record, &response->stagevraag);
    return STATUS_DONE;
}

static Stagematch__V1__SkillLevel *find_skill(const Profile *profile, const char *skill)
{
    for (size_t i = 0; i < profile->n_skills; i++)
        if (strcmp(profile->skills[i]->skill, skill) == 0)
            return profile->skills[i];
    return NULL;
}

static void open_contest_task(struct context *context, const StagevraagRecord *record, const char *skill)
{
    struct task_spec spec = {.kind = TASK_KIND(CONTESTED_LEVEL),
                             .role = ROLE(COORDINATOR),
                             .scope = record->school,
                             .stagevraag_id = record->stagevraag_id,
                             .detail = skill};
    task_open(context, &spec);
}

struct status handle_contest_level(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ContestLevelRequest *request = message;
    Stagematch__V1__ContestLevelResponse *response = answer;
    const StagevraagRecord *found;
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &found);
    if (!status.refusal)
        status = check_open(found);
    if (status.refusal)
        return status;
    if (!find_skill(found->profile, request->skill))
        return status_refuse_field(&refusal_skill_absent, "skill");
    StagevraagRecord *record = stagevraag_edit(context, found);
    if (record && !strings_have(record->contested_skills, record->n_contested_skills, text_of(request->skill))) {
        context_ok(context, message_append_string(&record->n_contested_skills, &record->contested_skills,
                                                  text_of(request->skill)));
        open_contest_task(context, record, request->skill);
        stagevraag_changed(context, record);
    }
    if (record)
        stagevraag_show(context, record, &response->stagevraag);
    return context_status(context);
}

/* A skill that was not listed had level 0. */
static void set_level(struct context *context, Profile *profile, const char *name, uint32_t level)
{
    Stagematch__V1__SkillLevel *skill = find_skill(profile, name);
    if (!skill && level) {
        skill = CONTEXT_NEW(context, stagematch__v1__skill_level__descriptor);
        if (!skill)
            return;
        context_ok(context, message_assign_string(&skill->skill, text_of(name)));
        if (!context_ok(context, message_append(&profile->n_skills, &profile->skills, skill)))
            return;
    }
    if (skill)
        skill->level = level;
    profile_canonicalise(profile);
}

struct status handle_resolve_contest(struct context *context, const void *message, void *answer)
{
    const Stagematch__V1__ResolveContestRequest *request = message;
    Stagematch__V1__ResolveContestResponse *response = answer;
    const StagevraagRecord *found;
    struct status status = stagevraag_of_request(context, request->stagevraag_id, &found);
    if (status.refusal)
        return status;
    if (!strings_have(found->contested_skills, found->n_contested_skills, text_of(request->skill)))
        return status_refuse_field(&refusal_not_contested, "skill");
    if (request->level > LEVEL_MAX)
        return status_refuse_field(&refusal_bad_value, "level");
    StagevraagRecord *record = stagevraag_edit(context, found);
    Profile *profile = record ? stagevraag_edit_profile(context, record) : NULL;
    if (!profile)
        return context_status(context);
    const Stagematch__V1__SkillLevel *attested = find_skill(profile, request->skill);
    bool changed = (attested ? attested->level : 0) != request->level;
    set_level(context, profile, request->skill, request->level);
    signal_level_decided(context, record, request->skill, changed);
    for (size_t i = record->n_contested_skills; i-- > 0;)
        if (strcmp(record->contested_skills[i], request->skill) == 0)
            end_contest(context, record, i);
    stagevraag_changed(context, record);
    stagevraag_show(context, record, &response->stagevraag);
    return STATUS_DONE;
}
