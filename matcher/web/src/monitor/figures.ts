// Figures of the monitor as people read them: what a unit and a column are called, small numbers, tables to save.
import { type MonitorColumn, MonitorLevel, type MonitorTerm, type MonitorUnit } from "~gen/stagematch/v1/monitor_pb.ts";
import { number, period } from "~/base/format.ts";
import { language, tr } from "~/base/language.ts";

export type Figures = { columns: readonly MonitorColumn[]; units: readonly MonitorUnit[] };
/** The threshold below which nothing is told; undefined: figures are exact, and 0 is 0. */
export type Small = number | undefined;

export const columnText = (column: MonitorColumn): string => (language() === "nl" ? column.textNl : column.textEn);

export function sectorText(sector: string): string {
  if (sector === "overig") return tr("Andere opleidingen", "Other programmes");
  return sector.charAt(0).toUpperCase() + sector.slice(1).replaceAll("-", " ");
}

/** `school`: the name of a school by its brin. */
export function unitText(unit: MonitorUnit, school: (brin: string) => string): string {
  const parts = [
    ...(unit.sector ? [sectorText(unit.sector)] : []),
    ...(unit.region ? [tr(`postcodes ${unit.region}`, `postcodes ${unit.region}`)] : []),
    ...(unit.school && unit.level === MonitorLevel.SCHOOL ? [school(unit.school)] : []),
  ];
  return parts.length === 0 ? tr("Alles samen", "All together") : parts.join(", ");
}

/** Stays the same when the language changes: for choices and keys. */
export const unitKey = (unit: MonitorUnit): string => [unit.sector, unit.region, unit.school].join("/");

export const termText = (term: MonitorTerm): string => period(term.firstDate, term.lastDate);

/** "te weinig" for a published nought; the number otherwise. */
export function figure(value: number, small: Small): string {
  return value === 0 && small !== undefined ? tr("te weinig", "too few") : number(value);
}

export function valueOf(figures: Figures, unit: MonitorUnit, code: string): number {
  const at = figures.columns.findIndex((column) => column.code === code);
  return at < 0 ? 0 : (unit.counts[at] ?? 0);
}

export type Line = { column: MonitorColumn; value: number };

/** The columns that belong together, with their numbers of one unit; without the sum that the first of them is. */
export function linesOf(figures: Figures, unit: MonitorUnit, group: string): Line[] {
  return figures.columns
    .map((column, at) => ({ column, value: unit.counts[at] ?? 0 }))
    .filter(({ column }) => column.group === group && column.code !== "students");
}

/** Whether this is counted of such a unit at all: companies offer seats to every school, and nobody says of which programme a report is. */
export function isCounted(column: MonitorColumn, unit: MonitorUnit): boolean {
  if (column.group === "places") return unit.school === "";
  return column.group === "reports" || column.group === "measures" ? unit.sector === "" : true;
}

export type Saved = { header: string[]; rows: (string | number)[][] };

/** Column names are codes: the data dictionary says what they are. A number that is not told is empty. */
export function asTable(figures: Figures, term: MonitorTerm, small: Small): Saved {
  return {
    header: ["term", "level", "sector", "region", "school", "margin", ...figures.columns.map((column) => column.code)],
    rows: figures.units.map((unit) => [
      term.term,
      (MonitorLevel[unit.level] ?? "").toLowerCase(),
      unit.sector,
      unit.region,
      unit.school,
      unit.margin,
      ...figures.columns.map((column, at) => {
        const value = unit.counts[at] ?? 0;
        return !isCounted(column, unit) || (value === 0 && small !== undefined) ? "" : value;
      }),
    ]),
  };
}

export function dictionary(figures: Figures, small: Small): Saved {
  const own: [string, string, string][] = [
    ["term", "Jaar en maand waarin het half jaar begint", "Year and month in which the term begins"],
    ["level", "all, sector, region of school: elk ligt in het vorige", "all, sector, region or school: each lies in the one before"],
    ["sector", "Sector van de opleiding", "Sector of the programme"],
    ["region", "Eerste twee cijfers van de postcode van de student", "First two digits of the student's postcode"],
    ["school", "Brin van de school", "Brin of the school"],
    ["margin", "Zoveel kan een aantal studenten ernaast zitten, op 1 van de 20 na; 0: precies", "How far a number of students may be off, but for 1 of 20; 0: exact"],
  ];
  const empty: [string, string] = small === undefined ? ["", ""] : [`; leeg: te weinig om te zeggen (minder dan ${small}, of minder dan het ernaast kan zitten), misschien geen`, `; empty: too few to tell (fewer than ${small}, or than it may be off), perhaps none`];
  return {
    header: ["column", "group", "nl", "en"],
    rows: [
      ...own.map(([code, nl, en]) => [code, "", nl, en]),
      ...figures.columns.map((column) => [column.code, column.group, column.textNl + empty[0], column.textEn + empty[1]]),
    ],
  };
}
