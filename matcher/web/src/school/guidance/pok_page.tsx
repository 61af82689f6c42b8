// The data for a praktijkovereenkomst, to print and sign, or to save as CSV for the school's own system.
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { saveCsv } from "~/base/csv.ts";
import { day } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Link, type Params } from "~/base/router.tsx";
import { Button, DataList, Page, Section, Shown } from "~/ui/parts.tsx";
import { useNames } from "./names.ts";
import { type Pok, type PokField, pokOf } from "./pok.ts";
import { useWhole, type Whole } from "./proposal_page.tsx";

export function PokPage({ params }: { params: Params }) {
  const id = params.id ?? "";
  const whole = useWhole(id);
  return (
    <Page title={tr("Praktijkovereenkomst", "Placement agreement")} back={<Link href={`/school/voorstellen/${id}`}>{tr("Terug naar het voorstel", "Back to the proposal")}</Link>}>
      <Shown of={whole}>{(found) => <Agreement whole={found} />}</Shown>
    </Page>
  );
}

function Agreement({ whole: { proposal, stagevraag, placement } }: { whole: Whole }) {
  const catalog = useCatalog().data;
  const student = useNames([proposal.stagevraagId]).student(proposal.stagevraagId);
  const school = catalog?.schools.find((one) => one.code === proposal.school)?.name;
  const pok = pokOf({
    proposal,
    stagevraag,
    placement,
    student,
    study: qualificationText(catalog, stagevraag?.profile?.qualification ?? "").replace(/ \(\d+\)$/, ""),
    school: school ? `${school} (${proposal.school})` : proposal.school,
  });
  return (
    <>
      <div class="sm-row sm-noprint">
        <Button kind="primary" onClick={() => print()}>
          {tr("Print", "Print")}
        </Button>
        <Button onClick={() => saveAs(pok)}>{tr("Bewaar als CSV", "Save as CSV")}</Button>
      </div>
      <div class="sm-columns sm-columns--sections">
        <Fields title={tr("Student", "Student")} fields={pok.student} />
        <Fields title={tr("Opleiding", "Programme")} fields={pok.study} />
      </div>
      <div class="sm-columns sm-columns--sections">
        <Fields title={tr("Leerbedrijf", "Company")} fields={[...pok.company, { code: "praktijkopleider", label: tr("Praktijkopleider", "Workplace supervisor"), value: "" }]} />
        <Fields title={tr("Periode en uren", "Period and hours")} fields={pok.period} />
      </div>
      <Section title={tr("Afspraken", "Agreements")}>
        <Blank label={tr("Werkprocessen en leerdoelen", "Work processes and learning goals")} lines={3} />
        <Blank label={tr("Begeleiding en beoordeling", "Guidance and assessment")} lines={2} />
      </Section>
      <Section title={tr("Handtekeningen", "Signatures")}>
        <div class="sm-columns">
          <Blank label={tr("Student", "Student")} lines={2} />
          {pok.minor && <Blank label={tr("Ouder of verzorger (de student is nog geen 18)", "Parent or guardian (the student is not yet 18)")} lines={2} />}
          <Blank label={tr("Leerbedrijf", "Company")} lines={2} />
          <Blank label={tr("School", "School")} lines={2} />
        </div>
      </Section>
    </>
  );
}

const shown = ({ code, value }: PokField) => (["geboortedatum", "begin", "einde"].includes(code) && value ? day(value) : value);

function Fields({ title, fields }: { title: string; fields: readonly PokField[] }) {
  return (
    <Section title={title}>
      <DataList items={fields.map((field) => [field.label, shown(field) || <span class="sm-blank" role="img" aria-label={tr("nog in te vullen", "to be filled in")} />] as const)} />
    </Section>
  );
}

/* Lines to write on. */
function Blank({ label, lines }: { label: string; lines: number }) {
  return (
    <div>
      <div>{label}</div>
      {Array.from({ length: lines }, (_, i) => (
        <div key={i} class="sm-blank sm-blank--line" />
      ))}
    </div>
  );
}

function saveAs(pok: Pok): void {
  const fields = [...pok.student, ...pok.study, ...pok.company, ...pok.period];
  saveCsv(
    "praktijkovereenkomst.csv",
    fields.map((field) => field.code),
    [fields.map((field) => field.value)],
  );
}
