// The worker that reads a spreadsheet while the page stays of use: it gets a file, answers in parts, and is ended by the page.
import { readSheet } from "./sheet.ts";
import { Told } from "./told.ts";

/** Some of the rows, in order, until there are `count`; or what went wrong: in words of both languages, or something nobody foresaw. */
export type Answer = { header: string[]; count: number; rows: string[][]; lines: number[] } | { told: { nl: string; en: string } | null };

/* A page that takes in many rows at once stands still. */
const rowsAtOnce = 1000;

async function answer(file: Blob): Promise<void> {
  const { header, rows, lines } = await readSheet(file);
  const tell = (part: Answer) => postMessage(part);
  for (let at = 0; at < rows.length; at += rowsAtOnce) tell({ header, count: rows.length, rows: rows.slice(at, at + rowsAtOnce), lines: lines.slice(at, at + rowsAtOnce) });
}

addEventListener("message", (event: MessageEvent<Blob>) => {
  answer(event.data).catch((error: unknown) => {
    const failed: Answer = { told: error instanceof Told ? { nl: error.nl, en: error.en } : null };
    postMessage(failed);
  });
});
