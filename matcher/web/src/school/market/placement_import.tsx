// Placements out of a spreadsheet: choose, look, mend, hand in. All rows or none.
import { useMemo, useState } from "preact/hooks";
import type { ImportPlacementsResponse } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { type CellProblem, checkRows, fileOf, guessMapping, type Mapping, missingColumns, problemsOfService, withCell, withoutRow } from "~/base/columns.ts";
import { saveCsv } from "~/base/csv.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { refusalOf, Told } from "~/base/request.ts";
import { Link, useUnsaved } from "~/base/router.tsx";
import type { Sheet } from "~/base/sheet.ts";
import { CheckBox } from "~/ui/fields.tsx";
import { Alert, Button, DataList, Outcome, P, Page, Progress, Section } from "~/ui/parts.tsx";
import { ChooseSheet, MapColumns, MendRows, PreviewRows } from "~/ui/sheet_preview.tsx";
import { placementColumns as defs } from "./placement_columns.ts";

const importMs = 120_000;

const wrongInFile = () => new Told("Er klopt iets niet in het bestand. Er is niets ingevoerd. Verbeter hierboven wat er staat, en probeer het opnieuw.", "Something is wrong in the file. Nothing was entered. Mend what stands above, and try again.");

type Chosen = { sheet: Sheet; mapping: Mapping; name: string };

function example(): void {
  saveCsv("voorbeeld-plekken.csv", defs.map((def) => def.name), [
    ["100000001", "plek-1", "Zorghuis Voorbeeld", "12345678", "1012 AB", "25655", "BOL", "2", "2027-02-01", "2027-07-02", "32", "", "rapporteren>=2", "plannen*3>=2", "ouderen", "150", "Stage verpleging", "Je werkt mee in een klein team."],
  ]);
}

function Result({ answer, published, again }: { answer: ImportPlacementsResponse; published: boolean; again: () => void }) {
  return (
    <Section title={tr("Ingevoerd", "Entered")}>
      <Alert tone="ok" live>
        {published ? tr("De plekken zijn ingevoerd en bekendgemaakt.", "The places were entered and published.") : tr("De plekken zijn ingevoerd als concept. Maak ze bekend als de criteria kloppen.", "The places were entered as drafts. Publish them once the criteria are right.")}
      </Alert>
      <DataList
        items={[
          [tr("Nieuw", "New"), number(answer.newCount)],
          [tr("Veranderd", "Changed"), number(answer.changedCount)],
          [tr("Hetzelfde gebleven", "Unchanged"), number(answer.sameCount)],
        ]}
      />
      {answer.notices.length > 0 && (
        <>
          <P>{tr("Let nog op:", "Please note:")}</P>
          <ul class="sm-list">
            {problemsOfService(answer.notices).map((notice) => (
              <li key={`${notice.row}${notice.column}${notice.text}`}>{notice.row >= 0 ? `${tr("Rij", "Row")} ${notice.row + 2}: ${notice.text}` : notice.text}</li>
            ))}
          </ul>
        </>
      )}
      <div class="sm-row">
        <Link href="/school/plekken">{tr("Naar de plekken", "To the places")}</Link>
        <Button onClick={again}>{tr("Nog een bestand", "Another file")}</Button>
      </div>
    </Section>
  );
}

function Look({ chosen, change, done }: { chosen: Chosen; change: (chosen: Chosen) => void; done: (answer: ImportPlacementsResponse, published: boolean) => void }) {
  const { sheet, mapping } = chosen;
  const [publish, setPublish] = useState(false);
  const [refused, setRefused] = useState<readonly CellProblem[]>([]);
  const missing = missingColumns(mapping, defs);
  const problems = useMemo(() => [...refused, ...checkRows(sheet, mapping, defs).filter((one) => !refused.some((other) => other.row === one.row && other.column === one.column))], [sheet, mapping, refused]);
  const send = useAction(async (requestId) => {
    setRefused([]);
    try {
      done(await api.placement.importPlacements({ requestId, csv: fileOf(sheet, mapping, defs), publish }, { timeoutMs: importMs }), publish);
    } catch (error) {
      const found = problemsOfService(refusalOf(error)?.problems ?? []);
      setRefused(found);
      throw found.length > 0 ? wrongInFile() : error;
    }
  });
  const mend = (next: Sheet) => {
    setRefused([]);
    send.clear();
    change({ ...chosen, sheet: next });
  };
  return (
    <>
      <Section title={tr("Kijk na", "Check")}>
        <P>
          {chosen.name}: {count(sheet.rows.length, tr("rij", "row"), tr("rijen", "rows"))}.
        </P>
        {missing.length > 0 && <Alert tone="warning">{tr("Deze kolommen zijn niet gevonden: ", "These columns were not found: ") + missing.map((def) => def.text()).join(", ")}</Alert>}
        <MapColumns header={sheet.header} defs={defs} mapping={mapping} onMapping={(next) => change({ ...chosen, mapping: next })} open={missing.length > 0} />
        <MendRows
          sheet={sheet}
          mapping={mapping}
          defs={defs}
          problems={problems}
          onCell={(row, column, value) => mend(withCell(sheet, mapping, row, column, value))}
          onDrop={(row) => mend(withoutRow(sheet, row))}
        />
        <PreviewRows sheet={sheet} mapping={mapping} defs={defs} problems={problems} />
      </Section>
      <Section title={tr("Voer in", "Enter")}>
        <P>{tr("Alle rijen gaan erin, of geen enkele. Een plek die er al is, wordt bijgewerkt.", "All rows go in, or none. A place that is there already is updated.")}</P>
        <CheckBox
          checked={publish}
          onChecked={setPublish}
          label={tr("Maak de plekken meteen bekend", "Publish the places at once")}
          help={tr("Je verklaart dan de criteria namens de bedrijven. Doe dit alleen als zij ze kennen.", "You then declare the criteria on behalf of the companies. Do so only if they know them.")}
        />
        <Outcome of={send} />
        {send.busy && <Progress label={tr("De plekken worden ingevoerd…", "The places are being entered…")} />}
        <div class="sm-row">
          <Button kind="primary" busy={send.busy} disabled={missing.length > 0 || problems.length > 0} onClick={() => void send.run()}>
            {tr(`Voer ${number(sheet.rows.length)} plekken in`, `Enter ${number(sheet.rows.length)} places`)}
          </Button>
          {(missing.length > 0 || problems.length > 0) && <span class="sm-quiet">{tr("Dit kan als alles klopt.", "You can once all is right.")}</span>}
        </div>
      </Section>
    </>
  );
}

export function PlacementImportPage() {
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [result, setResult] = useState<{ answer: ImportPlacementsResponse; published: boolean } | null>(null);
  useUnsaved(chosen !== null && result === null, tr("Het bestand is nog niet ingevoerd. Wil je weg van deze pagina?", "The file was not entered yet. Do you want to leave this page?"));
  return (
    <Page
      title={tr("Plekken uit een bestand", "Places from a file")}
      lead={tr("Kies een bestand met één rij per plek. Je ziet eerst wat erin staat; er gaat pas iets naar de dienst als jij dat zegt.", "Choose a file with one row a place. You see first what is in it; nothing goes to the service until you say so.")}
      back={<Link href="/school/plekken">{tr("Plekken", "Places")}</Link>}
    >
      {result ? (
        <Result
          {...result}
          again={() => {
            setResult(null);
            setChosen(null);
          }}
        />
      ) : (
        <>
          <Section title={chosen ? tr("Ander bestand", "Another file") : tr("Kies het bestand", "Choose the file")}>
            <ChooseSheet label={tr("Bestand met plekken", "File with places")} onSheet={(sheet, name) => setChosen({ sheet, name, mapping: guessMapping(sheet.header, defs) })} />
            <div>
              <Button kind="subtle" onClick={example}>
                {tr("Bewaar een voorbeeld", "Save an example")}
              </Button>
            </div>
          </Section>
          {chosen && <Look key={chosen.name} chosen={chosen} change={setChosen} done={(answer, published) => setResult({ answer, published })} />}
        </>
      )}
    </Page>
  );
}
