// What a round holds and gave: counts, and which choice students got.
import { type Round, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Bar, BarChart } from "~/ui/chart.tsx";
import { Alert, Section } from "~/ui/parts.tsx";

const shownRanks = 8;

/** First, second, … choice; what lies beyond the first few together; last, who got nothing. */
export function rankBars(round: Pick<Round, "rankCounts" | "studentCount" | "matchedCount">): Bar[] {
  const counts = round.rankCounts.map(Number);
  const beyond = counts.slice(shownRanks).reduce((sum, count) => sum + count, 0);
  const bars = counts.slice(0, shownRanks).map((value, i) => ({ label: tr(`${i + 1}e keuze`, `Choice ${i + 1}`), value }));
  if (beyond > 0) bars.push({ label: tr(`${shownRanks + 1}e of later`, `Choice ${shownRanks + 1} or later`), value: beyond });
  const none = Number(round.studentCount - round.matchedCount);
  if (none > 0) bars.push({ label: tr("Geen plek", "No place"), value: none });
  return bars;
}

function Figure({ name, value }: { name: string; value: bigint }) {
  return (
    <div class="sm-card sm-card--calm">
      <div class="sm-figure">{number(value)}</div>
      <div>{name}</div>
    </div>
  );
}

export function RoundFigures({ round }: { round: Round }) {
  const solved = round.state >= RoundState.VERIFIED && round.rankCounts.length > 0;
  const first = Number(round.rankCounts[0] ?? 0n);
  return (
    <Section title={tr("Wat de ronde geeft", "What the round gives")}>
      <div class="sm-cards sm-cards--four">
        <Figure name={tr("studenten doen mee", "students take part")} value={round.studentCount} />
        <Figure name={tr("plekken doen mee", "places take part")} value={round.seatCount} />
        {solved && <Figure name={tr("studenten met een voorstel", "students with a proposal")} value={round.matchedCount} />}
        {solved && <Figure name={tr("studenten zonder plek", "students without a place")} value={round.studentCount - round.matchedCount} />}
        {round.state >= RoundState.PUBLISHED && <Figure name={tr("voorstellen gemaakt tot nu toe", "proposals made so far")} value={round.publishedCount} />}
      </div>
      {round.unknownWishCount > 0n && (
        <Alert>
          {tr(
            `Wensen of uitsluitingen van studenten die een plek noemen buiten deze ronde: ${number(round.unknownWishCount)}. Die tellen niet mee.`,
            `Wishes or exclusions of students that name a place outside this round: ${number(round.unknownWishCount)}. They do not count.`,
          )}
        </Alert>
      )}
      {solved && (
        <BarChart
          title={tr("Welke keuze kregen studenten?", "Which choice did students get?")}
          names={[tr("Keuze", "Choice"), tr("Studenten", "Students")]}
          bars={rankBars(round)}
          summary={tr(
            `${number(first)} van ${number(round.studentCount)} studenten kregen hun eerste keuze. De tabel hieronder heeft alle aantallen.`,
            `${number(first)} of ${number(round.studentCount)} students got their first choice. The table below has all counts.`,
          )}
        />
      )}
    </Section>
  );
}
