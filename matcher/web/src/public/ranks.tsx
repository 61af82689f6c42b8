// How many students got which choice: a chart, and the same as a table.
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { P, Table } from "~/ui/parts.tsx";
import { type RankRow as Row, rankRows } from "./rank_rows.ts";

const barPx = 26;
const stepPx = 36;
const labelPx = 112;
const widthPx = 420;
const valuePx = 84;

function label({ from, to }: Row): string {
  if (from === to) return tr(`${from}e keus`, `choice ${from}`);
  return tr(`${from}e t/m ${to}e keus`, `choices ${from} to ${to}`);
}

export function Ranks({ counts, matched }: { counts: readonly bigint[]; matched: bigint }) {
  const rows = rankRows(counts);
  if (rows.length === 0) return <P>{tr("Er is nog geen uitkomst, of die is te klein om te laten zien.", "There is no result yet, or it is too small to show.")}</P>;
  const most = Number(rows.reduce((max, row) => (row.students > max ? row.students : max), 1n));
  const share = (students: bigint) => (matched > 0n ? ` (${number(Math.round((Number(students) * 100) / Number(matched)))}%)` : "");
  return (
    <>
      <svg class="sm-bars" viewBox={`0 0 ${widthPx} ${rows.length * stepPx}`} role="img" aria-label={tr(`Staafdiagram: ${rows.map((row) => `${label(row)} ${count(row.students, "student", "studenten")}`).join(", ")}. Dezelfde getallen staan in de tabel.`, `Bar chart: ${rows.map((row) => `${label(row)} ${count(row.students, "student", "students")}`).join(", ")}. The table has the same numbers.`)}>
        {rows.map((row, i) => {
          const width = Math.max(2, ((widthPx - labelPx - valuePx) * Number(row.students)) / most);
          return (
            <g key={row.from}>
              <text x={labelPx - 10} y={i * stepPx + barPx / 2} dy="0.35em" text-anchor="end">
                {label(row)}
              </text>
              <rect x={labelPx} y={i * stepPx} width={width} height={barPx} rx={4} />
              <text x={labelPx + width + 8} y={i * stepPx + barPx / 2} dy="0.35em">
                {number(row.students)}
                {share(row.students)}
              </text>
            </g>
          );
        })}
      </svg>
      <Table
        caption={tr("Hoeveel studenten welke keus kregen", "How many students got which choice")}
        columns={[
          { name: tr("Keus", "Choice"), cell: (row) => label(row) },
          { name: tr("Studenten", "Students"), number: true, cell: (row) => number(row.students) },
        ]}
        rows={rows}
        rowKey={(row) => String(row.from)}
      />
      <P quiet>{tr("Getallen onder de 5 zijn bij de keus ernaast opgeteld, zodat niemand te herkennen is.", "Counts below 5 are added to the choice beside it, so that nobody can be recognised.")}</P>
    </>
  );
}
