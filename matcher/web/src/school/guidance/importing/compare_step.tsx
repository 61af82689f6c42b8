// Step 4: what the file would do to what is there already, before anything is sent.
import { useEffect, useState } from "preact/hooks";
import { api, everyPage } from "~/base/api.ts";
import { count, day, number, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { sayError } from "~/base/request.ts";
import { Link } from "~/base/router.tsx";
import { Alert, Button, Details, P, Progress, Section } from "~/ui/parts.tsx";
import { VirtualTable } from "~/ui/virtual.tsx";
import { askNames, studentOf } from "../names.ts";
import { nameOrNumber } from "../person.ts";
import { inChunks } from "./chunks.ts";
import { fieldText } from "./columns.ts";
import { compare, type Compared, type Existing, existingKey, missingOf } from "./compare.ts";
import { type Row, valueOf } from "./validate.ts";

type Work = { text: string; value?: number; max?: number };

async function existingOf(signal: AbortSignal, tell: (work: Work) => void): Promise<Existing[]> {
  let got = 0;
  const list = await everyPage(async (pageToken) => {
    const page = await api.student.listStagevragen({ pageSize: 1000, pageToken }, { signal });
    tell({ text: tr(`Ophalen wat er al is: ${number((got += page.stagevragen.length))}`, `Reading what is there: ${number(got)}`) });
    return { items: page.stagevragen, next: page.nextPageToken };
  });
  await askNames(
    list.map((one) => one.stagevraagId),
    (done, all) => tell({ text: tr("Namen ophalen…", "Reading names…"), value: done, max: all }),
  );
  return list.flatMap((stagevraag) => {
    const student = studentOf(stagevraag.stagevraagId);
    return student ? [{ stagevraag, student }] : [];
  });
}

export function CompareStep({ rows, back, next }: { rows: readonly Row[]; back: () => void; next: () => void }) {
  const [work, setWork] = useState<Work>({ text: tr("Ophalen wat er al is…", "Reading what is there…") });
  const [found, setFound] = useState<Compared | null>(null);
  const [error, setError] = useState<unknown>();
  const [turn, again] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    const run = async () => {
      const existing = await existingOf(leaving.signal, setWork);
      const by = new Map(existing.map((one) => [existingKey(one), one]));
      const into: Compared = { fresh: [], changed: [], same: 0, missing: missingOf(existing, rows) };
      await inChunks(rows, (row) => compare([row], by, into), (part) => setWork({ text: tr("Vergelijken…", "Comparing…"), value: part, max: 1 }), leaving.signal);
      setFound(into);
    };
    setError(undefined);
    run().catch((failed: unknown) => leaving.signal.aborted || setError(failed));
    return () => leaving.abort();
  }, [turn]);
  return (
    <Section title={tr("Wat verandert er?", "What changes?")}>
      {error !== undefined ? (
        <Alert tone="warning">
          <div class="sm-stack">
            <p class="nl-paragraph">{sayError(error)}</p>
            <Button onClick={() => again(turn + 1)}>{tr("Probeer opnieuw", "Try again")}</Button>
          </div>
        </Alert>
      ) : found ? (
        <Differences found={found} />
      ) : (
        <Progress label={work.text} value={work.value} max={work.max} />
      )}
      <div class="sm-row">
        <Button kind="primary" disabled={!found} onClick={next}>
          {tr(`Lees ${count(rows.length, "rij", "rijen")} in`, `Import ${count(rows.length, "row", "rows")}`)}
        </Button>
        <Button onClick={back}>{tr("Terug", "Back")}</Button>
      </div>
    </Section>
  );
}

function Differences({ found }: { found: Compared }) {
  return (
    <div class="sm-stack">
      <ul class="sm-cards sm-cards--four">
        <Figure value={found.fresh.length} text={tr("nieuw", "new")} />
        <Figure value={found.changed.length} text={tr("gewijzigd", "changed")} />
        <Figure value={found.same} text={tr("hetzelfde", "the same")} />
        <Figure value={found.missing.length} text={tr("niet in dit bestand", "not in this file")} />
      </ul>
      {found.changed.length > 0 && (
        <Details summary={tr(`Wat er wijzigt (${number(found.changed.length)})`, `What changes (${number(found.changed.length)})`)} open={found.changed.length <= 20}>
          <VirtualTable
            caption={tr("Wijzigingen", "Changes")}
            rows={found.changed}
            rowKey={({ row }) => String(row.line)}
            columns={[
              { name: tr("Rij", "Row"), width: "5rem", cell: ({ row }) => row.line },
              { name: tr("Student", "Student"), width: "14rem", cell: ({ existing }) => nameOrNumber(existing.student) },
              { name: tr("Wat", "What"), width: "minmax(30rem, 1fr)", cell: ({ changes }) => changes.map((one) => `${fieldText(one.key)}: ${one.from || tr("leeg", "empty")} → ${one.to || tr("leeg", "empty")}`).join("; ") },
            ]}
          />
        </Details>
      )}
      {found.fresh.length > 0 && (
        <Details summary={tr(`Nieuwe stagevragen (${number(found.fresh.length)})`, `New requests (${number(found.fresh.length)})`)}>
          <VirtualTable
            caption={tr("Nieuwe stagevragen", "New requests")}
            rows={found.fresh}
            rowKey={(row) => String(row.line)}
            columns={[
              { name: tr("Rij", "Row"), width: "5rem", cell: (row) => row.line },
              { name: tr("Student", "Student"), width: "16rem", cell: (row) => [valueOf(row, "voornaam"), valueOf(row, "tussenvoegsel"), valueOf(row, "achternaam")].filter(Boolean).join(" ") },
              { name: tr("Nummer", "Number"), width: "10rem", cell: (row) => valueOf(row, "studentnummer") },
              { name: tr("Opleiding", "Programme"), width: "8rem", cell: (row) => valueOf(row, "opleiding") },
              { name: tr("Periode", "Period"), width: "19rem", cell: (row) => period(valueOf(row, "van"), valueOf(row, "tot")) },
            ]}
          />
        </Details>
      )}
      {found.missing.length > 0 && (
        <Details summary={tr(`Niet in dit bestand (${number(found.missing.length)})`, `Not in this file (${number(found.missing.length)})`)}>
          <P>{tr("Deze stagevragen blijven staan. Zoekt een student niet meer, stop de stagevraag dan op de pagina van de student.", "These requests stay. If a student looks no more, stop the request on the student's page.")}</P>
          <VirtualTable
            caption={tr("Niet in dit bestand", "Not in this file")}
            rows={found.missing}
            rowKey={(one) => one.stagevraag.stagevraagId}
            columns={[
              { name: tr("Student", "Student"), width: "minmax(14rem, 1fr)", cell: (one) => <Link href={`/school/studenten/${one.stagevraag.stagevraagId}`}>{nameOrNumber(one.student)}</Link> },
              { name: tr("Nummer", "Number"), width: "10rem", cell: (one) => one.student.studentNumber },
              { name: tr("Begint", "Begins"), width: "11rem", cell: (one) => day(one.stagevraag.profile?.startDate ?? "") },
            ]}
          />
        </Details>
      )}
    </div>
  );
}

function Figure({ value, text }: { value: number; text: string }) {
  return (
    <li class="sm-card">
      <div class="sm-figure">{number(value)}</div>
      {text}
    </li>
  );
}
