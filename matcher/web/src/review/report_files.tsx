// A report's files: saved to the reviewer's own disk, never shown here. What is in them comes from outside.
import { useState } from "preact/hooks";
import type { ReportFile } from "~gen/stagematch/v1/report_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { sizeText } from "~/report/files.tsx";
import { Button, ErrorNote, P, Progress, Section } from "~/ui/parts.tsx";

async function fetchFile(reportId: string, file: ReportFile, told: (done: number) => void): Promise<Blob> {
  const parts: BlobPart[] = [];
  for (let part = 0; part < file.partCount; part++) {
    const { data } = await api.report.getReportAttachment({ reportId, fileId: file.fileId, part });
    parts.push(new Uint8Array(data));
    told((part + 1) / file.partCount);
  }
  return new Blob(parts, { type: "application/octet-stream" });
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function ReportFiles({ reportId, files }: { reportId: string; files: readonly ReportFile[] }) {
  const [busy, set] = useState<{ fileId: string; done: number } | null>(null);
  const [error, setError] = useState<unknown>(undefined);
  const get = async (file: ReportFile) => {
    if (busy) return;
    setError(undefined);
    set({ fileId: file.fileId, done: 0 });
    try {
      save(await fetchFile(reportId, file, (done) => set({ fileId: file.fileId, done })), file.name);
    } catch (problem) {
      setError(problem);
    } finally {
      set(null);
    }
  };
  if (files.length === 0) return null;
  return (
    <Section title={tr("Bestanden", "Files")}>
      <P quiet>{tr("Bestanden komen van buiten. Open ze alleen op een computer met een virusscanner, en bewaar ze niet langer dan nodig.", "Files come from outside. Open them only on a computer with a virus scanner, and keep them no longer than needed.")}</P>
      <ul class="sm-list">
        {files.map((file) => (
          <li key={file.fileId}>
            <Button busy={busy?.fileId === file.fileId} onClick={() => void get(file)}>
              {tr("Download", "Download")} {file.name} ({sizeText(file.sizeBytes)})
            </Button>
          </li>
        ))}
      </ul>
      {busy && <Progress label={tr("Het bestand wordt opgehaald", "The file is being fetched")} value={busy.done} max={1} />}
      {error !== undefined && <ErrorNote error={error} />}
    </Section>
  );
}
