// Reads a spreadsheet that somebody chose: CSV as Excel and others write it, or XLSX. What reads them is loaded when first needed.
import { Told } from "./told.ts";

/** Cells as text; `lines[i]` is the line of `rows[i]` as a spreadsheet counts, the header being 1. Rows without a word are left out. */
export type Sheet = { header: string[]; rows: string[][]; lines: number[] };

const bytesMax = 32 * 1024 * 1024;

const tooLarge = () => new Told("Dit bestand is te groot. Neem een bestand van ten hoogste 32 MB, of verdeel het.", "This file is too large. Take one of at most 32 MB, or split it.");
const oldExcel = () => new Told("Dit is een oud Excel-bestand (.xls). Sla het in Excel op als .xlsx of als CSV, en kies het opnieuw.", "This is an old Excel file (.xls). Save it in Excel as .xlsx or CSV, and choose it again.");
const unreadable = () => new Told("Dit bestand is niet te lezen. Sla het op als .xlsx of als CSV, en kies het opnieuw.", "This file cannot be read. Save it as .xlsx or CSV, and choose it again.");
const noRows = () => new Told("In dit bestand staan geen rijen. De eerste rij is de kop, met de namen van de kolommen.", "This file has no rows. The first row is the heading, with the names of the columns.");

const begins = (bytes: Uint8Array, ...with_: number[]) => with_.every((byte, i) => bytes[i] === byte);

/** UTF-8 or UTF-16 where it says so or can be read so, otherwise what a Windows machine of old writes. */
export function decodeText(bytes: Uint8Array): string {
  if (begins(bytes, 0xff, 0xfe)) return new TextDecoder("utf-16le").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** What parts the cells: as a first line `sep=` says, otherwise the sign that the heading has most of. */
export function findSeparator(text: string): { separator: string; body: string } {
  const said = /^sep=(.)\r?\n/i.exec(text);
  if (said) return { separator: said[1] ?? ";", body: text.slice(said[0].length) };
  const heading = /^[^\r\n]*/.exec(text)?.[0].replace(/"[^"]*"/g, "") ?? "";
  const count = (sign: string) => heading.split(sign).length - 1;
  const signs = [";", ",", "\t"];
  return { separator: signs.reduce((best, sign) => (count(sign) > count(best) ? sign : best)), body: text };
}

const two = (n: number) => String(n).padStart(2, "0");

/** A cell of XLSX as it would stand in a CSV file: a date is "2027-02-01", a number has no thousands sign. */
export function cellText(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  if (cell instanceof Date) return `${cell.getUTCFullYear()}-${two(cell.getUTCMonth() + 1)}-${two(cell.getUTCDate())}`;
  return String(cell).trim();
}

/** The first row is the heading; every row becomes as long as it. */
export function sheetOf(table: readonly (readonly unknown[])[]): Sheet {
  const header = (table[0] ?? []).map(cellText);
  while (header.length > 0 && header[header.length - 1] === "") header.pop();
  const sheet: Sheet = { header, rows: [], lines: [] };
  for (const [i, cells] of table.entries()) {
    const row = cells.map(cellText);
    if (i === 0 || row.every((cell) => cell === "")) continue;
    sheet.rows.push(Array.from({ length: Math.max(header.length, row.length) }, (_, at) => row[at] ?? ""));
    sheet.lines.push(i + 1);
  }
  if (header.length === 0 || sheet.rows.length === 0) throw noRows();
  return sheet;
}

async function readCsv(bytes: Uint8Array): Promise<Sheet> {
  const { separator, body } = findSeparator(decodeText(bytes));
  const { default: papa } = await import("papaparse");
  return sheetOf(papa.parse<string[]>(body, { delimiter: separator, skipEmptyLines: false }).data);
}

async function readXlsx(file: Blob): Promise<Sheet> {
  // The reader with a parser of its own: pages may not have the browser make documents out of text (Trusted Types).
  const { default: read } = await import("read-excel-file/web-worker");
  return sheetOf(await read(file as File).catch(() => Promise.reject(unreadable())));
}

/** Reads the first sheet of `file`. Fails with Told, which says what to do. */
export async function readSheet(file: Blob): Promise<Sheet> {
  if (file.size > bytesMax) throw tooLarge();
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (begins(bytes, 0xd0, 0xcf, 0x11, 0xe0)) throw oldExcel();
  if (begins(bytes, 0x50, 0x4b)) return readXlsx(file);
  if (bytes.includes(0) && !begins(bytes, 0xff, 0xfe)) throw unreadable();
  return readCsv(bytes);
}
