// What a state of a round means to a coördinator, and what comes next.
import { type Round, RoundMode, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { tr } from "~/base/language.ts";

type Text = readonly [nl: string, en: string];

/** The states in which a round goes on, in order. */
export const roundPath: readonly RoundState[] = [
  RoundState.DRAFT,
  RoundState.OPEN,
  RoundState.SEALED,
  RoundState.REVEALED,
  RoundState.SOLVING,
  RoundState.VERIFIED,
  RoundState.PUBLISHING,
  RoundState.PUBLISHED,
  RoundState.CLOSED,
];

const meanings: Partial<Record<RoundState, Text>> = {
  [RoundState.DRAFT]: ["De ronde is gemaakt. Er is nog niets vast.", "The round was made. Nothing is fixed yet."],
  [RoundState.OPEN]: [
    "Elke school legt haar lot vast: een geheim getal. Studenten en plekken mogen nog veranderen.",
    "Each school commits to its lot: a secret number. Students and places may still change.",
  ],
  [RoundState.SEALED]: [
    "Wie meedoet staat vast. De vingerafdruk van de gegevens is openbaar. Nu onthult elke school haar lot.",
    "Who takes part is fixed. The fingerprint of the data is public. Now each school reveals its lot.",
  ],
  [RoundState.REVEALED]: ["Alle loten zijn bekend. Niemand kon de loting dus sturen.", "All lots are known. So nobody could steer the lottery."],
  [RoundState.SOLVING]: ["De dienst zoekt voor iedereen de beste plek en controleert het resultaat.", "The service finds the best place for everybody and checks the result."],
  [RoundState.VERIFIED]: ["Het resultaat is er en is gecontroleerd. Nog niemand ziet het.", "The result is there and was checked. Nobody sees it yet."],
  [RoundState.PUBLISHING]: ["Van elke match wordt een voorstel gemaakt.", "A proposal is made of every match."],
  [RoundState.PUBLISHED]: ["De voorstellen zijn er. Scholen, bedrijven en studenten beslissen.", "The proposals are there. Schools, companies and students decide."],
  [RoundState.CLOSED]: ["De ronde is klaar. Wie geen plek heeft, kan in een nieuwe ronde.", "The round is over. Whoever has no place can be in another round."],
  [RoundState.CANCELLED]: ["De ronde is gestopt. Wie nog niet geplaatst was, is weer vrij.", "The round was cancelled. Whoever was not placed yet is free again."],
  [RoundState.FAILED]: ["De ronde lukte niet. Iedereen die erin zat, is weer vrij.", "The round failed. Everybody in it is free again."],
};

export function roundMeaning(state: RoundState): string {
  const text = meanings[state];
  return text ? tr(text[0], text[1]) : "";
}

const steps: Partial<Record<RoundState, Text>> = {
  [RoundState.DRAFT]: ["Open de ronde", "Open the round"],
  [RoundState.OPEN]: ["Leg het lot vast en verzegel", "Commit the lot and seal"],
  [RoundState.SEALED]: ["Onthul het lot", "Reveal the lot"],
  [RoundState.REVEALED]: ["Laat de ronde berekenen", "Have the round solved"],
  [RoundState.SOLVING]: ["Even wachten: er wordt gerekend", "Wait: it is being solved"],
  [RoundState.VERIFIED]: ["Maak de ronde bekend", "Publish the round"],
  [RoundState.PUBLISHING]: ["Even wachten: voorstellen worden gemaakt", "Wait: proposals are being made"],
  [RoundState.PUBLISHED]: ["Beoordeel voorstellen; sluit als alles klaar is", "Review proposals; close when all is done"],
  [RoundState.FAILED]: ["Begin een nieuwe ronde", "Begin another round"],
};

/** The next step in a few words; empty where there is none. */
export function nextStep(state: RoundState): string {
  const text = steps[state];
  return text ? tr(text[0], text[1]) : "";
}

export function modeText(mode: RoundMode): string {
  return mode === RoundMode.DIRECT ? tr("Direct: het bedrijf beslist niet mee", "Direct: the company does not decide") : tr("Blind: het bedrijf ziet kandidaten zonder naam", "Blind: the company sees candidates without a name");
}

export const roundEnded = (state: RoundState): boolean => state >= RoundState.CLOSED;

const tooLarge: Text = ["De ronde is te groot voor deze computer. Begin een nieuwe ronde met minder opleidingen.", "The round is too large for this computer. Begin another round with fewer studies."];

const failures: Record<string, Text> = {
  postcode_unknown: [
    "Van een student of plek is de postcode onbekend. Vraag de beheerder om een volledige postcodetabel en begin een nieuwe ronde.",
    "A student's or placement's postcode is unknown. Ask the operator for a complete postcode table and begin another round.",
  ],
  timeout: ["Het rekenen duurde te lang. Begin een nieuwe ronde, bijvoorbeeld met minder opleidingen.", "Solving took too long. Begin another round, for instance with fewer studies."],
  memory: tooLarge,
  too_large: tooLarge,
};

/** Why it failed and what to do, in words. */
export function failureText(round: Round): string {
  const text = failures[round.failure] ?? [
    "Het rekenen ging mis. Begin een nieuwe ronde. Gebeurt het weer, bel dan de beheerder en noem de code hieronder.",
    "The solving went wrong. Begin another round. If it happens again, call the operator and name the code below.",
  ];
  return tr(...text);
}
