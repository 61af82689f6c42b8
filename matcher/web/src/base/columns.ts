// The columns of a file that is handed in: which of the chosen file is which, what is wrong in its cells, and what is sent.
import type { FileProblem } from "~gen/stagematch/v1/common_pb.ts";
import { plainCsv } from "./csv.ts";
import { language, tr } from "./language.ts";
import type { Sheet } from "./sheet.ts";

/** `name`: as the service calls it. `also`: other headings that people use. `check`: what is wrong with a value that is there, or "". */
export type ColumnDef = { name: string; text: () => string; required: boolean; also?: readonly string[]; check?: (value: string) => string };

/** For each column of the service: which one of the file, or -1. */
export type Mapping = Record<string, number>;

export type CellProblem = { row: number; column: string; text: string };

/** A column's name without what people write differently: "E-mail adres" → "emailadres". */
export const flat = (heading: string): string => heading.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]/g, "");

/** By heading; a column of the file serves one purpose. */
export function guessMapping(header: readonly string[], defs: readonly ColumnDef[]): Mapping {
  const headings = header.map(flat);
  const used = new Set<number>();
  const mapping: Mapping = {};
  for (const def of defs) {
    const names = [def.name, ...(def.also ?? [])].map(flat);
    const at = headings.findIndex((heading, i) => !used.has(i) && names.includes(heading));
    if (at >= 0) used.add(at);
    mapping[def.name] = at;
  }
  return mapping;
}

/** Columns that must be there and are not, by name. */
export const missingColumns = (mapping: Mapping, defs: readonly ColumnDef[]): ColumnDef[] => defs.filter((def) => def.required && (mapping[def.name] ?? -1) < 0);

export function cellOf(row: readonly string[], mapping: Mapping, column: string): string {
  return row[mapping[column] ?? -1] ?? "";
}

/** What this side can see to be wrong; the service looks once more. */
export function checkRows(sheet: Sheet, mapping: Mapping, defs: readonly ColumnDef[]): CellProblem[] {
  const problems: CellProblem[] = [];
  const shown = defs.filter((def) => (mapping[def.name] ?? -1) >= 0);
  for (const [row, cells] of sheet.rows.entries())
    for (const def of shown) {
      const value = cellOf(cells, mapping, def.name).trim();
      const text = value === "" ? (def.required ? tr("Dit moet ingevuld zijn.", "This must be filled in.") : "") : (def.check?.(value) ?? "");
      if (text) problems.push({ row, column: def.name, text });
    }
  return problems;
}

/** What is sent: the columns that the service knows and the file has, in the order of `defs`. */
export function fileOf(sheet: Sheet, mapping: Mapping, defs: readonly ColumnDef[]): Uint8Array<ArrayBuffer> {
  const columns = defs.map((def) => def.name).filter((name) => (mapping[name] ?? -1) >= 0);
  return new TextEncoder().encode(plainCsv(columns, sheet.rows.map((row) => columns.map((name) => cellOf(row, mapping, name)))));
}

/** What the service says is wrong with a file. */
export const problemText = (problem: FileProblem): string => (language() === "nl" ? problem.messageNl : problem.messageEn);

/** The service counts the lines of what was sent: the heading is 1. `row` is -1 where a problem is of the file as a whole. */
export function problemsOfService(problems: readonly FileProblem[]): CellProblem[] {
  return problems.map((problem) => ({
    row: Number(problem.line) - 2 < 0 ? -1 : Number(problem.line) - 2,
    column: problem.column,
    text: problemText(problem),
  }));
}

/** A sheet with one cell changed. */
export function withCell(sheet: Sheet, mapping: Mapping, row: number, column: string, value: string): Sheet {
  const at = mapping[column] ?? -1;
  if (at < 0) return sheet;
  return { ...sheet, rows: sheet.rows.map((cells, i) => (i === row ? cells.map((cell, j) => (j === at ? value : cell)) : cells)) };
}

/** Without one row. */
export function withoutRow(sheet: Sheet, row: number): Sheet {
  return { ...sheet, rows: sheet.rows.filter((_, i) => i !== row), lines: sheet.lines.filter((_, i) => i !== row) };
}
