// The service's rules for a value, applied while somebody looks: what is wrong is said in its cell before anything is sent.
import { tr } from "~/base/language.ts";
import { type FieldKey, fieldAt, fields } from "./columns.ts";

/** One row of the file: its line as a spreadsheet counts, and a value for each field. */
export type Row = { line: number; values: string[]; out?: boolean };

/** What can be wrong. "duplicate": the same stagevraag stands on an earlier line. */
export type Wrong =
  | "required"
  | "brin"
  | "scope"
  | "code"
  | "name"
  | "date"
  | "future"
  | "sex"
  | "email"
  | "phone"
  | "postcode"
  | "qualification"
  | "leerweg"
  | "year"
  | "reversed"
  | "hours"
  | "days"
  | "km"
  | "skills"
  | "tags"
  | "places"
  | "twice"
  | "many"
  | "duplicate";

const code = /^[A-Za-z0-9._-]{1,32}$/;
const leerplaats = /^[A-Za-z0-9._-]{1,64}$/;
const leerbedrijf = /^[A-Za-z0-9._-]{1,20}$/;
const listMost = 64;

export function isDate(value: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value)?.map(Number) ?? [];
  if (!year || !month || !day || year < 1900 || year > 2199) return false;
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}

function between(value: string, min: number, max: number): boolean {
  return /^\d{1,4}$/.test(value) && Number(value) >= min && Number(value) <= max;
}

function list(value: string, mark: string, fits: (item: string) => boolean, key: (item: string) => string, wrong: Wrong): Wrong | undefined {
  const items = value.split(mark).map((item) => item.trim());
  if (items.length > listMost) return "many";
  if (!items.every(fits)) return wrong;
  return new Set(items.map(key)).size < items.length ? "twice" : undefined;
}

function skill(item: string): boolean {
  const [name = "", level = "", ...rest] = item.split("=");
  return rest.length === 0 && code.test(name) && /^0*[0-5]$/.test(level);
}

function place(item: string): boolean {
  const at = item.indexOf("/");
  return at < 0 ? leerplaats.test(item) : leerbedrijf.test(item.slice(0, at)) && leerplaats.test(item.slice(at + 1));
}

const same = (item: string) => item;
const dayNames = ["ma", "di", "wo", "do", "vr", "za", "zo"];
const atext = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+(\.[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]+)*$/;
const domain = /^[A-Za-z0-9]([A-Za-z0-9-]{0,62})(\.[A-Za-z0-9][A-Za-z0-9-]{0,62})+$/;

function email(value: string): boolean {
  const at = value.indexOf("@");
  const local = value.slice(0, at);
  return at > 0 && value.length <= 254 && local.length <= 64 && atext.test(local) && domain.test(value.slice(at + 1));
}

function phone(value: string): boolean {
  const digits = value.replace(/\D/g, "").length;
  return /^\+?[\d ()-]*$/.test(value) && digits >= 8 && digits <= 15 && value.length <= 32;
}

export type Rules = { schools: readonly string[]; today: string };

type Check = (value: string, rules: Rules) => Wrong | undefined;
const must =
  (fits: (value: string) => boolean, wrong: Wrong): Check =>
  (value) =>
    fits(value) ? undefined : wrong;
const name = must((value) => [...value].length <= 100 && !/[\u0000-\u001f\u007f-\u009f]/.test(value), "name");
const date = must(isDate, "date");

const checks: Record<FieldKey, Check> = {
  school: (value, { schools }) => (!/^\d\d[A-Z]{2}$/.test(value) ? "brin" : schools.includes(value) ? undefined : "scope"),
  studentnummer: must((value) => code.test(value), "code"),
  voornaam: name,
  tussenvoegsel: name,
  achternaam: name,
  geboortedatum: (value, { today }) => (!isDate(value) ? "date" : value > today ? "future" : undefined),
  geslacht: must((value) => /^[mvx]$/.test(value), "sex"),
  email: must(email, "email"),
  telefoon: must(phone, "phone"),
  postcode: must((value) => /^[1-9]\d{3}( ?[A-Za-z]{2})?$/.test(value), "postcode"),
  opleiding: must((value) => /^\d{5}$/.test(value), "qualification"),
  leerweg: must((value) => /^(BOL|BBL|HBO)$/.test(value), "leerweg"),
  leerjaar: must((value) => between(value, 1, 8), "year"),
  van: date,
  tot: date,
  uren: must((value) => between(value, 1, 40), "hours"),
  dagen: (value) => list(value, " ", (day) => dayNames.includes(day), same, "days"),
  max_km: must((value) => between(value, 1, 300), "km"),
  vaardigheden: (value) => list(value, "|", skill, (item) => item.split("=")[0] ?? "", "skills"),
  tags: (value) => list(value, "|", (item) => code.test(item), same, "tags"),
  uitsluiten: (value) => list(value, "|", place, same, "places"),
  voorkeuren: (value) => list(value, ">", place, same, "places"),
};

export const valueOf = (row: Row, key: FieldKey): string => row.values[fieldAt.get(key) ?? -1] ?? "";

/** What is wrong with one row by itself, at most one thing a field. */
export function checkRow(row: Row, rules: Rules): { key: FieldKey; wrong: Wrong }[] {
  const found: { key: FieldKey; wrong: Wrong }[] = [];
  for (const [i, { key, required }] of fields.entries()) {
    const value = row.values[i] ?? "";
    const wrong = value === "" ? (required ? "required" : undefined) : checks[key](value, rules);
    if (wrong) found.push({ key, wrong });
  }
  const [from, to] = [valueOf(row, "van"), valueOf(row, "tot")];
  if (isDate(from) && isDate(to) && from > to) found.push({ key: "tot", wrong: "reversed" });
  return found;
}

/** By what a stagevraag is known again. */
export const rowKey = (row: Row): string => `${valueOf(row, "school")}|${valueOf(row, "studentnummer")}|${valueOf(row, "van")}`;

/** Lines whose stagevraag stands on an earlier line too, with that line. */
export function duplicates(rows: readonly Row[]): Map<Row, number> {
  const first = new Map<string, number>();
  const found = new Map<Row, number>();
  for (const row of rows) {
    if (row.out || !valueOf(row, "studentnummer")) continue;
    const key = rowKey(row);
    const line = first.get(key);
    if (line === undefined) first.set(key, row.line);
    else found.set(row, line);
  }
  return found;
}

export function wrongText(wrong: Wrong): string {
  const texts: Record<Wrong, readonly [string, string]> = {
    required: ["Dit moet ingevuld zijn.", "This must be filled in."],
    brin: ["Geen BRIN. Schrijf twee cijfers en twee letters, zoals 25PT.", "Not a BRIN. Write two digits and two letters, as 25PT."],
    scope: ["Deze school hoort niet bij jouw account.", "This school is not one of your account's."],
    code: ["Alleen letters, cijfers, punt en streepje; hoogstens 32.", "Letters, digits, point and hyphen only; at most 32."],
    name: ["Hoogstens 100 tekens.", "At most 100 characters."],
    date: ["Geen datum. Schrijf 2027-02-01 of 1-2-2027.", "Not a date. Write 2027-02-01 or 1-2-2027."],
    future: ["Deze geboortedatum is in de toekomst.", "This birth date is in the future."],
    sex: ["Schrijf m, v of x, of laat het leeg.", "Write m, v or x, or leave it empty."],
    email: ["Geen e-mailadres.", "Not an e-mail address."],
    phone: ["Geen telefoonnummer. Schrijf 8 tot 15 cijfers.", "Not a telephone number. Write 8 to 15 digits."],
    postcode: ["Geen postcode. Schrijf 1012 AB of 1012.", "Not a postcode. Write 1012 AB or 1012."],
    qualification: ["Schrijf de code van 5 cijfers.", "Write the code of 5 digits."],
    leerweg: ["Schrijf BOL, BBL of HBO.", "Write BOL, BBL or HBO."],
    year: ["Schrijf een getal van 1 tot en met 8.", "Write a number from 1 to 8."],
    reversed: ["De periode eindigt voordat ze begint.", "The period ends before it begins."],
    hours: ["Schrijf hele uren, van 1 tot en met 40.", "Write whole hours, from 1 to 40."],
    days: ["Schrijf dagen als: ma di wo.", "Write days as: ma di wo."],
    km: ["Schrijf hele kilometers, van 1 tot en met 300.", "Write whole kilometres, from 1 to 300."],
    skills: ["Schrijf code=niveau met een streep ertussen: samenwerken=3|ehbo=2. Niveau 0 tot 5.", "Write code=level with a bar between: samenwerken=3|ehbo=2. Level 0 to 5."],
    tags: ["Schrijf woorden zonder spatie, met een streep | ertussen.", "Write words without a space, with a bar | between."],
    places: ["Schrijf leerbedrijf/leerplaats. Voorkeuren met > ertussen, uitsluiten met |.", "Write leerbedrijf/leerplaats. Preferences with > between, exclusions with |."],
    twice: ["Hier staat iets twee keer.", "Something stands here twice."],
    many: ["Hoogstens 64 onderdelen.", "At most 64 items."],
    duplicate: ["Deze student staat al eerder in het bestand, met hetzelfde begin.", "This student stands in the file before, with the same begin."],
  };
  return tr(...texts[wrong]);
}
