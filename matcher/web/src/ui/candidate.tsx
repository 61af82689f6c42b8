// A candidate as a company sees one before release: its own criteria one by one, in words. No name, no score, nobody to compare with.
import type { ComponentChildren } from "preact";
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import type { CandidateView } from "~gen/stagematch/v1/proposal_pb.ts";
import { qualificationText, skillText } from "~/base/catalog.ts";
import { levelText } from "~/base/criteria.ts";
import { tr } from "~/base/language.ts";
import { proposalWord, type Tone } from "~/base/words.ts";
import { Alert, Badge, Card, Heading } from "./parts.tsx";

/** What a candidate is called: the beginning of the label, which tells nothing of who it is. */
export const candidateName = (candidate: string): string => `${tr("Kandidaat", "Candidate")} ${candidate.slice(0, 4).toUpperCase()}`;

/** "below", "meets" or "above" the declared minimum, in words; of a criterion without one it only says that it counted. */
export function bandText(band: string, minimum: number): { text: string; tone: Tone } {
  if (band === "below") return { text: tr("Onder jullie minimum", "Below your minimum"), tone: "warning" };
  if (band === "meets") return { text: minimum > 0 ? tr("Precies op jullie minimum", "Exactly at your minimum") : tr("Leert dit nog", "Still learns this"), tone: minimum > 0 ? "positive" : "neutral" };
  if (band === "above") return { text: minimum > 0 ? tr("Boven jullie minimum", "Above your minimum") : tr("Heeft hier al ervaring mee", "Already has experience with this"), tone: "positive" };
  return { text: tr("Laten we niet zien", "Not shown"), tone: "neutral" };
}

const reductions: readonly (readonly [string, string])[] = [
  ["", ""],
  [
    "We laten de niveaus bij de wensen niet zien. Te weinig studenten zien er zo uit: dan is te raden wie het is.",
    "We do not show the levels on your wishes. Too few students look like this: it could be guessed who it is.",
  ],
  [
    "We laten van deze kandidaat alleen de opleiding zien. Te weinig studenten zien er zo uit: dan is te raden wie het is. De periode, uren en dagen passen.",
    "Of this candidate we show the study alone. Too few students look like this: it could be guessed who it is. Period, hours and days fit.",
  ],
  [
    "Van deze kandidaat zeggen we alleen: past bij alles wat jullie vragen. Meer zou kunnen verraden wie het is.",
    "Of this candidate we only say: fits all that you ask. More could give away who it is.",
  ],
];

type Line = { key: string; what: ComponentChildren; asked: string; word: { text: string; tone: Tone } };

const fits = (): { text: string; tone: Tone } => ({ text: tr("Past", "Fits"), tone: "positive" });
const meets = (): { text: string; tone: Tone } => ({ text: tr("Voldoet", "Meets it"), tone: "positive" });

function linesOf(view: CandidateView, catalog: GetCatalogResponse | undefined): Line[] {
  const lines: Line[] = [];
  if (view.qualification) lines.push({ key: "qualification", what: tr("Opleiding", "Study"), asked: qualificationText(catalog, view.qualification), word: fits() });
  if (view.periodMet) lines.push({ key: "period", what: tr("Periode", "Period"), asked: tr("De periode van jullie plek", "The period of your place"), word: fits() });
  if (view.hoursAndDaysMet) lines.push({ key: "hours", what: tr("Uren en dagen", "Hours and days"), asked: tr("De uren en dagen van jullie plek", "The hours and days of your place"), word: fits() });
  for (const hard of view.hardCriteria)
    lines.push({ key: `hard-${hard.skill}`, what: skillText(catalog, hard.skill), asked: tr(`Eis: ten minste ${levelText(hard.level)}`, `Required: at least ${levelText(hard.level)}`), word: meets() });
  for (const { skill, band } of view.bands) {
    if (!band) continue;
    const minimum = view.weightedCriteria.find((weighted) => weighted.skill === skill)?.minimumLevel ?? 0;
    const asked = minimum > 0 ? tr(`Wens: vanaf ${levelText(minimum)}`, `Wish: from ${levelText(minimum)}`) : tr("Wens, zonder minimum", "Wish, without a minimum");
    lines.push({ key: `wish-${skill}`, what: skillText(catalog, skill), asked, word: bandText(band, minimum) });
  }
  return lines;
}

/** Against what the company declared before it saw anybody. Levels are never shown, only how they stand to what was asked. */
export function CandidateCard({ view, catalog, children }: { view: CandidateView; catalog?: GetCatalogResponse | undefined; children?: ComponentChildren }) {
  const state = proposalWord(view.state);
  const reduction = reductions[view.reduction];
  return (
    <Card>
      <div class="sm-card__head">
        <Heading level={2}>{candidateName(view.candidate)}</Heading>
        <Badge tone={state.tone}>{state.text}</Badge>
      </div>
      {view.hardCriteriaMet && (
        <p class="nl-paragraph sm-lead">{tr("Deze student voldoet aan alle eisen van de plek.", "This student meets every requirement of the place.")}</p>
      )}
      <ul class="sm-criteria" aria-label={tr("Hoe de kandidaat past bij wat jullie vragen", "How the candidate fits what you ask")}>
        {linesOf(view, catalog).map((line) => (
          <li key={line.key} class="sm-criteria__line">
            <span>
              <strong>{line.what}</strong>
              <span class="sm-quiet sm-criteria__asked">{line.asked}</span>
            </span>
            <Badge tone={line.word.tone}>{line.word.text}</Badge>
          </li>
        ))}
      </ul>
      {view.reduction > 0 && reduction && <Alert>{tr(reduction[0], reduction[1])}</Alert>}
      {children}
    </Card>
  );
}
