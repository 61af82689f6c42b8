// All students of the school: found, filtered, sorted, invited together, and saved as a file.
import { useMemo, useState } from "preact/hooks";
import { StagevraagState, type Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { saveCsv } from "~/base/csv.ts";
import { count, day, number } from "~/base/format.ts";
import { tr, useLanguage } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { stagevraagWord } from "~/base/words.ts";
import { CheckBox, SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Badge, Button, Empty, P, Page, Progress, Shown } from "~/ui/parts.tsx";
import { VirtualTable, type VirtualColumn } from "~/ui/virtual.tsx";
import { allStagevragen } from "./all.ts";
import { InviteMany } from "./invite_many.tsx";
import { askNames, studentOf } from "./names.ts";
import { type Phase, phases, phaseText } from "./phase.ts";
import { type Filter, filtered, type Sort, sorted, type StudentRow, studentRow } from "./student_rows.ts";

const nothing: Filter = { search: "", state: StagevraagState.UNSPECIFIED, phase: "", contested: false };

export function StudentsPage() {
  const [heard, setHeard] = useState({ count: 0, names: 0, all: 0 });
  const [nameless, setNameless] = useState(false);
  const loaded = useLoad(async (signal) => {
    const list = await allStagevragen(signal, undefined, (count) => setHeard({ count, names: 0, all: 0 }));
    const ids = list.map((one) => one.stagevraagId);
    // Without the vault the list is still of use: by number it cannot be searched then, and the page says so.
    await askNames(ids, (names, all) => signal.aborted || setHeard({ count: list.length, names, all })).then(
      () => setNameless(false),
      () => setNameless(true),
    );
    return list;
  }, []);
  const what = heard.all > 0 ? tr(`Namen ophalen: ${number(heard.names)} van ${number(heard.all)}`, `Reading names: ${number(heard.names)} of ${number(heard.all)}`) : tr(`Studenten ophalen: ${number(heard.count)}`, `Reading students: ${number(heard.count)}`);
  return (
    <Page title={tr("Studenten", "Students")} lead={tr("Zoek een student, of lees nieuwe stagevragen in.", "Find a student, or import new requests for a place.")}>
      <div class="sm-row">
        <Link class="nl-button nl-button--primary" href="/school/studenten/importeren">
          {tr("Studenten inlezen", "Import students")}
        </Link>
      </div>
      {nameless && <Alert tone="warning">{tr("De namen zijn nu niet te lezen. Laad de pagina straks opnieuw.", "The names cannot be read now. Load the page again later.")}</Alert>}
      {loaded.loading && heard.count > 0 && <Progress label={what} value={heard.all > 0 ? heard.names : undefined} max={heard.all > 0 ? heard.all : undefined} />}
      <Shown of={loaded}>{(list) => (list.length === 0 ? <NoStudents /> : <Students list={list} />)}</Shown>
    </Page>
  );
}

function NoStudents() {
  return (
    <Empty>
      <P>{tr("Er zijn nog geen studenten. Lees een bestand in met een rij per stagevraag.", "There are no students yet. Import a file with a row for each request.")}</P>
    </Empty>
  );
}

function Students({ list }: { list: readonly Stagevraag[] }) {
  const catalog = useCatalog().data;
  const chosenLanguage = useLanguage();
  const [filter, setFilter] = useState(nothing);
  const [sort, setSort] = useState<Sort>("name");
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => list.map((one) => studentRow(one, studentOf(one.stagevraagId), qualificationText(catalog, one.profile?.qualification ?? ""))), [list, catalog]);
  const ordered = useMemo(() => sorted(rows, sort), [rows, sort]);
  const shown = useMemo(() => filtered(ordered, filter), [ordered, filter]);
  const choose = (id: string, on: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  const columns = useMemo(() => columnsOf(chosen, choose), [chosen, chosenLanguage]);
  const selection = rows.filter((row) => chosen.has(row.id));
  return (
    <div class="sm-stack">
      <Filters filter={filter} set={setFilter} sort={sort} setSort={setSort} />
      <div class="sm-row sm-row--between">
        <span role="status">{count(shown.length, tr("student", "student"), tr("studenten", "students"))}{chosen.size > 0 && ` · ${number(chosen.size)} ${tr("gekozen", "chosen")}`}</span>
        <div class="sm-row">
          <Button onClick={() => setChosen(new Set(shown.map((row) => row.id)))}>{tr("Kies deze allemaal", "Choose all of these")}</Button>
          {chosen.size > 0 && <Button onClick={() => setChosen(new Set())}>{tr("Kies niemand", "Choose nobody")}</Button>}
          <Button onClick={() => save(selection.length > 0 ? selection : shown)}>{selection.length > 0 ? tr("Bewaar gekozen als CSV", "Save the chosen as CSV") : tr("Bewaar als CSV", "Save as CSV")}</Button>
        </div>
      </div>
      {selection.length > 0 && <InviteMany rows={selection} />}
      {shown.length === 0 ? (
        <Empty>
          <P>{tr("Niemand gevonden. Zoek op een deel van de naam, het nummer of de opleiding.", "Nobody found. Search for a part of the name, the number or the programme.")}</P>
          <Button onClick={() => setFilter(nothing)}>{tr("Toon iedereen", "Show everybody")}</Button>
        </Empty>
      ) : (
        <VirtualTable caption={tr("Studenten", "Students")} columns={columns} rows={shown} rowKey={(row) => row.id} open={(row) => go(`/school/studenten/${row.id}`)} selected={(row) => chosen.has(row.id)} />
      )}
    </div>
  );
}

function columnsOf(chosen: ReadonlySet<string>, choose: (id: string, on: boolean) => void): VirtualColumn<StudentRow>[] {
  return [
    {
      name: tr("Kies", "Choose"),
      width: "4.5rem",
      cell: (row) => (
        <label class="sm-tick">
          <input type="checkbox" class="utrecht-checkbox utrecht-checkbox--html-input" checked={chosen.has(row.id)} onChange={(event) => choose(row.id, event.currentTarget.checked)} aria-label={tr(`Kies ${row.name}`, `Choose ${row.name}`)} />
        </label>
      ),
    },
    { name: tr("Naam", "Name"), width: "minmax(11rem, 2fr)", cell: (row) => <Link href={`/school/studenten/${row.id}`}>{row.sort || tr("zonder naam", "without a name")}</Link> },
    { name: tr("Nummer", "Number"), width: "7.5rem", cell: (row) => row.number },
    { name: tr("Opleiding", "Programme"), width: "minmax(12rem, 2fr)", cell: (row) => row.study },
    { name: tr("Begint", "Begins"), width: "10rem", cell: (row) => day(row.stagevraag.profile?.startDate ?? "") },
    { name: tr("Fase", "Phase"), width: "8.5rem", cell: (row) => phaseText(row.phase) },
    {
      name: tr("Waar het staat", "Where it stands"),
      width: "13.5rem",
      cell: (row) => {
        const word = stagevraagWord(row.stagevraag.state);
        return <Badge tone={word.tone}>{word.text}</Badge>;
      },
    },
  ];
}

const states = [StagevraagState.FREE, StagevraagState.PROPOSED, StagevraagState.PLACED, StagevraagState.PLACED_ELSEWHERE, StagevraagState.COMPLETED, StagevraagState.WITHDRAWN];

function Filters({ filter, set, sort, setSort }: { filter: Filter; set: (filter: Filter) => void; sort: Sort; setSort: (sort: Sort) => void }) {
  return (
    <search>
      <div class="sm-columns sm-columns--end">
        <TextField label={tr("Zoek", "Search")} help={tr("Naam, studentnummer of opleiding", "Name, student number or programme")} type="search" autocomplete="off" value={filter.search} onValue={(search) => set({ ...filter, search })} />
        <SelectField
          label={tr("Waar het staat", "Where it stands")}
          value={String(filter.state)}
          onValue={(state) => set({ ...filter, state: Number(state) })}
          choices={[{ value: "0", label: tr("Alles", "All") }, ...states.map((state) => ({ value: String(state), label: stagevraagWord(state).text }))]}
        />
        <SelectField
          label={tr("Fase", "Phase")}
          value={filter.phase}
          onValue={(phase) => set({ ...filter, phase: phase as Phase | "" })}
          choices={[{ value: "", label: tr("Alles", "All") }, ...[...phases, "stopped" as const].map((phase) => ({ value: phase, label: phaseText(phase) }))]}
        />
        <SelectField
          label={tr("Volgorde", "Order")}
          value={sort}
          onValue={(by) => setSort(by as Sort)}
          choices={[
            { value: "name", label: tr("Achternaam", "Last name") },
            { value: "number", label: tr("Studentnummer", "Student number") },
            { value: "study", label: tr("Opleiding", "Programme") },
            { value: "start", label: tr("Begin van de periode", "Begin of the period") },
            { value: "state", label: tr("Waar het staat", "Where it stands") },
          ]}
        />
      </div>
      <CheckBox label={tr("Alleen studenten die een niveau betwisten", "Only students who contest a level")} checked={filter.contested} onChecked={(contested) => set({ ...filter, contested })} />
    </search>
  );
}

function save(rows: readonly StudentRow[]): void {
  saveCsv(
    "studenten.csv",
    ["school", "studentnummer", "naam", "email", "telefoon", "opleiding", "van", "tot", "uren", "fase", "status", "voorkeuren"],
    rows.map(({ stagevraag, student, name, number, study, phase }) => [
      stagevraag.school,
      number,
      name,
      student?.identity?.email ?? "",
      student?.identity?.phone ?? "",
      study,
      stagevraag.profile?.startDate ?? "",
      stagevraag.profile?.endDate ?? "",
      stagevraag.profile?.hoursPerWeek ?? "",
      phaseText(phase),
      stagevraagWord(stagevraag.state).text,
      stagevraag.profile?.preferred.length ?? 0,
    ]),
  );
}
