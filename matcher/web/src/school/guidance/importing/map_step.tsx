// Step 2: which column of the file is what. Guessed by name; what is needed and has no column can be one value for all rows.
import { useState } from "preact/hooks";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import type { Sheet } from "~/base/sheet.ts";
import { SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Button, P, Progress, Section, Table } from "~/ui/parts.tsx";
import { type FieldKey, fields, fieldText, type Target } from "./columns.ts";
import { type Constants, rowsOf } from "./issues.ts";
import type { Row } from "./validate.ts";

type Props = {
  sheet: Sheet;
  targets: readonly Target[];
  constants: Constants;
  schools: readonly string[];
  set: (targets: Target[], constants: Constants) => void;
  next: (rows: Row[]) => void;
  back: () => void;
};

export function MapStep({ sheet, targets, constants, schools, set, next, back }: Props) {
  const [part, setPart] = useState<number | null>(null);
  const lacking = fields.filter((field) => field.required && !targets.includes(field.key));
  const open = lacking.filter((field) => !constants[field.key]);
  const dropped = sheet.header.filter((_, i) => targets[i] === "personal");
  const choose = (column: number, target: Target) => set(targets.map((old, i) => (i === column ? target : old === target && target !== "" ? "" : old)), constants);
  const go = async () => {
    setPart(0);
    next(await rowsOf(sheet, targets, constants, setPart));
  };
  return (
    <Section title={tr("Wat staat in welke kolom?", "What is in which column?")}>
      <P>{tr(`Het bestand heeft ${number(sheet.rows.length)} rijen. Kijk of elke kolom klopt.`, `The file has ${number(sheet.rows.length)} rows. See whether each column is right.`)}</P>
      {dropped.length > 0 && <Alert>{tr(`Deze kolommen laten we weg en lezen we niet: ${dropped.join(", ")}.`, `These columns are left out and not read: ${dropped.join(", ")}.`)}</Alert>}
      <Table
        caption={tr("Kolommen van het bestand", "Columns of the file")}
        rows={sheet.header.map((name, i) => ({ name, i }))}
        rowKey={(row) => String(row.i)}
        columns={[
          { name: tr("Kolom in het bestand", "Column in the file"), cell: (row) => row.name || tr("(zonder naam)", "(without a name)") },
          { name: tr("Voorbeelden", "Examples"), cell: (row) => (targets[row.i] === "personal" ? tr("niet gelezen", "not read") : examples(sheet, row.i)) },
          { name: tr("Dit is", "This is"), cell: (row) => (targets[row.i] === "personal" ? tr("Weggelaten", "Left out") : <Chooser name={row.name} target={targets[row.i] ?? ""} choose={(target) => choose(row.i, target)} />) },
        ]}
      />
      {lacking.length > 0 && (
        <Section title={tr("Nog nodig", "Still needed")} level={3}>
          <P>{tr("Hiervoor is geen kolom gekozen. Kies hierboven een kolom, of vul een waarde in die voor alle rijen geldt.", "No column was chosen for these. Choose one above, or fill in a value that holds for all rows.")}</P>
          <div class="sm-columns">
            {lacking.map(({ key }) => (
              <Constant key={key} field={key} value={constants[key] ?? ""} schools={schools} onValue={(value) => set([...targets], { ...constants, [key]: value })} />
            ))}
          </div>
        </Section>
      )}
      {part !== null && <Progress label={tr("Rijen lezen…", "Reading rows…")} value={part} max={1} />}
      <div class="sm-row">
        <Button kind="primary" disabled={open.length > 0} busy={part !== null} onClick={() => void go()}>
          {tr("Controleer de rijen", "Check the rows")}
        </Button>
        <Button onClick={back}>{tr("Ander bestand", "Another file")}</Button>
        {open.length > 0 && <P quiet>{tr(`Kies eerst: ${open.map((field) => fieldText(field.key)).join(", ")}.`, `First choose: ${open.map((field) => fieldText(field.key)).join(", ")}.`)}</P>}
      </div>
    </Section>
  );
}

function examples(sheet: Sheet, column: number): string {
  const found = new Set<string>();
  for (const row of sheet.rows.slice(0, 200)) {
    const value = row[column]?.trim();
    if (value) found.add(value.length > 30 ? `${value.slice(0, 30)}…` : value);
    if (found.size === 3) break;
  }
  return [...found].join(", ");
}

function Chooser({ name, target, choose }: { name: string; target: Target; choose: (target: Target) => void }) {
  return (
    <select class="utrecht-select utrecht-select--html-select sm-cell--wide" aria-label={tr(`Wat kolom ${name} is`, `What column ${name} is`)} value={target} onChange={(event) => choose(event.currentTarget.value as Target)}>
      <option value="">{tr("Niet gebruiken", "Do not use")}</option>
      {fields.map(({ key, required }) => (
        <option key={key} value={key}>
          {fieldText(key)}
          {required ? " *" : ""}
        </option>
      ))}
    </select>
  );
}

function Constant({ field, value, schools, onValue }: { field: FieldKey; value: string; schools: readonly string[]; onValue: (value: string) => void }) {
  const label = tr(`${fieldText(field)}, voor alle rijen`, `${fieldText(field)}, for all rows`);
  const choices = field === "school" ? schools : field === "leerweg" ? ["BOL", "BBL", "HBO"] : null;
  if (choices) return <SelectField label={label} value={value} onValue={onValue} choices={[{ value: "", label: tr("Kies", "Choose") }, ...choices.map((one) => ({ value: one, label: one }))]} />;
  if (field === "van" || field === "tot") return <TextField label={label} type="date" value={value} onValue={onValue} />;
  return <TextField label={label} value={value} onValue={onValue} autocomplete="off" />;
}
