// Reads a spreadsheet in a worker: a large XLSX takes seconds, in which the page must go on.
import type { Sheet } from "./sheet.ts";
import type { Answer } from "./sheet_worker.ts";
import workerUrl from "./sheet_worker.ts?worker&url";
import { Told } from "./told.ts";

type Policies = { createPolicy: (name: string, rules: { createScriptURL: () => string }) => { createScriptURL: (url: string) => unknown } };

/* Under Trusted Types the script of a worker must come out of a policy: this one knows one script, and the service allows no other. */
let policy: ReturnType<Policies["createPolicy"]> | undefined;

function script(): string {
  const types = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  if (!types) return workerUrl;
  policy ??= types.createPolicy("stagematch-worker", { createScriptURL: () => workerUrl });
  return policy.createScriptURL("") as string;
}

const failed = () => new Told("Dit bestand is niet te lezen. Laad de pagina opnieuw, en kies het nog eens.", "This file cannot be read. Load the page again, and choose it once more.");

/** As `readSheet`, beside the page. */
export function readSheetFile(file: Blob): Promise<Sheet> {
  const worker = new Worker(script(), { type: "module" });
  const sheet: Sheet = { header: [], rows: [], lines: [] };
  return new Promise<Sheet>((done, fail) => {
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if ("told" in data) return fail(data.told ? new Told(data.told.nl, data.told.en) : failed());
      sheet.header = data.header;
      sheet.rows.push(...data.rows);
      sheet.lines.push(...data.lines);
      if (sheet.rows.length === data.count) done(sheet);
    };
    worker.onerror = () => fail(failed());
    worker.postMessage(file);
  }).finally(() => worker.terminate());
}
