#include "front/student_columns.h"

static const struct table_column columns[STUDENT_COLUMN_COUNT] = {
    [STUDENT_SCHOOL] = {"school", true},
    [STUDENT_NUMBER] = {"studentnummer", true},
    [STUDENT_FIRST_NAME] = {"voornaam", false},
    [STUDENT_INFIX] = {"tussenvoegsel", false},
    [STUDENT_LAST_NAME] = {"achternaam", false},
    [STUDENT_BIRTH_DATE] = {"geboortedatum", false},
    [STUDENT_SEX] = {"geslacht", false},
    [STUDENT_EMAIL] = {"email", false},
    [STUDENT_PHONE] = {"telefoon", false},
    [STUDENT_POSTCODE] = {"postcode", true},
    [STUDENT_QUALIFICATION] = {"opleiding", true},
    [STUDENT_LEERWEG] = {"leerweg", true},
    [STUDENT_YEAR] = {"leerjaar", true},
    [STUDENT_FROM] = {"van", true},
    [STUDENT_TO] = {"tot", true},
    [STUDENT_HOURS] = {"uren", true},
    [STUDENT_DAYS] = {"dagen", false},
    [STUDENT_MAX_KM] = {"max_km", false},
    [STUDENT_SKILLS] = {"vaardigheden", false},
    [STUDENT_TAGS] = {"tags", false},
    [STUDENT_EXCLUDED] = {"uitsluiten", false},
    [STUDENT_PREFERRED] = {"voorkeuren", false},
};

const struct table_column student_fields[STUDENT_COLUMN_COUNT] = {
    [STUDENT_SCHOOL] = {"school", true},
    [STUDENT_NUMBER] = {"student_number", true},
    [STUDENT_FIRST_NAME] = {"identity.first_name", false},
    [STUDENT_INFIX] = {"identity.infix", false},
    [STUDENT_LAST_NAME] = {"identity.last_name", false},
    [STUDENT_BIRTH_DATE] = {"identity.birth_date", false},
    [STUDENT_SEX] = {"identity.sex", false},
    [STUDENT_EMAIL] = {"identity.email", false},
    [STUDENT_PHONE] = {"identity.phone", false},
    [STUDENT_POSTCODE] = {"profile.pc4", true},
    [STUDENT_QUALIFICATION] = {"profile.qualification", true},
    [STUDENT_LEERWEG] = {"profile.leerweg", true},
    [STUDENT_YEAR] = {"profile.year", true},
    [STUDENT_FROM] = {"profile.start_date", true},
    [STUDENT_TO] = {"profile.end_date", true},
    [STUDENT_HOURS] = {"profile.hours_per_week", true},
    [STUDENT_DAYS] = {"profile.days", false},
    [STUDENT_MAX_KM] = {"profile.max_km", false},
    [STUDENT_SKILLS] = {"profile.skills", false},
    [STUDENT_TAGS] = {"profile.tags", false},
    [STUDENT_EXCLUDED] = {"profile.excluded", false},
    [STUDENT_PREFERRED] = {"profile.preferred", false},
};

/* Origin is not asked and not read: such a column is dropped, and the answer says only that. */
static const char *const dropped[] = {
    "geboorteland", "geboorteland_ouder1", "geboorteland_ouder2", "nationaliteit", "herkomst", "religie", NULL};

const struct table_spec student_file = {columns, STUDENT_COLUMN_COUNT, dropped, false};
