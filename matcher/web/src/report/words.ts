// What a report's lists are called: phase, nature, wish, desk, state, outcome, source.
import { ReportDesk, ReportNature, ReportOutcome, ReportPhase, ReportSource, ReportState, ReportWish, type ReportChoice } from "~gen/stagematch/v1/report_pb.ts";
import { language, tr } from "~/base/language.ts";
import type { BadgeTone } from "~/ui/parts.tsx";

type Pair = readonly [nl: string, en: string];

const say = (pair: Pair | undefined): string => (pair ? tr(pair[0], pair[1]) : "");

const phases: Partial<Record<ReportPhase, Pair>> = {
  [ReportPhase.ZOEKEN]: ["Toen ik een stage zocht", "While I was looking for an internship"],
  [ReportPhase.SOLLICITATIE]: ["Bij het solliciteren of kennismaken", "While applying or meeting the company"],
  [ReportPhase.TIJDENS]: ["Tijdens mijn stage", "During my internship"],
  [ReportPhase.EINDE]: ["Aan het eind: mijn beoordeling, of ik moest weg", "At the end: my assessment, or I had to leave"],
};
export const phaseText = (phase: ReportPhase): string => say(phases[phase]);
export const allPhases = [ReportPhase.ZOEKEN, ReportPhase.SOLLICITATIE, ReportPhase.TIJDENS, ReportPhase.EINDE];

const natures: Partial<Record<ReportNature, Pair>> = {
  [ReportNature.TREATMENT]: ["Ik werd anders behandeld dan anderen", "I was treated differently from others"],
  [ReportNature.HOSTILE]: ["Kwetsende woorden of grappen, of zo gedrag", "Hurtful words, jokes or behaviour"],
  [ReportNature.THREAT]: ["Bedreiging", "Threats"],
  [ReportNature.VIOLENCE]: ["Geweld", "Violence"],
  [ReportNature.OTHER]: ["Iets anders", "Something else"],
};
export const natureText = (nature: ReportNature): string => say(natures[nature]);
export const allNatures = [ReportNature.TREATMENT, ReportNature.HOSTILE, ReportNature.THREAT, ReportNature.VIOLENCE, ReportNature.OTHER];

const wishes: Partial<Record<ReportWish, Pair>> = {
  [ReportWish.HEARD]: ["Mijn verhaal kwijt kunnen", "To tell my story"],
  [ReportWish.ADVICE]: ["Advies: wat kan ik doen?", "Advice: what can I do?"],
  [ReportWish.CASE]: ["Dat school er iets mee doet", "That my school does something about it"],
  [ReportWish.NOTHING_YET]: ["Nog niets. Ik wil alleen dat het bekend is", "Nothing yet. I only want it to be known"],
};
export const wishText = (wish: ReportWish): string => say(wishes[wish]);
export const allWishes = [ReportWish.HEARD, ReportWish.ADVICE, ReportWish.CASE, ReportWish.NOTHING_YET];

const desks: Partial<Record<ReportDesk, Pair>> = {
  [ReportDesk.VERTROUWENSPERSOON]: ["De vertrouwenspersoon", "The confidential adviser"],
  [ReportDesk.BEHANDELAAR]: ["De behandelaar van meldingen", "The case handler"],
};
export const deskText = (desk: ReportDesk): string => say(desks[desk]);

const sources: Partial<Record<ReportSource, Pair>> = {
  [ReportSource.STUDENT]: ["Student, ingelogd", "Student, signed in"],
  [ReportSource.CODE]: ["Student, met een code van school", "Student, with a code of the school"],
  [ReportSource.ANONYMOUS]: ["Anoniem", "Anonymous"],
  [ReportSource.STAFF]: ["Medewerker van school", "Staff of the school"],
  [ReportSource.COMPANY]: ["Bedrijf", "Company"],
};
export const sourceText = (source: ReportSource): string => say(sources[source]);

const outcomes: Partial<Record<ReportOutcome, Pair>> = {
  [ReportOutcome.HEARD]: ["Er is geluisterd; meer wilde de melder niet", "We listened; the reporter wanted no more"],
  [ReportOutcome.ADVISED]: ["De melder kreeg advies", "The reporter got advice"],
  [ReportOutcome.CASE]: ["Er is een zaak van gemaakt", "A case was made of it"],
  [ReportOutcome.REFERRED]: ["Doorgegeven aan een andere plek", "Passed on to another place"],
  [ReportOutcome.WITHDRAWN]: ["De melder wilde stoppen", "The reporter wanted to stop"],
  [ReportOutcome.NO_REPORT]: ["Het was geen melding", "It was no report"],
};
export const outcomeText = (outcome: ReportOutcome): string => say(outcomes[outcome]);
export const allOutcomes = [ReportOutcome.HEARD, ReportOutcome.ADVISED, ReportOutcome.CASE, ReportOutcome.REFERRED, ReportOutcome.WITHDRAWN, ReportOutcome.NO_REPORT];

export function stateWord(state: ReportState): { text: string; tone: BadgeTone } {
  if (state === ReportState.CLOSED) return { text: tr("Gesloten", "Closed"), tone: "neutral" };
  if (state === ReportState.ANSWERED) return { text: tr("Beantwoord", "Answered"), tone: "positive" };
  return { text: tr("Ontvangen", "Received"), tone: "info" };
}

export const choiceName = (choice: ReportChoice): string => (language() === "nl" ? choice.nameNl : choice.nameEn);
export const choiceText = (choice: ReportChoice): string => (language() === "nl" ? choice.textNl : choice.textEn);

/** The names of these codes, as the form calls them. */
export function namesOf(codes: readonly string[], choices: readonly ReportChoice[] | undefined): string {
  return codes.map((code) => choices?.find((choice) => choice.code === code)).map((choice, i) => (choice ? choiceName(choice) : (codes[i] ?? ""))).join(", ");
}
