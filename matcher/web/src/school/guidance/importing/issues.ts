// What is wrong in the rows of a file, each thing once: the same wrong value in many rows is one issue that is put right at once.
import type { FileProblem } from "~gen/stagematch/v1/common_pb.ts";
import { problemText } from "~/base/columns.ts";
import { plainCsv } from "~/base/csv.ts";
import type { Sheet } from "~/base/sheet.ts";
import { inChunks } from "./chunks.ts";
import { type FieldKey, fieldAt, fields, type Target } from "./columns.ts";
import { tidy } from "./values.ts";
import { checkRow, duplicates, type Row, type Rules, valueOf, type Wrong } from "./validate.ts";

export type Issue = {
  id: string;
  key: FieldKey;
  rows: Row[];
  /** undefined: it is right by now. */
  wrong: Wrong | undefined;
  /** With "duplicate": the line on which the stagevraag stands first. */
  line?: number;
  /** What the service said of it, where it was the service that found it. */
  said?: string;
};

/** Constants: values for all rows, of fields that the file has no column for. */
export type Constants = Partial<Record<FieldKey, string>>;

/** The rows of a sheet by field. */
export async function rowsOf(sheet: Sheet, targets: readonly Target[], constants: Constants, progress?: (part: number) => void): Promise<Row[]> {
  const columns = fields.map(({ key }) => targets.indexOf(key));
  const rows: Row[] = [];
  await inChunks(
    sheet.rows,
    (cells, i) => {
      const values = fields.map(({ key }, at) => {
        const column = columns[at] ?? -1;
        return tidy(key, column >= 0 ? (cells[column] ?? "") : (constants[key] ?? ""));
      });
      rows.push({ line: sheet.lines[i] ?? 0, values });
    },
    progress,
  );
  return rows;
}

const own = new Set(fields.filter((field) => field.own).map((field) => field.key));

export async function findIssues(rows: readonly Row[], rules: Rules, progress?: (part: number) => void): Promise<Issue[]> {
  const found = new Map<string, Issue>();
  const add = (row: Row, key: FieldKey, wrong: Wrong, line?: number) => {
    // Grouped only where one answer can be right for all of them.
    const alone = own.has(key) || wrong === "reversed" || wrong === "duplicate";
    const id = `${key}|${wrong}|${alone ? row.line : valueOf(row, key)}`;
    const issue = found.get(id);
    if (issue) issue.rows.push(row);
    else found.set(id, { id, key, rows: [row], wrong, line });
  };
  await inChunks(
    rows,
    (row) => {
      if (!row.out) for (const { key, wrong } of checkRow(row, rules)) add(row, key, wrong);
    },
    progress,
  );
  for (const [row, line] of duplicates(rows)) add(row, "studentnummer", "duplicate", line);
  return [...found.values()].sort((a, b) => b.rows.length - a.rows.length || (a.rows[0]?.line ?? 0) - (b.rows[0]?.line ?? 0));
}

/** Whether an issue is still there after something changed. `doubled`: as `duplicates` gives it. */
export function recheck(issue: Issue, rules: Rules, doubled: ReadonlyMap<Row, number>): void {
  const left = issue.rows.filter((row) => !row.out);
  issue.wrong = undefined;
  for (const row of left) {
    const line = issue.key === "studentnummer" ? doubled.get(row) : undefined;
    const wrong = checkRow(row, rules).find((one) => one.key === issue.key)?.wrong ?? (line === undefined ? undefined : "duplicate");
    if (!wrong) continue;
    issue.wrong = wrong;
    issue.line = line;
    return;
  }
}

/** Puts a value in all rows of an issue; gives the value as it was taken. */
export function put(issue: Issue, given: string): string {
  const value = tidy(issue.key, given);
  const at = fieldAt.get(issue.key) ?? 0;
  for (const row of issue.rows) row.values[at] = value;
  issue.said = undefined;
  return value;
}

/** The file that is sent: what is left of the rows, as the service reads it. No apostrophes before formulas: it is read, not opened. */
export function fileOf(rows: readonly Row[]): Uint8Array<ArrayBuffer> {
  const used = fields.map((_, i) => rows.some((row) => row.values[i] !== ""));
  const kept = (cells: readonly string[]) => cells.filter((_, i) => used[i]);
  return new TextEncoder().encode(plainCsv(kept(fields.map((field) => field.key)), rows.map((row) => kept(row.values))));
}

/** The service's problems as issues of the rows that were sent; what concerns no cell is given back. */
export function problemsOf(problems: readonly FileProblem[], rows: readonly Row[]): { issues: Issue[]; other: FileProblem[] } {
  const issues: Issue[] = [];
  const other: FileProblem[] = [];
  for (const problem of problems) {
    const row = rows[Number(problem.line) - 2];
    if (!row || (problem.column !== "" && !fieldAt.has(problem.column as FieldKey))) {
      other.push(problem);
      continue;
    }
    issues.push({ id: `service|${problem.line}|${problem.column}|${problem.code}`, key: (problem.column || "studentnummer") as FieldKey, rows: [row], wrong: "code", said: problemText(problem) });
  }
  return { issues, other };
}
