// Mutations of recognitions: a file of SBB in, what it paused and whom it concerns out. For the operator and for coördinatoren.
import { useState } from "preact/hooks";
import type { ImportErkenningMutationsResponse } from "~gen/stagematch/v1/measure_pb.ts";
import { api } from "~/base/api.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Field, Form } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Page, Section, Table } from "~/ui/parts.tsx";

function Result({ of }: { of: ImportErkenningMutationsResponse }) {
  return (
    <Section title={tr("Wat er is gebeurd", "What happened")}>
      <Alert tone="ok" live>
        {tr(
          `${count(of.rowCount, "regel", "regels")} gelezen: ${count(of.pausedPlacements, "plek", "plekken")} gepauzeerd, ${count(of.reopenedPlacements, "plek", "plekken")} weer open. Het gaat om ${count(of.affectedProposals, "student", "studenten")}; hun stagecoördinatoren hebben een taak.`,
          `${count(of.rowCount, "line", "lines")} read: ${count(of.pausedPlacements, "place", "places")} paused, ${count(of.reopenedPlacements, "place", "places")} open again. It concerns ${count(of.affectedProposals, "student", "students")}; their coördinatoren have a task.`,
        )}
      </Alert>
      {of.laterCount > 0 && <P>{tr(`${count(of.laterCount, "regel gaat", "regels gaan")} pas later in. Lees het bestand dan opnieuw in.`, `${count(of.laterCount, "line takes", "lines take")} effect later. Read the file again then.`)}</P>}
      {of.placements.length > 0 && (
        <Table
          caption={tr("Plekken die zijn gepauzeerd", "Places that were paused")}
          columns={[
            { name: tr("Leerbedrijf", "Company"), cell: (one) => one.leerbedrijf },
            { name: tr("Leerplaats", "Placement"), cell: (one) => one.leerplaats },
            { name: tr("Studenten", "Students"), cell: (one) => one.proposals, number: true },
          ]}
          rows={of.placements}
          rowKey={(one) => `${one.leerbedrijf}/${one.leerplaats}`}
        />
      )}
    </Section>
  );
}

export function RecognitionsPage() {
  const [file, setFile] = useState<File | null>(null);
  const [tried, setTried] = useState(false);
  const [result, setResult] = useState<ImportErkenningMutationsResponse | null>(null);
  const read = useAction(async (requestId, given: { file: File }) => {
    setResult(await api.measure.importErkenningMutations({ requestId, csv: new Uint8Array(await given.file.arrayBuffer()) }));
  });
  return (
    <Page
      title={tr("Erkenningen", "Recognitions")}
      lead={tr("Trekt SBB een erkenning in, dan pauzeren de plekken. Komt de erkenning terug, dan gaan ze weer open.", "When SBB withdraws a recognition its places pause. When it comes back they open again.")}
    >
      <Form
        label={tr("Bestand inlezen", "Read a file")}
        onSubmit={() => {
          setTried(true);
          if (file) void read.run({ file });
        }}
      >
        <Field
          label={tr("Bestand met mutaties (CSV)", "File of mutations (CSV)")}
          help={tr("Kolommen: leerbedrijf_id, crebo, datum, status. Status is erkend of ingetrokken.", "Columns: leerbedrijf_id, crebo, datum, status. Status is erkend or ingetrokken.")}
          error={tried && !file ? tr("Kies een bestand.", "Choose a file.") : undefined}
        >
          {({ id, describedBy, invalid }) => (
            <input id={id} type="file" accept=".csv,text/csv" aria-describedby={describedBy} aria-invalid={invalid || undefined} onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
          )}
        </Field>
        <Outcome of={read} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={read.busy}>
            {tr("Lees het bestand in", "Read the file")}
          </Button>
        </div>
      </Form>
      {result && <Result of={result} />}
    </Page>
  );
}
