// The columns of a file of placements, with what can be seen to be wrong before it is sent.
import type { ColumnDef } from "~/base/columns.ts";
import { tr } from "~/base/language.ts";

const dayMax = 31;

const fits = (pattern: RegExp, nl: string, en: string) => (value: string) => (pattern.test(value) ? "" : tr(nl, en));

const between = (least: number, most: number) => (value: string) =>
  /^\d{1,5}$/.test(value) && Number(value) >= least && Number(value) <= most ? "" : tr(`Een heel getal van ${least} tot ${most}.`, `A whole number from ${least} to ${most}.`);

const longest = (most: number) => (value: string) => ([...value].length <= most ? "" : tr(`Ten hoogste ${most} tekens.`, `At most ${most} characters.`));

/** "2027-02-01" or "1-2-2027". */
export function isDate(value: string): boolean {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value) ?? /^(\d{1,2})-(\d{1,2})-(\d{4})$/.exec(value);
  if (!found) return false;
  const [a, month, b] = found.slice(1).map(Number) as [number, number, number];
  const [year, day] = a > dayMax ? [a, b] : [b, a];
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
}

const date = (value: string) => (isDate(value) ? "" : tr("Een datum, zoals 2027-02-01 of 1-2-2027.", "A date, such as 2027-02-01 or 1-2-2027."));

const list = (value: string) => value.split("|").map((item) => item.trim());
const every = (pattern: RegExp, nl: string, en: string) => (value: string) => (list(value).every((item) => pattern.test(item)) ? "" : tr(nl, en));

const code = "[A-Za-z0-9._-]{1,32}";

export const placementColumns: readonly ColumnDef[] = [
  { name: "leerbedrijf", text: () => tr("Leerbedrijf-id", "Leerbedrijf id"), required: true, also: ["leerbedrijfid", "sbb", "bedrijf id"], check: fits(/^[A-Za-z0-9._-]{1,20}$/, "Ten hoogste 20 letters of cijfers.", "At most 20 letters or digits.") },
  { name: "leerplaats", text: () => tr("Code van de plek", "Code of the place"), required: true, also: ["leerplaatsid", "plek", "plaats id"], check: fits(/^[A-Za-z0-9._-]{1,64}$/, "Ten hoogste 64 letters of cijfers.", "At most 64 letters or digits.") },
  { name: "bedrijfsnaam", text: () => tr("Naam van het bedrijf", "Name of the company"), required: true, also: ["naam", "bedrijf", "organisatie"], check: longest(200) },
  { name: "kvk", text: () => tr("KvK-nummer", "Chamber of Commerce number"), required: true, also: ["kvknummer"], check: fits(/^\d{8}$/, "Acht cijfers.", "Eight digits.") },
  { name: "postcode", text: () => tr("Postcode", "Postcode"), required: true, also: ["pc", "pc4"], check: fits(/^[1-9]\d{3}( ?[A-Za-z]{2})?$/, "Schrijf 1012 AB of 1012.", "Write 1012 AB or 1012.") },
  { name: "opleidingen", text: () => tr("Opleidingen", "Studies"), required: true, also: ["opleiding", "crebo", "crebos", "isat"], check: fits(/^\d{5}( +\d{5})*$/, "Codes van vijf cijfers, met een spatie ertussen.", "Codes of five digits, with a space between them.") },
  { name: "leerweg", text: () => tr("Leerweg", "Way of learning"), required: true, check: fits(/^(bol|bbl|hbo)$/i, "BOL, BBL of HBO.", "BOL, BBL or HBO.") },
  { name: "plaatsen", text: () => tr("Aantal plaatsen", "Number of seats"), required: true, also: ["aantal", "capaciteit"], check: between(1, 10_000) },
  { name: "van", text: () => tr("Eerste dag", "First day"), required: true, also: ["begin", "begindatum", "startdatum", "start"], check: date },
  { name: "tot", text: () => tr("Laatste dag", "Last day"), required: true, also: ["eind", "einde", "einddatum", "tot en met"], check: date },
  { name: "uren", text: () => tr("Uren per week", "Hours a week"), required: true, also: ["uren per week", "urenperweek"], check: between(1, 40) },
  { name: "dagen", text: () => tr("Vaste dagen", "Fixed days"), required: false },
  { name: "eisen", text: () => tr("Eisen", "Requirements"), required: false, also: ["harde eisen"], check: every(new RegExp(`^${code}>=[1-5]$`), "Schrijf code>=niveau, met | ertussen, zoals rapporteren>=2.", "Write code>=level, with | between them, such as rapporteren>=2.") },
  { name: "wegingen", text: () => tr("Wensen", "Wishes"), required: false, also: ["wensen", "weging"], check: every(new RegExp(`^${code}\\*[1-9](>=[1-5])?$`), "Schrijf code*gewicht of code*gewicht>=niveau, met | ertussen.", "Write code*weight or code*weight>=level, with | between them.") },
  { name: "tags", text: () => tr("Trefwoorden", "Tags"), required: false, also: ["trefwoorden"] },
  { name: "vergoeding", text: () => tr("Vergoeding per maand", "Allowance a month"), required: false, also: ["stagevergoeding"], check: fits(/^\d{1,6}([.,]\d{1,2})?$/, "Een bedrag, zoals 350 of 350,50.", "An amount, such as 350 or 350,50.") },
  { name: "titel", text: () => tr("Titel", "Title"), required: false, check: longest(200) },
  { name: "omschrijving", text: () => tr("Omschrijving", "Description"), required: false, also: ["beschrijving"] },
];
