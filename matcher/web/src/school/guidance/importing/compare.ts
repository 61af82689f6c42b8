// What an import would do: which rows are new, change something, or are as they are; and which stagevragen the file lacks.
import { Leerweg } from "~gen/stagematch/v1/common_pb.ts";
import type { StudentIdentity } from "~gen/stagematch/v1/identity_pb.ts";
import { type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { type FieldKey, fields } from "./columns.ts";
import { type Row, rowKey, valueOf } from "./validate.ts";

export type Existing = { stagevraag: Stagevraag; student: StudentIdentity };
export type Change = { key: FieldKey; from: string; to: string };
export type Compared = {
  fresh: Row[];
  changed: { row: Row; existing: Existing; changes: Change[] }[];
  same: number;
  missing: Existing[];
};

const weekdays = ["", "ma", "di", "wo", "do", "vr", "za", "zo"];
const leerwegen: Record<Leerweg, string> = { [Leerweg.UNSPECIFIED]: "", [Leerweg.BOL]: "BOL", [Leerweg.BBL]: "BBL", [Leerweg.HBO]: "HBO" };

const order = (list: readonly string[], mark: string) => [...list].sort().join(mark);

/** A stagevraag as a row of a file would say it. */
export function valuesOf({ stagevraag, student }: Existing): Record<FieldKey, string> {
  const profile = stagevraag.profile;
  const who = student.identity;
  return {
    school: stagevraag.school,
    studentnummer: student.studentNumber,
    voornaam: who?.firstName ?? "",
    tussenvoegsel: who?.infix ?? "",
    achternaam: who?.lastName ?? "",
    geboortedatum: who?.birthDate ?? "",
    geslacht: who?.sex ?? "",
    email: who?.email ?? "",
    telefoon: who?.phone ?? "",
    postcode: who?.postcode || (profile?.pc4 ?? ""),
    opleiding: profile?.qualification ?? "",
    leerweg: leerwegen[profile?.leerweg ?? Leerweg.UNSPECIFIED],
    leerjaar: String(profile?.year ?? ""),
    van: profile?.startDate ?? "",
    tot: profile?.endDate ?? "",
    uren: String(profile?.hoursPerWeek ?? ""),
    dagen: (profile?.days ?? []).map((day) => weekdays[day] ?? "").join(" "),
    max_km: String(profile?.maxKm || 40),
    vaardigheden: (profile?.skills ?? []).map((one) => `${one.skill}=${one.level}`).join("|"),
    tags: (profile?.tags ?? []).join("|"),
    uitsluiten: (profile?.excluded ?? []).join("|"),
    voorkeuren: (profile?.preferred ?? []).join(">"),
  };
}

/** The same thing written in one way only, to compare. */
function canonical(key: FieldKey, value: string): string {
  switch (key) {
    case "dagen": {
      const days = value === "" ? weekdays.slice(1, 6) : value.split(" ");
      return weekdays.filter((day) => day && days.includes(day)).join(" ");
    }
    case "max_km":
      return value === "" ? "40" : String(Number(value));
    case "uren":
    case "leerjaar":
      return String(Number(value));
    case "postcode":
      return value.toUpperCase().replace(/\s/g, "");
    case "vaardigheden":
      return order(value.split("|").map((item) => item.replace(/=0+(?=\d)/, "=")), "|");
    case "tags":
    case "uitsluiten":
      return order(value.split("|"), "|");
    default:
      return value;
  }
}

/* A file that says nothing of wishes leaves those that were set. */
const kept: readonly FieldKey[] = ["uitsluiten", "voorkeuren"];

export function changesOf(row: Row, existing: Existing): Change[] {
  const before = valuesOf(existing);
  return fields.flatMap(({ key }) => {
    const to = valueOf(row, key);
    if (kept.includes(key) && to === "") return [];
    return canonical(key, to) === canonical(key, before[key]) ? [] : [{ key, from: before[key], to }];
  });
}

export const existingKey = ({ stagevraag, student }: Existing): string => `${stagevraag.school}|${student.studentNumber}|${stagevraag.profile?.startDate ?? ""}`;

/** Of the stagevragen of the schools in the file, those that still look and are not in it. */
export function missingOf(existing: readonly Existing[], rows: readonly Row[]): Existing[] {
  const keys = new Set(rows.map(rowKey));
  const schools = new Set(rows.map((row) => valueOf(row, "school")));
  return existing.filter(
    (one) => schools.has(one.stagevraag.school) && (one.stagevraag.state === StagevraagState.FREE || one.stagevraag.state === StagevraagState.PROPOSED) && !keys.has(existingKey(one)),
  );
}

/** Sorts `rows` by what they would do; called with a part of the rows at a time, it adds to `into`. */
export function compare(rows: readonly Row[], existing: ReadonlyMap<string, Existing>, into: Compared): void {
  for (const row of rows) {
    const found = existing.get(rowKey(row));
    if (!found) {
      into.fresh.push(row);
      continue;
    }
    const changes = changesOf(row, found);
    if (changes.length > 0) into.changed.push({ row, existing: found, changes });
    else into.same++;
  }
}
