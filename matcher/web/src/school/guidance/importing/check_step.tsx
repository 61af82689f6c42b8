// Step 3: everything that is wrong, each thing in its place and put right there. What is not put right is left out, or holds the import.
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Alert, Badge, Button, Details, P, Progress, Section } from "~/ui/parts.tsx";
import { VirtualTable, type VirtualColumn } from "~/ui/virtual.tsx";
import { type FieldKey, fields, fieldText } from "./columns.ts";
import { findIssues, type Issue, put, recheck } from "./issues.ts";
import { duplicates, type Row, type Rules, valueOf, wrongText } from "./validate.ts";

type Props = { rows: readonly Row[]; said: readonly Issue[]; rules: Rules; back: () => void; next: () => void };

export function CheckStep({ rows, said, rules, back, next }: Props) {
  const [issues, setIssues] = useState<Issue[] | null>(null);
  const [part, setPart] = useState(0);
  const [turn, draw] = useState(0);
  const look = async (): Promise<Issue[]> => {
    const found = await findIssues(rows, rules, setPart);
    setIssues([...said, ...found]);
    return found;
  };
  useEffect(() => void look(), []);
  const byRow = useMemo(() => indexOf(issues ?? []), [issues]);
  const changed = (touched: Iterable<Row>) => {
    const doubled = duplicates(rows);
    const seen = new Set<Issue>();
    for (const row of touched) for (const issue of byRow.get(row) ?? []) seen.add(issue);
    for (const issue of issues ?? []) if (issue.wrong === "duplicate") seen.add(issue);
    for (const issue of seen) if (!issue.said) recheck(issue, rules, doubled);
    draw((n) => n + 1);
  };
  const leaveOut = (issue: Issue) => {
    for (const row of issue.rows) row.out = true;
    issue.said = undefined;
    changed(issue.rows);
  };
  const edit = (issue: Issue, value: string) => {
    put(issue, value);
    changed(issue.rows);
  };
  if (!issues) return <Progress label={tr("Rijen controleren…", "Checking rows…")} value={part} max={1} />;
  const open = issues.filter((issue) => issue.wrong && issue.rows.some((row) => !row.out));
  const wrongRows = new Set(open.flatMap((issue) => issue.rows.filter((row) => !row.out)));
  const out = rows.filter((row) => row.out).length;
  // A button that cannot be pressed would swallow the click that ends a correction: this one goes to what is wrong instead.
  const go = async () => {
    if (open.length > 0) document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus();
    else if ((await look()).length === 0) next();
  };
  return (
    <Section title={tr("Klopt alles?", "Is everything right?")}>
      {open.length === 0 ? (
        <Alert tone="ok" live>
          {tr(`${count(rows.length - out, "rij klopt", "rijen kloppen")}.`, `${count(rows.length - out, "row is", "rows are")} right.`)} {leftOut(out)}
        </Alert>
      ) : (
        <Alert tone="warning" live>
          {tr(
            `${count(wrongRows.size, "rij heeft", "rijen hebben")} nog een fout, ${number(rows.length - out - wrongRows.size)} kloppen.`,
            `${count(wrongRows.size, "row has", "rows have")} something wrong, ${number(rows.length - out - wrongRows.size)} are right.`,
          )}{" "}
          {leftOut(out)}
        </Alert>
      )}
      {issues.length > 0 && (
        <>
          <Said issues={open} />
          <P>{tr("Verbeter de waarde hieronder. Staat dezelfde fout in meer rijen, dan verbeter je ze in een keer.", "Put the value right below. Where several rows have the same mistake, you put them right at once.")}</P>
          <IssueTable issues={issues} turn={turn} edit={edit} leaveOut={leaveOut} />
        </>
      )}
      <div class="sm-row">
        <Button kind="primary" onClick={() => void go()}>
          {tr("Vergelijk met wat er al is", "Compare with what is there")}
        </Button>
        {open.length > 0 && (
          <Button
            onClick={() => {
              for (const row of wrongRows) row.out = true;
              for (const issue of open) issue.said = undefined;
              changed(wrongRows);
            }}
          >
            {tr(`Laat ${count(wrongRows.size, "rij", "rijen")} met fouten weg`, `Leave out ${count(wrongRows.size, "row", "rows")} with mistakes`)}
          </Button>
        )}
        <Button onClick={back}>{tr("Terug naar de kolommen", "Back to the columns")}</Button>
      </div>
      <Details summary={tr("Bekijk alle rijen", "Look at all rows")}>
        <AllRows rows={rows} open={open} turn={turn} />
      </Details>
    </Section>
  );
}

/* What the service found may take more words than a row has room for. */
function Said({ issues }: { issues: readonly Issue[] }) {
  const texts = new Set(issues.flatMap((issue) => issue.said ?? []));
  if (texts.size === 0) return null;
  return (
    <ul class="sm-list">
      {[...texts].slice(0, 20).map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function leftOut(rows: number): string {
  return rows === 0 ? "" : tr(`${count(rows, "rij laten we", "rijen laten we")} weg.`, `${count(rows, "row is", "rows are")} left out.`);
}

function indexOf(issues: readonly Issue[]): Map<Row, Issue[]> {
  const found = new Map<Row, Issue[]>();
  for (const issue of issues)
    for (const row of issue.rows) {
      const list = found.get(row);
      if (list) list.push(issue);
      else found.set(row, [issue]);
    }
  return found;
}

function where(issue: Issue): string {
  const lines = issue.rows.slice(0, 3).map((row) => row.line);
  if (issue.rows.length === 1) return tr(`Rij ${lines[0]}`, `Row ${lines[0]}`);
  return tr(`${number(issue.rows.length)} rijen: ${lines.join(", ")}`, `${number(issue.rows.length)} rows: ${lines.join(", ")}`) + (issue.rows.length > 3 ? "…" : "");
}

function who(issue: Issue): string {
  const [row] = issue.rows;
  if (!row || issue.rows.length > 1) return "";
  return [valueOf(row, "voornaam"), valueOf(row, "tussenvoegsel"), valueOf(row, "achternaam")].filter(Boolean).join(" ") || valueOf(row, "studentnummer");
}

export function issueText(issue: Issue): string {
  if (issue.said) return issue.said;
  if (!issue.wrong) return "";
  const text = wrongText(issue.wrong);
  return issue.wrong === "duplicate" && issue.line ? `${text} (${tr("rij", "row")} ${issue.line})` : text;
}

function IssueTable({ issues, turn, edit, leaveOut }: { issues: readonly Issue[]; turn: number; edit: (issue: Issue, value: string) => void; leaveOut: (issue: Issue) => void }) {
  const columns = useMemo(
    (): VirtualColumn<Issue>[] => [
      { name: tr("Waar", "Where"), width: "10rem", cell: where },
      { name: tr("Wie", "Who"), width: "10rem", cell: who },
      { name: tr("Kolom", "Column"), width: "10rem", cell: (issue) => fieldText(issue.key) },
      { name: tr("Waarde", "Value"), width: "12rem", cell: (issue) => <Value issue={issue} edit={edit} /> },
      { name: tr("Wat er mis is", "What is wrong"), width: "minmax(17rem, 1fr)", cell: (issue) => <State issue={issue} /> },
      {
        name: tr("Weglaten", "Leave out"),
        width: "8rem",
        cell: (issue) =>
          issue.rows.some((row) => !row.out) && (
            <button type="button" class="nl-button nl-button--subtle" onClick={() => leaveOut(issue)} aria-label={tr(`Laat weg: ${where(issue)}`, `Leave out: ${where(issue)}`)}>
              {tr("Laat weg", "Leave out")}
            </button>
          ),
      },
    ],
    [turn, edit, leaveOut],
  );
  return <VirtualTable caption={tr("Fouten in het bestand", "Mistakes in the file")} columns={columns} rows={issues} rowKey={(issue) => issue.id} />;
}

function Value({ issue, edit }: { issue: Issue; edit: (issue: Issue, value: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [row] = issue.rows;
  const value = row ? valueOf(row, issue.key) : "";
  const bad = Boolean(issue.wrong);
  return (
    <input
      ref={input}
      class={`utrecht-textbox utrecht-textbox--html-input sm-cell${bad ? " utrecht-textbox--invalid" : ""}`}
      aria-label={`${where(issue)}, ${fieldText(issue.key)}`}
      aria-description={issueText(issue)}
      aria-invalid={bad || undefined}
      autocomplete="off"
      disabled={issue.rows.every((one) => one.out)}
      value={value}
      onChange={(event) => edit(issue, event.currentTarget.value)}
    />
  );
}

function State({ issue }: { issue: Issue }) {
  if (issue.rows.every((row) => row.out)) return <Badge>{tr("Weggelaten", "Left out")}</Badge>;
  if (!issue.wrong) return <Badge tone="positive">{tr("Klopt nu", "Right now")}</Badge>;
  return (
    <span class="sm-error sm-two-lines" title={issueText(issue)}>
      {issueText(issue)}
    </span>
  );
}

function AllRows({ rows, open, turn }: { rows: readonly Row[]; open: readonly Issue[]; turn: number }) {
  const wrong = useMemo(() => {
    const found = new Map<Row, Map<FieldKey, string>>();
    for (const issue of open)
      for (const row of issue.rows) {
        const cells = found.get(row) ?? new Map<FieldKey, string>();
        cells.set(issue.key, issueText(issue));
        found.set(row, cells);
      }
    return found;
  }, [open, turn]);
  const used = useMemo(() => fields.filter((_, i) => rows.some((row) => row.values[i] !== "")), [rows]);
  const columns = useMemo(
    (): VirtualColumn<Row>[] => [
      { name: tr("Rij", "Row"), width: "7rem", cell: (row) => (row.out ? `${row.line} (${tr("weg", "out")})` : row.line) },
      ...used.map(({ key }) => ({
        name: fieldText(key),
        width: "13rem",
        cell: (row: Row) => {
          const text = wrong.get(row)?.get(key);
          if (!text) return valueOf(row, key);
          return (
            <span class="sm-error" title={text}>
              ⚠ {valueOf(row, key) || tr("leeg", "empty")}
              <span class="sm-hidden">: {text}</span>
            </span>
          );
        },
      })),
    ],
    [used, wrong],
  );
  return <VirtualTable caption={tr("Alle rijen van het bestand", "All rows of the file")} columns={columns} rows={rows} rowKey={(row) => String(row.line)} />;
}
