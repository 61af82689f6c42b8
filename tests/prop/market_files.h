/*
 * market_files.h - random files of students, whole or in pieces, and what the vault asks about them: stages, notices, erasure.
 */
#ifndef PROP_MARKET_FILES_H
#define PROP_MARKET_FILES_H

#include "prop/market_life.h"

struct student_line {
    Stagematch__Internal__V1__StudentProfile student;
    Stagematch__V1__Profile profile;
    Stagematch__V1__SkillLevel skills[3], *skill_list[3];
    char preferred[24], *preferred_list[1], *excluded_list[1];
    uint8_t ref[ID_BYTES], id[ID_BYTES];
};

static void person_id(uint8_t id[ID_BYTES], unsigned tag, unsigned person, unsigned period)
{
    memset(id, 0, ID_BYTES);
    id[0] = (uint8_t)(person * 37);
    id[1] = (uint8_t)(person >> 8);
    id[2] = (uint8_t)person;
    id[3] = generation[person];
    id[4] = (uint8_t)tag;
    id[5] = (uint8_t)period;
}

static void fill_row(struct student_line *row, unsigned person)
{
    static const char *const names[] = {"taal", "vca", "zorg"};
    unsigned period = person % 5 == 0 ? below(2) : 0; /* some look for two */
    *row = (struct student_line){.student = STAGEMATCH__INTERNAL__V1__STUDENT_PROFILE__INIT,
                                 .profile = STAGEMATCH__V1__PROFILE__INIT};
    person_id(row->id, 1, person, period);
    person_id(row->ref, 2, person, 0);
    row->student.stagevraag_id = (ProtobufCBinaryData){ID_BYTES, row->id};
    row->student.student_ref = (ProtobufCBinaryData){ID_BYTES, row->ref};
    row->student.school = schools[school_of(person)];
    row->student.profile = &row->profile;
    row->profile.qualification = person % 3 ? "25604" : "25605";
    row->profile.leerweg = LEERWEG(BOL);
    row->profile.year = 1 + below(3);
    row->profile.start_date = period ? "2027-09-06" : "2027-04-05";
    row->profile.end_date = period ? "2027-12-17" : "2027-07-02";
    row->profile.hours_per_week = chance(4) ? 40 : 24;
    row->profile.pc4 = "3511";
    row->profile.max_km = 20;
    for (unsigned i = 0; i < 3; i++) {
        row->skills[i] = (Stagematch__V1__SkillLevel)STAGEMATCH__V1__SKILL_LEVEL__INIT;
        row->skills[i].skill = names[i];
        row->skills[i].level = i == 1 ? !chance(6) : below(6);
        row->skill_list[i] = &row->skills[i];
    }
    row->profile.skills = row->skill_list;
    row->profile.n_skills = 3;
    if (chance(2)) {
        (void)snprintf(row->preferred, sizeof row->preferred, "%s/p%u", companies[below(2)], below(PLACES));
        row->preferred_list[0] = row->preferred;
        row->profile.preferred = row->preferred_list;
        row->profile.n_preferred = 1;
    } else if (chance(4)) {
        row->excluded_list[0] = companies[below(2)];
        row->profile.excluded = row->excluded_list;
        row->profile.n_excluded = 1;
    }
}

static void send_rows(unsigned brin, const uint8_t stage[ID_BYTES], uint32_t chunk, bool is_last, unsigned count)
{
    static struct student_line rows[ROWS_MAX];
    Stagematch__Internal__V1__StudentProfile *list[ROWS_MAX];
    Stagematch__Internal__V1__CommitStudentsRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_STUDENTS_REQUEST__INIT;
    uint8_t id[ID_BYTES];
    unsigned first = below(scale.people);
    memcpy(id, stage, sizeof id);
    request.stage_id = (ProtobufCBinaryData){sizeof id, id};
    request.chunk = chunk;
    request.last = is_last;
    for (unsigned i = 0; i < scale.people && request.n_students < count; i++) {
        unsigned person = (first + i) % scale.people;
        if (school_of(person) != brin)
            continue;
        fill_row(&rows[request.n_students], person);
        list[request.n_students] = &rows[request.n_students].student;
        request.n_students++;
    }
    request.students = list;
    send_as(&coordinators[brin], METHOD_COMMIT_STUDENTS, &request);
}

/* In one piece, or in several of which the last may never come. */
static void hand_in_students(void)
{
    unsigned brin = below(2), chunks = chance(3) ? 1 + below(3) : 0;
    uint8_t stage[ID_BYTES];
    next_stage(stage);
    for (unsigned chunk = 0; chunk < chunks; chunk++)
        send_rows(brin, stage, chunk, false, 1 + below(ROWS_MAX / 2));
    if (chunks == 0 || !chance(3))
        send_rows(brin, stage, chunks, true, 1 + below(ROWS_MAX / 2));
}

/* The vault asks what became of a stage. */
static void resolve(void)
{
    const StageRecord *stage = some(RECORD_STAGE);
    Stagematch__Internal__V1__ResolveStageRequest request = STAGEMATCH__INTERNAL__V1__RESOLVE_STAGE_REQUEST__INIT;
    uint8_t id[ID_BYTES];
    if (!stage)
        return;
    memcpy(id, stage->stage_id.data, sizeof id);
    request.stage_id = (ProtobufCBinaryData){sizeof id, id};
    send_as(&vault, METHOD_RESOLVE_STAGE, &request);
}

static void pull_notices(void)
{
    Stagematch__Internal__V1__PullNoticesRequest request = STAGEMATCH__INTERNAL__V1__PULL_NOTICES_REQUEST__INIT;
    const NoticeRecord *newest = state_last(domain_state(domain), RECORD_NOTICE);
    request.after_seq = newest ? newest->seq - below(2) : 0;
    send_as(&vault, METHOD_PULL_NOTICES, &request);
}

static void erase(void)
{
    const StagevraagRecord *stagevraag = some(RECORD_STAGEVRAAG);
    Stagematch__Internal__V1__CommitErasureRequest request = STAGEMATCH__INTERNAL__V1__COMMIT_ERASURE_REQUEST__INIT;
    uint8_t stage[ID_BYTES], ref[ID_BYTES];
    /* Mostly of those who are done here, so that others can come in their place. */
    for (unsigned tries = 0; tries < 8 && stagevraag && stagevraag->state < STAGEVRAAG_STATE(PLACED_ELSEWHERE);
         tries++)
        stagevraag = some(RECORD_STAGEVRAAG);
    if (!stagevraag)
        return;
    next_stage(stage);
    memcpy(ref, stagevraag->student_ref.data, sizeof ref);
    request.stage_id = (ProtobufCBinaryData){sizeof stage, stage};
    request.student_ref = (ProtobufCBinaryData){sizeof ref, ref};
    unsigned person = (unsigned)ref[1] << 8 | ref[2];
    reasons_may_lack = true;
    send_as(&coordinators[chance(5) ? below(2) : school_of(person)], METHOD_COMMIT_ERASURE, &request);
    if (!last.refusal)
        generation[person]++;
}

#endif
