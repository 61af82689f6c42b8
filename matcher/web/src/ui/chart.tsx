// Bars, and the same numbers as a table. Drawn with attributes alone: the pages allow no style in the markup.
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Details, Table } from "./parts.tsx";

/** `shown`: what stands there in place of a number that is not told. */
export type Bar = { label: string; value: number; shown?: string };

/** `names`: of the two columns of the table. `summary`: what the picture shows, for whoever does not see it. */
export function BarChart({ title, names, bars, summary }: { title: string; names: readonly [string, string]; bars: readonly Bar[]; summary: string }) {
  const most = Math.max(1, ...bars.map((bar) => bar.value));
  const all = bars.reduce((sum, bar) => sum + bar.value, 0);
  const share = (value: number) => (all === 0 ? "0%" : `${number(Math.round((100 * value) / all))}%`);
  return (
    <figure class="sm-chart">
      <figcaption class="sm-chart__title">{title}</figcaption>
      <div class="sm-chart__bars" role="img" aria-label={summary}>
        {bars.map((bar) => (
          <div class="sm-chart__line" key={bar.label} aria-hidden="true">
            <span class="sm-chart__label">{bar.label}</span>
            <svg class="sm-chart__bar" width="100%" height="20" focusable="false">
              <rect class="sm-chart__track" width="100%" height="20" rx="4" />
              <rect class="sm-chart__fill" width={`${(100 * bar.value) / most}%`} height="20" rx="4" />
            </svg>
            <span class="sm-chart__value">
              {bar.shown ?? (
                <>
                  {number(bar.value)} <span class="sm-quiet">({share(bar.value)})</span>
                </>
              )}
            </span>
          </div>
        ))}
      </div>
      <Details summary={tr("Als tabel", "As a table")}>
        <Table
          caption={title}
          rows={bars}
          rowKey={(bar) => bar.label}
          columns={[
            { name: names[0], cell: (bar) => bar.label },
            { name: names[1], number: true, cell: (bar) => bar.shown ?? number(bar.value) },
            { name: tr("Deel", "Share"), number: true, cell: (bar) => (bar.shown === undefined ? share(bar.value) : "") },
          ]}
        />
      </Details>
    </figure>
  );
}
