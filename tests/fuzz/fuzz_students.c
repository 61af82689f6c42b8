/* students.csv beside three fixed placements. */
#include "round_fuzz.h"

static const char placements[] =
    "leerplaats;leerbedrijf;bedrijfsnaam;kvk;postcode;opleidingen;leerweg;plaatsen;van;tot;uren;dagen;eisen;wegingen;"
    "tags\n"
    "p1;100000001;Zorg een;12345678;1012;25656 25655;BOL;1;2027-02-01;2027-07-01;32;;;praten*3|tillen*1;team|ov\n"
    "p2;100000001;Zorg een;12345678;3512 AB;25656;BOL;2;2027-02-01;2027-07-01;36;ma di;praten>=2;;team\n"
    "p1;100000002;Zorg twee;87654321;9712;25656;BBL;1;2027-02-01;2028-02-01;24;;;tillen*9>=3;\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    fuzz_round((struct text){(const char *)bytes, length}, text_of(placements), false);
    return 0;
}
