/* placements.csv beside three fixed requests of two students. */
#include "round_fuzz.h"

static const char students[] =
    "school;studentnummer;postcode;opleiding;leerweg;leerjaar;van;tot;uren;dagen;max_km;vaardigheden;tags;uitsluiten;"
    "voorkeuren\n"
    "99AA;1;1012 AB;25656;BOL;1;2027-02-01;2027-06-01;24;;300;praten=3|tillen=2;team|ov;;100000001/p1>p2\n"
    "99AA;2;3512;25656;BOL;2;2027-02-01;2027-06-01;16;ma di;40;praten=1;;100000002;\n"
    "99AB;1;9712;25656;BBL;1;2027-02-01;2027-12-31;24;;;;ov;p3;\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    fuzz_round(text_of(students), (struct text){(const char *)bytes, length}, true);
    return 0;
}
