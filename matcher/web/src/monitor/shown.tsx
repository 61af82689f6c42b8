// Figures of the monitor: for one unit as charts, for all of them as a table, and to save.
import { useState } from "preact/hooks";
import type { MonitorTerm, MonitorUnit } from "~gen/stagematch/v1/monitor_pb.ts";
import { useCatalog } from "~/base/catalog.ts";
import { saveCsv } from "~/base/csv.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { BarChart } from "~/ui/chart.tsx";
import { SelectField } from "~/ui/fields.tsx";
import { Button, DataList, Empty, P, Section, Table } from "~/ui/parts.tsx";
import { asTable, columnText, dictionary, figure, type Figures, isCounted, linesOf, type Small, unitKey, unitText, valueOf } from "./figures.ts";

export function useSchoolName(): (brin: string) => string {
  const catalog = useCatalog();
  return (brin) => catalog.data?.schools.find((school) => school.code === brin)?.name ?? brin;
}

type Props = { figures: Figures; unit: MonitorUnit; small: Small };

function Group({ figures, unit, small, group, title, what }: Props & { group: string; title: string; what?: string }) {
  const lines = linesOf(figures, unit, group);
  const bars = lines.map(({ column, value }) => ({ label: columnText(column), value, ...(small === undefined ? {} : { shown: figure(value, small) }) }));
  return (
    <BarChart
      title={title}
      names={[tr("Wat", "What"), what ?? tr("Studenten", "Students")]}
      bars={bars}
      summary={`${title}: ${lines.map(({ column, value }) => `${columnText(column)} ${figure(value, small)}`).join(", ")}.`}
    />
  );
}

/* Supply and demand, and what ended early. Seats are not counted for a school: companies offer them to all. */
function Heads({ figures, unit, small }: Props) {
  const codes = ["students", ...(unit.school ? [] : ["seats"]), "ended_early"];
  return (
    <DataList
      items={codes.flatMap((code) => {
        const column = figures.columns.find((known) => known.code === code);
        return column ? [[columnText(column), figure(valueOf(figures, unit, code), small)] as const] : [];
      })}
    />
  );
}

/* Of the whole market, or of the own school: nobody says of which programme a report is. */
function Reports(props: Props) {
  const measures = linesOf(props.figures, props.unit, "measures");
  return (
    <>
      <Group {...props} group="reports" title={tr("Meldingen van discriminatie", "Reports of discrimination")} what={tr("Meldingen", "Reports")} />
      <DataList items={measures.map(({ column, value }) => [columnText(column), figure(value, props.small)] as const)} />
    </>
  );
}

function OneUnit(props: Props) {
  return (
    <div class="sm-stack sm-stack--wide">
      <Heads {...props} />
      {props.unit.margin > 0 && (
        <P quiet>{tr(`Een aantal studenten kan er ongeveer ${number(props.unit.margin)} naast zitten. Dat is met opzet: zo is niemand te herkennen.`, `A number of students may be off by about ${number(props.unit.margin)}. That is on purpose: so nobody can be recognised.`)}</P>
      )}
      <Group {...props} group="students" title={tr("Hoe liep het af?", "How did it end?")} />
      <Group {...props} group="time" title={tr("Hoe snel zei een bedrijf ja?", "How soon did a company say yes?")} />
      <Group {...props} group="refusals" title={tr("Wie zei nee, en waarom?", "Who said no, and why?")} />
      <P quiet>{tr("Van één student tellen we samen hoogstens twee keer nee of eerder gestopt.", "Of one student we count at most two refusals or early ends together.")}</P>
      {props.unit.sector === "" && <Reports {...props} />}
    </div>
  );
}

function Everything({ figures, small }: { figures: Figures; small: Small }) {
  const school = useSchoolName();
  return (
    <Table
      caption={tr("Alle cijfers", "All figures")}
      rows={figures.units}
      rowKey={unitKey}
      columns={[
        { name: tr("Wie", "Who"), cell: (unit) => unitText(unit, school) },
        ...figures.columns.map((column, at) => ({
          name: columnText(column),
          number: true,
          cell: (unit: MonitorUnit) => (isCounted(column, unit) ? figure(unit.counts[at] ?? 0, small) : ""),
        })),
      ]}
    />
  );
}

/** `name`: of the files. `json`: the whole answer, where it may be saved. */
function Save({ figures, term, small, name, json }: { figures: Figures; term: MonitorTerm; small: Small; name: string; json?: () => void }) {
  const words = dictionary(figures, small);
  const table = asTable(figures, term, small);
  return (
    <div class="sm-row">
      <Button onClick={() => saveCsv(`${name}-${term.term}.csv`, table.header, table.rows)}>{tr("Download als CSV", "Download as CSV")}</Button>
      {json && <Button onClick={json}>{tr("Download als JSON", "Download as JSON")}</Button>}
      <Button onClick={() => saveCsv(`${name}-${tr("uitleg", "dictionary")}.csv`, words.header, words.rows)}>{tr("Download de uitleg van de kolommen", "Download what the columns mean")}</Button>
    </div>
  );
}

export function ShownFigures({ figures, term, small, name, json, none }: { figures: Figures; term: MonitorTerm; small: Small; name: string; json?: () => void; none: string }) {
  const school = useSchoolName();
  const [key, setKey] = useState("");
  const unit = figures.units.find((known) => unitKey(known) === key) ?? figures.units[0];
  if (!unit)
    return (
      <Empty>
        <P>{none}</P>
      </Empty>
    );
  return (
    <>
      <Section title={tr("In beeld", "At a glance")}>
        {figures.units.length > 1 && (
          <SelectField
            label={tr("Waarvan wil je de cijfers zien?", "Of what do you want to see the figures?")}
            value={unitKey(unit)}
            choices={figures.units.map((known) => ({ value: unitKey(known), label: unitText(known, school) }))}
            onValue={setKey}
          />
        )}
        <OneUnit figures={figures} unit={unit} small={small} />
      </Section>
      <Section title={tr("Alle cijfers", "All figures")}>
        <Everything figures={figures} small={small} />
        <Save figures={figures} term={term} small={small} name={name} json={json} />
      </Section>
    </>
  );
}
