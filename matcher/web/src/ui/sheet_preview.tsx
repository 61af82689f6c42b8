// A file before it is handed in: choosing it, saying which column is which, and mending what is wrong in its rows.
import { useId, useMemo, useState } from "preact/hooks";
import { type CellProblem, cellOf, type ColumnDef, type Mapping } from "~/base/columns.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import type { Sheet } from "~/base/sheet.ts";
import { readSheetFile } from "~/base/sheet_file.ts";
import { SelectField, TextField } from "./fields.tsx";
import { Alert, Badge, Button, Details, Outcome, P, Progress } from "./parts.tsx";
import { type VirtualColumn, VirtualTable } from "./virtual.tsx";

const rowsToMend = 25;

export function ChooseSheet({ label, onSheet }: { label: string; onSheet: (sheet: Sheet, name: string) => void }) {
  const id = useId();
  const read = useAction(async (_: string, file: File) => onSheet(await readSheetFile(file), file.name));
  return (
    <div class="sm-stack">
      <label class="utrecht-form-label" for={id}>
        {label}
      </label>
      <div class="sm-quiet" id={`${id}-help`}>
        {tr("Excel (.xlsx) of CSV. Het bestand wordt eerst op je eigen computer gelezen.", "Excel (.xlsx) or CSV. The file is read on your own computer first.")}
      </div>
      <input
        id={id}
        class="sm-file"
        type="file"
        accept=".csv,.txt,.xlsx,.xls,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        aria-describedby={`${id}-help`}
        onChange={(event) => {
          const input = event.currentTarget;
          const file = input.files?.[0];
          input.value = ""; // the same file can be chosen again after it was mended
          if (file) void read.run(file);
        }}
      />
      {read.busy && <Progress label={tr("Het bestand wordt gelezen…", "Reading the file…")} />}
      <Outcome of={read} />
    </div>
  );
}

/** Which column of the file is which. Closed as long as all that is needed was found. */
export function MapColumns({ header, defs, mapping, onMapping, open }: { header: readonly string[]; defs: readonly ColumnDef[]; mapping: Mapping; onMapping: (mapping: Mapping) => void; open: boolean }) {
  const choices = [{ value: "-1", label: tr("(staat niet in dit bestand)", "(not in this file)") }, ...header.map((heading, i) => ({ value: String(i), label: heading || tr(`kolom ${i + 1}`, `column ${i + 1}`) }))];
  return (
    <Details summary={tr("Welke kolom is wat?", "Which column is what?")} open={open}>
      <div class="sm-columns">
        {defs.map((def) => (
          <SelectField
            key={def.name}
            label={`${def.text()}${def.required ? "" : tr(" (hoeft niet)", " (optional)")}`}
            value={String(mapping[def.name] ?? -1)}
            choices={choices}
            error={def.required && (mapping[def.name] ?? -1) < 0 ? tr("Kies de kolom waarin dit staat.", "Choose the column that has this.") : undefined}
            onValue={(value) => onMapping({ ...mapping, [def.name]: Number(value) })}
          />
        ))}
      </div>
    </Details>
  );
}

type MendProps = {
  sheet: Sheet;
  mapping: Mapping;
  defs: readonly ColumnDef[];
  problems: readonly CellProblem[];
  onCell: (row: number, column: string, value: string) => void;
  onDrop: (row: number) => void;
};

/** The rows with something wrong, the first of them with fields to mend it. */
export function MendRows({ sheet, mapping, defs, problems, onCell, onDrop }: MendProps) {
  const byRow = useMemo(() => {
    const rows = new Map<number, CellProblem[]>();
    for (const problem of problems) rows.set(problem.row, [...(rows.get(problem.row) ?? []), problem]);
    return [...rows.entries()].sort(([a], [b]) => a - b);
  }, [problems]);
  if (byRow.length === 0) return null;
  return (
    <div class="sm-stack">
      <Alert tone="warning">{tr(`In ${count(byRow.length, "rij", "rijen")} klopt iets niet. Verbeter het hier, of in het bestand zelf.`, `Something is wrong in ${count(byRow.length, "row", "rows")}. Mend it here, or in the file itself.`)}</Alert>
      <ul class="sm-cards">
        {byRow.slice(0, rowsToMend).map(([row, found]) => (
          <li key={row} class="sm-card sm-stack">
            {row < 0 || !sheet.rows[row] ? (
              found.map((problem) => <P key={problem.text}>{problem.text}</P>)
            ) : (
              <>
                <div class="sm-card__head">
                  <strong>{tr(`Rij ${sheet.lines[row] ?? row + 2}`, `Row ${sheet.lines[row] ?? row + 2}`)}</strong>
                  <Button kind="subtle" onClick={() => onDrop(row)}>
                    {tr("Laat deze rij weg", "Leave this row out")}
                  </Button>
                </div>
                <div class="sm-columns">
                  {found.map((problem) => (
                    <MendCell key={problem.column} problem={problem} def={defs.find((def) => def.name === problem.column)} value={cellOf(sheet.rows[row] ?? [], mapping, problem.column)} onValue={(value) => onCell(row, problem.column, value)} />
                  ))}
                </div>
              </>
            )}
          </li>
        ))}
      </ul>
      {byRow.length > rowsToMend && <P quiet>{tr(`En nog ${number(byRow.length - rowsToMend)} rijen. Is het in alle rijen hetzelfde? Verbeter het dan in het bestand.`, `And ${number(byRow.length - rowsToMend)} more rows. Is it the same in all of them? Then mend it in the file.`)}</P>}
    </div>
  );
}

/* What is typed counts once the field is left, or with Enter: the row must not go away while somebody types in it. */
function MendCell({ problem, def, value, onValue }: { problem: CellProblem; def: ColumnDef | undefined; value: string; onValue: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  if (!def) return <P>{problem.text}</P>;
  const done = () => typed !== value && onValue(typed);
  return <TextField label={def.text()} error={problem.text} value={typed} onValue={setTyped} onBlur={done} onKeyDown={(event) => event.key === "Enter" && done()} />;
}

/** All rows as they will be handed in. */
export function PreviewRows({ sheet, mapping, defs, problems }: Pick<MendProps, "sheet" | "mapping" | "defs" | "problems">) {
  const wrong = useMemo(() => new Set(problems.map((problem) => problem.row)), [problems]);
  const rows = useMemo(() => sheet.rows.map((cells, at) => ({ cells, at })), [sheet]);
  const columns = useMemo(() => {
    const mapped: VirtualColumn<{ cells: string[]; at: number }>[] = defs
      .filter((def) => (mapping[def.name] ?? -1) >= 0)
      .map((def) => ({ name: def.text(), width: "minmax(8rem, 1fr)", cell: ({ cells }) => cellOf(cells, mapping, def.name) }));
    const line: VirtualColumn<{ cells: string[]; at: number }> = { name: tr("Rij", "Row"), width: "4rem", number: true, cell: ({ at }) => sheet.lines[at] ?? at + 2 };
    const state: VirtualColumn<{ cells: string[]; at: number }> = {
      name: tr("Controle", "Check"),
      width: "8rem",
      cell: ({ at }) => (wrong.has(at) ? <Badge tone="warning">{tr("Klopt niet", "Wrong")}</Badge> : <Badge tone="positive">{tr("In orde", "In order")}</Badge>),
    };
    return [line, state, ...mapped];
  }, [sheet, mapping, defs, wrong]);
  return <VirtualTable caption={tr("Rijen van het bestand", "Rows of the file")} columns={columns} rows={rows} rowKey={({ at }) => String(at)} />;
}
