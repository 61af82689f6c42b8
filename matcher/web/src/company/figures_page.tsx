// A company's own figures: as numbers, as a sentence, and as a table for each place.
import type { CandidateSummary } from "~gen/stagematch/v1/candidate_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { saveCsv } from "~/base/csv.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Button, Card, type Column, Details, Empty, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { agreedShare, type Figures, figuresOf, shareFrom } from "./figures.ts";
import { ownCandidates, ownPlacements, placeName } from "~/market/own.ts";

type Own = { candidates: CandidateSummary[]; placements: Placement[] };
type Row = { place: Placement; figures: Figures };

const load = async (signal: AbortSignal): Promise<Own> => {
  const [candidates, placements] = await Promise.all([ownCandidates(signal), ownPlacements(signal)]);
  return { candidates, placements };
};

const names = (): readonly (readonly [keyof Figures, string])[] => [
  ["shown", tr("Kandidaten gezien", "Candidates shown")],
  ["waiting", tr("Wacht op jou", "Wait for you")],
  ["agreed", tr("Ja gezegd", "Said yes")],
  ["objected", tr("Bezwaar gemaakt", "Objected")],
  ["unanswered", tr("Niet geantwoord", "Not answered")],
  ["placed", tr("Geplaatst", "Placed")],
  ["running", tr("Stage loopt nu", "Internship runs now")],
  ["dropped", tr("Afgehaakt na vrijgave", "Dropped after release")],
  ["withdrawn", tr("Teruggetrokken", "Withdrawn")],
];

const chief: readonly (keyof Figures)[] = ["shown", "agreed", "objected", "placed", "running"];

function inWords(figures: Figures): string {
  const { agreed, objected } = figures;
  const answers = agreed + objected;
  const share = agreedShare(figures);
  if (answers === 0) return tr("Je hebt nog over niemand beslist.", "You have not decided on anybody yet.");
  const plain = tr(`Je zei ${count(agreed, "keer", "keer")} ja en maakte ${count(objected, "keer", "keer")} bezwaar.`, `You said yes ${count(agreed, "time", "times")} and objected ${count(objected, "time", "times")}.`);
  if (share === undefined) return `${plain} ${tr(`Bij minder dan ${shareFrom} antwoorden zegt een percentage niets. Daarom staat het er niet.`, `With fewer than ${shareFrom} answers a percentage says nothing. So there is none.`)}`;
  return `${plain} ${tr(`Dat is ${share}% ja.`, `That is ${share}% yes.`)}`;
}

function Numbers({ figures }: { figures: Figures }) {
  return (
    <ul class="sm-cards sm-cards--figures">
      {names()
        .filter(([name]) => chief.includes(name))
        .map(([name, text]) => (
          <li key={name}>
            <Card calm>
              <div class="sm-figure">{number(figures[name])}</div>
              <div>{text}</div>
            </Card>
          </li>
        ))}
    </ul>
  );
}

function Places({ rows }: { rows: readonly Row[] }) {
  // A column of nothing but noughts says nothing, unless it is one that everybody looks for.
  const told = names().filter(([name]) => chief.includes(name) || rows.some(({ figures }) => figures[name] > 0));
  const columns: Column<Row>[] = [
    { name: tr("Plek", "Place"), cell: ({ place }) => placeName(place) },
    ...told.map(([name, text]): Column<Row> => ({ name: text, number: true, cell: ({ figures }) => number(figures[name]) })),
  ];
  const export_ = () =>
    saveCsv(
      tr("cijfers.csv", "figures.csv"),
      columns.map((column) => column.name),
      rows.map(({ place, figures }) => [placeName(place), ...told.map(([name]) => figures[name])]),
    );
  return (
    <>
      <Table caption={tr("Cijfers per plek", "Figures for each place")} columns={columns} rows={rows} rowKey={({ place }) => place.placementId} />
      <div>
        <Button onClick={export_}>{tr("Download als CSV", "Download as CSV")}</Button>
      </div>
    </>
  );
}

export function FiguresPage() {
  const own = useLoad(load, []);
  return (
    <Page title={tr("Cijfers", "Figures")} lead={tr("Alleen jouw bedrijf. Andere bedrijven zien dit niet.", "Of your company alone. Other companies do not see this.")}>
      <Shown of={own}>
        {({ candidates, placements }) => {
          const all = figuresOf(candidates);
          if (all.shown === 0)
            return (
              <Empty>
                <P>{tr("Er zijn nog geen cijfers. Die komen zodra je een kandidaat hebt gezien.", "There are no figures yet. They come as soon as you have seen a candidate.")}</P>
              </Empty>
            );
          const rows = placements.map((place) => ({ place, figures: figuresOf(candidates.filter((candidate) => candidate.placementId === place.placementId)) })).filter(({ figures }) => figures.shown > 0);
          return (
            <>
              <Section title={tr("Samen", "Together")}>
                <Numbers figures={all} />
                <P>{inWords(all)}</P>
              </Section>
              <Section title={tr("Per plek", "For each place")}>
                <Places rows={rows} />
                <Details summary={tr("Wat tellen we?", "What do we count?")}>
                  <P>
                    {tr(
                      "Geplaatst telt mee in ‘ja gezegd’. Een stage die loopt, telt mee in ‘geplaatst’. Teruggetrokken: de student of de plek ging van de lijst.",
                      "Placed is part of “said yes”. An internship that runs is part of “placed”. Withdrawn: the student or the place left the list.",
                    )}
                  </P>
                </Details>
              </Section>
            </>
          );
        }}
      </Shown>
    </Page>
  );
}
