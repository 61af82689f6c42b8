// A forest plot: of each quarter and of all together the share, and how far chance alone reaches; with the expected share as a line. Also a
// table. Drawn with attributes alone: the pages allow no style in the markup.
import type { SignalPeriod } from "~gen/stagematch/v1/signal_pb.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Details, Table } from "~/ui/parts.tsx";
import { exactInterval } from "./interval.ts";
import { quarterText } from "./signal_words.ts";

const wide = 640;
const left = 110;
const right = 16;
const rowHigh = 30;
const bottom = 34;

type Row = { label: string; events: number; decisions: number; share: number; low: number; high: number };

const percent = (share: number): string => `${number(Math.round(share * 100))}%`;
const across = (share: number): number => left + (wide - left - right) * share;

function rowOf(label: string, events: number, decisions: number): Row {
  const [low, high] = exactInterval(events, decisions);
  return { label, events, decisions, share: decisions === 0 ? 0 : events / decisions, low, high };
}

function rowsOf(periods: readonly SignalPeriod[]): Row[] {
  const decided = periods.filter((period) => period.decisionCount > 0);
  const sum = (of: (period: SignalPeriod) => number) => decided.reduce((all, period) => all + of(period), 0);
  return [
    ...decided.map((period) => rowOf(quarterText(period.quarter), Math.min(period.eventCount, period.decisionCount), period.decisionCount)),
    rowOf(
      tr("Alles samen", "All together"),
      Math.min(
        sum((period) => period.eventCount),
        sum((period) => period.decisionCount),
      ),
      sum((period) => period.decisionCount),
    ),
  ];
}

function Line({ row, at, whole }: { row: Row; at: number; whole: boolean }) {
  const y = at * rowHigh + rowHigh / 2;
  return (
    <g>
      <text class="sm-plot__text" x={left - 8} y={y + 4} text-anchor="end">
        {row.label}
      </text>
      <line class="sm-plot__line" x1={across(row.low)} x2={across(row.high)} y1={y} y2={y} />
      <circle class={whole ? "sm-plot__self" : "sm-plot__peer"} cx={across(row.share)} cy={y} r={whole ? 7 : 5} />
    </g>
  );
}

export function ForestPlot({ periods, expected }: { periods: readonly SignalPeriod[]; expected: number }) {
  const rows = rowsOf(periods);
  const all = rows.at(-1);
  if (rows.length < 2 || !all) return null;
  const high = rows.length * rowHigh + bottom;
  const title = tr("Hoe vaak, en hoe zeker dat is, bij jouw school", "How often, and how sure that is, at your school");
  const reaches = all.low <= expected && expected <= all.high;
  const summary = tr(
    `Alles samen: ${percent(all.share)}; met 95% zekerheid tussen ${percent(all.low)} en ${percent(all.high)}. Verwacht was ${percent(expected)}${reaches ? ", en dat valt daarbinnen." : ", en dat valt daarbuiten."}`,
    `All together: ${percent(all.share)}; with 95% confidence between ${percent(all.low)} and ${percent(all.high)}. Expected was ${percent(expected)}${reaches ? ", which lies within." : ", which lies outside."}`,
  );
  return (
    <figure class="sm-chart">
      <figcaption class="sm-chart__title">{title}</figcaption>
      <svg class="sm-plot" viewBox={`0 0 ${wide} ${high}`} role="img" aria-label={summary}>
        {[0, 0.25, 0.5, 0.75, 1].map((share) => (
          <g key={share}>
            <line class="sm-plot__grid" x1={across(share)} x2={across(share)} y1={0} y2={high - bottom} />
            <text class="sm-plot__text" x={across(share)} y={high - bottom + 18} text-anchor={share === 1 ? "end" : "middle"}>
              {percent(share)}
            </text>
          </g>
        ))}
        <line class="sm-plot__line sm-plot__line--signal" x1={across(expected)} x2={across(expected)} y1={0} y2={high - bottom} />
        {rows.map((row, i) => (
          <Line key={row.label} row={row} at={i} whole={i === rows.length - 1} />
        ))}
      </svg>
      <p class="sm-quiet">{summary}</p>
      <Details summary={tr("De aandelen als tabel", "The shares as a table")}>
        <Table
          caption={title}
          rows={rows}
          rowKey={(row) => row.label}
          columns={[
            { name: tr("Periode", "Period"), cell: (row) => row.label },
            { name: tr("Aantal", "Count"), number: true, cell: (row) => tr(`${number(row.events)} van ${number(row.decisions)}`, `${number(row.events)} of ${number(row.decisions)}`) },
            { name: tr("Deel", "Share"), number: true, cell: (row) => percent(row.share) },
            { name: tr("Van", "From"), number: true, cell: (row) => percent(row.low) },
            { name: tr("Tot", "To"), number: true, cell: (row) => percent(row.high) },
          ]}
        />
      </Details>
    </figure>
  );
}
