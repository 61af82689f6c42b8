// What a praktijkovereenkomst needs of what the service knows; what it does not know stays open, to be filled in by hand.
import type { StudentIdentity } from "~gen/stagematch/v1/identity_pb.ts";
import { Leerweg } from "~gen/stagematch/v1/common_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import type { Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import { daysText, leerwegText } from "~/base/words.ts";
import { tr } from "~/base/language.ts";
import { fullName } from "./person.ts";

export type PokField = { code: string; label: string; value: string };
export type Pok = { student: PokField[]; study: PokField[]; company: PokField[]; period: PokField[]; minor: boolean };

/** Whether somebody born on `birth` is not 18 yet on `day`; both "2027-02-01". */
export function isMinor(birth: string, day: string): boolean {
  const [year = "", rest = ""] = [birth.slice(0, 4), birth.slice(4)];
  if (!/^\d{4}-\d\d-\d\d$/.test(birth) || !/^\d{4}-\d\d-\d\d$/.test(day)) return false;
  return day < `${Number(year) + 18}${rest}`;
}

type Given = { proposal: Proposal; stagevraag: Stagevraag | undefined; placement: Placement | undefined; student: StudentIdentity | undefined; study: string; school: string };

export function pokOf({ proposal, stagevraag, placement, student, study, school }: Given): Pok {
  const profile = stagevraag?.profile;
  const identity = student?.identity;
  const start = later(profile?.startDate, placement?.startDate);
  const end = earlier(profile?.endDate, placement?.endDate);
  const days = placement?.days.length ? placement.days : (profile?.days ?? []);
  return {
    student: [
      field("naam", tr("Naam", "Name"), fullName(identity)),
      field("studentnummer", tr("Studentnummer", "Student number"), student?.studentNumber),
      field("geboortedatum", tr("Geboortedatum", "Birth date"), identity?.birthDate),
      field("postcode", tr("Postcode", "Postcode"), identity?.postcode),
      field("email", tr("E-mail", "E-mail"), identity?.email),
      field("telefoon", tr("Telefoon", "Phone"), identity?.phone),
    ],
    study: [
      field("school", tr("School", "School"), school),
      field("opleiding", tr("Opleiding", "Programme"), study),
      field("code", tr("Crebo of isat", "Crebo or isat"), profile?.qualification),
      field("leerweg", tr("Leerweg", "Leerweg"), leerwegText(profile?.leerweg ?? Leerweg.UNSPECIFIED)),
      field("leerjaar", tr("Leerjaar", "Year"), String(profile?.year ?? "")),
    ],
    company: [
      field("bedrijfsnaam", tr("Leerbedrijf", "Company"), proposal.companyName),
      field("leerbedrijf", tr("Leerbedrijf-id (SBB)", "Company id (SBB)"), proposal.leerbedrijf),
      field("kvk", tr("KvK-nummer", "KvK number"), placement?.kvk),
      field("bedrijf_postcode", tr("Postcode van de plek", "Postcode of the place"), placement?.postcode),
      field("leerplaats", tr("Leerplaats", "Placement"), placement?.title || proposal.leerplaats),
    ],
    period: [
      field("begin", tr("Begindatum", "Begin"), start),
      field("einde", tr("Einddatum", "End"), end),
      field("uren", tr("Uren per week", "Hours a week"), String(profile?.hoursPerWeek ?? "")),
      field("dagen", tr("Dagen", "Days"), daysText(days, tr("in overleg", "by agreement"))),
    ],
    minor: isMinor(identity?.birthDate ?? "", start ?? ""),
  };
}

function field(code: string, label: string, value: string | undefined): PokField {
  return { code, label, value: value ?? "" };
}

function later(a: string | undefined, b: string | undefined): string | undefined {
  return a && b ? (a > b ? a : b) : (a ?? b);
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  return a && b ? (a < b ? a : b) : (a ?? b);
}
