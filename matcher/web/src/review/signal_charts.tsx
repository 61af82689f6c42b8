// A funnel plot and a time line of one signal, each also as a table. Drawn with attributes alone: the pages allow no style in the markup.
import type { GetSignalResponse, Signal, SignalLimit, SignalPeer, SignalPeriod } from "~gen/stagematch/v1/signal_pb.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Details, Table } from "~/ui/parts.tsx";
import { quarterText } from "./signal_words.ts";

const wide = 640;
const high = 300;
const left = 44;
const bottom = 34;
const top = 12;
const right = 12;

const one = (value: number): string => number(Math.round(value * 10) / 10);
const percent = (share: number): string => `${number(Math.round(share * 100))}%`;

/** Where a number of decisions lies: small numbers get more room. */
const across = (decisions: number, most: number): number => left + ((wide - left - right) * Math.log1p(decisions)) / Math.log1p(most);
const up = (share: number): number => high - bottom - (high - bottom - top) * Math.min(1, share);

const line = (points: readonly (readonly [number, number])[]): string => points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");

/** The limits as shares; where no number would do, there is no point of the line. */
function border(limits: readonly SignalLimit[], of: (limit: SignalLimit) => number, most: number): string {
  return line(limits.filter((limit) => of(limit) > 0).map((limit) => [across(limit.decisionCount, most), up(of(limit) / limit.decisionCount)] as const));
}

function Axes({ most, across: at }: { most: number; across: readonly number[] }) {
  return (
    <>
      {[0, 0.25, 0.5, 0.75, 1].map((share) => (
        <g key={share}>
          <line class="sm-plot__grid" x1={left} x2={wide - right} y1={up(share)} y2={up(share)} />
          <text class="sm-plot__text" x={left - 6} y={up(share) + 4} text-anchor="end">
            {percent(share)}
          </text>
        </g>
      ))}
      {at.map((decisions) => (
        <text key={decisions} class="sm-plot__text" x={across(decisions, most)} y={high - bottom + 18} text-anchor="middle">
          {number(decisions)}
        </text>
      ))}
    </>
  );
}

const share = (unit: Pick<SignalPeer, "eventCount" | "decisionCount">): number => (unit.decisionCount === 0 ? 0 : unit.eventCount / unit.decisionCount);

export function FunnelPlot({ answer, signal }: { answer: GetSignalResponse; signal: Signal }) {
  const most = Math.max(10, signal.decisionCount, ...answer.peers.map((peer) => peer.decisionCount), ...answer.limits.map((limit) => limit.decisionCount));
  const title = tr("Deze plek tussen de andere van jouw school", "This one among the others of your school");
  const summary = tr(
    `Elke stip is een bedrijf: hoe verder naar rechts, hoe meer besluiten; hoe hoger, hoe vaker dit gebeurt. Deze plek: ${number(signal.eventCount)} van ${number(signal.decisionCount)}. Boven de bovenste lijn geeft toeval dit maar heel zelden.`,
    `Each dot is a company: further right are more decisions, higher up is more often. This one: ${number(signal.eventCount)} of ${number(signal.decisionCount)}. Above the uppermost line chance gives this very seldom.`,
  );
  const axis = [1, 3, 10, 30, 100, 300, 1000].filter((decisions) => decisions <= most);
  return (
    <figure class="sm-chart">
      <figcaption class="sm-chart__title">{title}</figcaption>
      <svg class="sm-plot" viewBox={`0 0 ${wide} ${high}`} role="img" aria-label={summary}>
        <Axes most={most} across={axis} />
        <path class="sm-plot__line" d={line([[left, up(answer.expectedShare)] as const, [wide - right, up(answer.expectedShare)] as const])} />
        <path class="sm-plot__line sm-plot__line--observe" d={border(answer.limits, (limit) => limit.observeFrom, most)} />
        <path class="sm-plot__line sm-plot__line--signal" d={border(answer.limits, (limit) => limit.signalFrom, most)} />
        {answer.peers.map((peer, i) => (
          <circle key={i} class="sm-plot__peer" cx={across(peer.decisionCount, most)} cy={up(share(peer))} r={4} />
        ))}
        <circle class="sm-plot__self" cx={across(signal.decisionCount, most)} cy={up(share(signal))} r={7} />
        <text class="sm-plot__text" x={left} y={high - 2}>
          {tr("aantal besluiten →", "number of decisions →")}
        </text>
      </svg>
      <p class="sm-quiet">{summary}</p>
      <Details summary={tr("De grenzen als tabel", "The limits as a table")}>
        <Table
          caption={title}
          rows={answer.limits}
          rowKey={(limit) => String(limit.decisionCount)}
          columns={[
            { name: tr("Besluiten", "Decisions"), number: true, cell: (limit) => number(limit.decisionCount) },
            { name: tr("Verwacht", "Expected"), number: true, cell: (limit) => one(limit.expectedCount) },
            { name: tr("Meer dan verwacht vanaf", "More than expected from"), number: true, cell: (limit) => (limit.observeFrom ? number(limit.observeFrom) : tr("te weinig", "too few")) },
            { name: tr("Signaal vanaf", "Signal from"), number: true, cell: (limit) => (limit.signalFrom ? number(limit.signalFrom) : tr("te weinig", "too few")) },
          ]}
        />
      </Details>
    </figure>
  );
}

export function TimeLine({ periods }: { periods: readonly SignalPeriod[] }) {
  const title = tr("Per kwartaal, bij jouw school", "By quarter, at your school");
  const most = Math.max(1, ...periods.map((period) => period.decisionCount));
  const step = (wide - left - right) / Math.max(1, periods.length);
  const heightOf = (value: number) => ((high - bottom - top) * value) / most;
  const events = periods.reduce((sum, period) => sum + period.eventCount, 0);
  const summary = tr(`In ${number(periods.length)} kwartalen gebeurde dit ${number(events)} keer. De lichte balk is het aantal besluiten, de donkere hoe vaak dit gebeurde.`, `In ${number(periods.length)} quarters this happened ${number(events)} times. The light bar is the number of decisions, the dark one how often this happened.`);
  return (
    <figure class="sm-chart">
      <figcaption class="sm-chart__title">{title}</figcaption>
      <svg class="sm-plot" viewBox={`0 0 ${wide} ${high}`} role="img" aria-label={summary}>
        {[0, most].map((value) => (
          <text key={value} class="sm-plot__text" x={left - 6} y={high - bottom - heightOf(value) + 4} text-anchor="end">
            {number(value)}
          </text>
        ))}
        <line class="sm-plot__grid" x1={left} x2={wide - right} y1={high - bottom} y2={high - bottom} />
        {periods.map((period, i) => (
          <g key={period.quarter}>
            <rect class="sm-plot__decisions" x={left + i * step + step * 0.15} width={step * 0.7} y={high - bottom - heightOf(period.decisionCount)} height={heightOf(period.decisionCount)} />
            <rect class="sm-plot__events" x={left + i * step + step * 0.3} width={step * 0.4} y={high - bottom - heightOf(period.eventCount)} height={heightOf(period.eventCount)} />
            <text class="sm-plot__text" x={left + (i + 0.5) * step} y={high - bottom + 18} text-anchor="middle">
              {quarterText(period.quarter).split(" ")[0]}
            </text>
          </g>
        ))}
      </svg>
      <p class="sm-quiet">{summary}</p>
      <Details summary={tr("Als tabel", "As a table")}>
        <Table
          caption={title}
          rows={periods}
          rowKey={(period) => period.quarter}
          columns={[
            { name: tr("Kwartaal", "Quarter"), cell: (period) => quarterText(period.quarter) },
            { name: tr("Keer", "Times"), number: true, cell: (period) => number(period.eventCount) },
            { name: tr("Besluiten", "Decisions"), number: true, cell: (period) => number(period.decisionCount) },
            { name: tr("Verwacht", "Expected"), number: true, cell: (period) => one(period.expectedCount) },
          ]}
        />
      </Details>
    </figure>
  );
}
