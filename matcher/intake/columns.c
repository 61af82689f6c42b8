#include "intake/columns.h"

static const struct table_column student_columns[STUDENT_COLUMN_COUNT] = {
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

/* Origin is not asked and not read: such a column is dropped, and the answer says only that. */
static const char *const dropped[] = {
    "geboorteland", "geboorteland_ouder1", "geboorteland_ouder2", "nationaliteit", "herkomst", "religie", NULL};

const struct table_spec student_file = {student_columns, STUDENT_COLUMN_COUNT, dropped, false};

static const struct table_column placement_columns[PLACEMENT_COLUMN_COUNT] = {
    [PLACEMENT_LEERPLAATS] = {"leerplaats", true},
    [PLACEMENT_LEERBEDRIJF] = {"leerbedrijf", true},
    [PLACEMENT_COMPANY] = {"bedrijfsnaam", true},
    [PLACEMENT_KVK] = {"kvk", true},
    [PLACEMENT_POSTCODE] = {"postcode", true},
    [PLACEMENT_QUALIFICATIONS] = {"opleidingen", true},
    [PLACEMENT_LEERWEG] = {"leerweg", true},
    [PLACEMENT_SEATS] = {"plaatsen", true},
    [PLACEMENT_FROM] = {"van", true},
    [PLACEMENT_TO] = {"tot", true},
    [PLACEMENT_HOURS] = {"uren", true},
    [PLACEMENT_DAYS] = {"dagen", false},
    [PLACEMENT_HARD] = {"eisen", false},
    [PLACEMENT_WEIGHTED] = {"wegingen", false},
    [PLACEMENT_TAGS] = {"tags", false},
    [PLACEMENT_ALLOWANCE] = {"vergoeding", false},
    [PLACEMENT_TITLE] = {"titel", false},
    [PLACEMENT_DESCRIPTION] = {"omschrijving", false},
};

const struct table_spec placement_file = {placement_columns, PLACEMENT_COLUMN_COUNT, NULL, false};
