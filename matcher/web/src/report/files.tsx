// Adding files to a report, one after the other, in parts that a slow line can carry.
import { useRef, useState } from "preact/hooks";
import type { ReportFile } from "~gen/stagematch/v1/report_pb.ts";
import { api } from "~/base/api.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { insist, newRequestId, Told } from "~/base/request.ts";
import { say } from "~/ui/toast.tsx";
import { ErrorNote, P, Progress } from "~/ui/parts.tsx";

const partBytes = 512 * 1024;
const fileBytesMax = 10 * 1024 * 1024;
export const filesMax = 5;

const newFileId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sizeText = (bytes: bigint | number): string => `${number(Math.max(1, Math.round(Number(bytes) / 1024)))} kB`;

async function handIn(code: string, file: File, told: (done: number) => void): Promise<ReportFile | undefined> {
  if (file.size > fileBytesMax) throw new Told("Dit bestand is groter dan 10 MB. Maak het kleiner of stuur een deel.", "This file is larger than 10 MB. Make it smaller or send a part of it.");
  if (file.size === 0) throw new Told("Dit bestand is leeg.", "This file is empty.");
  const fileId = newFileId();
  const count = Math.ceil(file.size / partBytes);
  let added: ReportFile | undefined;
  for (let part = 0; part < count; part++) {
    const data = new Uint8Array(await file.slice(part * partBytes, (part + 1) * partBytes).arrayBuffer());
    const answer = await insist(newRequestId(), (requestId) => api.report.attachToOwnReport({ requestId, comeBackCode: code, fileId, name: file.name, part, data, last: part === count - 1 }));
    added = answer.file;
    told((part + 1) / count);
  }
  return added;
}

export function FileList({ files }: { files: readonly ReportFile[] }) {
  return (
    <ul class="sm-list">
      {files.map((file) => (
        <li key={file.fileId}>
          {file.name} <span class="sm-quiet">({sizeText(file.sizeBytes)})</span>
        </li>
      ))}
    </ul>
  );
}

export function AddFiles({ code, files, added }: { code: string; files: readonly ReportFile[]; added: (file: ReportFile) => void }) {
  const [state, set] = useState<{ name: string; done: number } | null>(null);
  const [error, setError] = useState<unknown>(undefined);
  const input = useRef<HTMLInputElement>(null);
  const choose = async (chosen: File | undefined) => {
    if (!chosen || state) return;
    setError(undefined);
    set({ name: chosen.name, done: 0 });
    try {
      const file = await handIn(code, chosen, (done) => set({ name: chosen.name, done }));
      if (file) added(file);
      say(tr("Het bestand is toegevoegd.", "The file was added."));
    } catch (problem) {
      setError(problem);
    } finally {
      set(null);
      if (input.current) input.current.value = "";
    }
  };
  const full = files.length >= filesMax;
  return (
    <div class="sm-stack">
      {files.length > 0 && <FileList files={files} />}
      {full ? (
        <P quiet>{tr("Je hebt 5 bestanden toegevoegd. Meer kan niet.", "You have added 5 files. There can be no more.")}</P>
      ) : (
        <label class="utrecht-form-label sm-stack">
          {tr("Voeg een bestand toe (pdf, png of jpg, hoogstens 10 MB)", "Add a file (pdf, png or jpg, at most 10 MB)")}
          <input ref={input} class="sm-file" type="file" accept=".pdf,.png,.jpg,.jpeg,application/pdf,image/png,image/jpeg" disabled={state !== null} onChange={(event) => void choose(event.currentTarget.files?.[0])} />
        </label>
      )}
      {state && <Progress label={tr("Het bestand wordt verstuurd", "The file is being sent")} value={state.done} max={1} />}
      {error !== undefined && <ErrorNote error={error} />}
    </div>
  );
}
