// Step 1: a file from the school's own system, or the sample to fill in.
import { useRef, useState } from "preact/hooks";
import { saveCsv } from "~/base/csv.ts";
import { tr } from "~/base/language.ts";
import type { Sheet } from "~/base/sheet.ts";
import { readSheetFile } from "~/base/sheet_file.ts";
import { Button, Details, ErrorNote, P, Progress, Section, Table } from "~/ui/parts.tsx";
import { fields, fieldText, sample } from "./columns.ts";

export function ChooseStep({ chosen }: { chosen: (sheet: Sheet) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [over, setOver] = useState(false);
  const read = async (file: File | undefined) => {
    if (!file || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      chosen(await readSheetFile(file));
    } catch (error) {
      setProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Section title={tr("Kies een bestand", "Choose a file")}>
      <div
        class={`sm-empty sm-stack${over ? " sm-empty--over" : ""}`}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void read(event.dataTransfer?.files[0]);
        }}
      >
        <P>{tr("Sleep een CSV- of Excel-bestand (.xlsx) hierheen, of kies het.", "Drag a CSV or Excel file (.xlsx) here, or choose it.")}</P>
        {busy ? (
          <Progress label={tr("Bestand lezen… Een groot Excel-bestand duurt een paar seconden.", "Reading the file… A large Excel file takes some seconds.")} />
        ) : (
          <div>
            <input ref={input} class="sm-hidden" type="file" tabIndex={-1} aria-label={tr("Bestand", "File")} accept=".csv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" onChange={(event) => void read(event.currentTarget.files?.[0])} />
            <Button kind="primary" onClick={() => input.current?.click()}>
              {tr("Kies een bestand", "Choose a file")}
            </Button>
          </div>
        )}
      </div>
      {problem !== undefined && <ErrorNote error={problem} />}
      <div>
        <Button onClick={() => saveCsv("voorbeeld-studenten.csv", sample.header, sample.rows)}>{tr("Download een voorbeeldbestand", "Download a sample file")}</Button>
      </div>
      <Details summary={tr("Welke kolommen kunnen erin?", "Which columns can be in it?")}>
        <P>{tr("De volgorde is vrij, en de namen mogen afwijken: in de volgende stap kies je wat wat is. Land van geboorte, nationaliteit, religie, BSN en zulke gegevens laten we altijd weg.", "Any order will do, and names may differ: in the next step you say which is which. Country of birth, nationality, religion, BSN and the like are always left out.")}</P>
        <Table
          caption={tr("Kolommen van het bestand", "Columns of the file")}
          rows={fields}
          rowKey={(field) => field.key}
          columns={[
            { name: tr("Kolom", "Column"), cell: (field) => <span class="sm-mono">{field.key}</span> },
            { name: tr("Wat erin staat", "What is in it"), cell: (field) => fieldText(field.key) },
            { name: tr("Nodig", "Needed"), cell: (field) => (field.required ? tr("ja", "yes") : tr("nee", "no")) },
            { name: tr("Voorbeeld", "Example"), cell: (field) => sample.rows[0]?.[fields.indexOf(field)] ?? "" },
          ]}
        />
      </Details>
    </Section>
  );
}
