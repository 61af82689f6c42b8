// What the states and steps of a case are called, and which closed lists they come from. B1: what somebody reads who does this rarely.
import { CaseEvent, CaseState } from "~gen/stagematch/v1/case_pb.ts";
import { type CaseGround, type CaseOutcome, type ListMeasuresResponse, type Measure, MeasureEffect, MeasureState } from "~gen/stagematch/v1/measure_pb.ts";
import { api } from "~/base/api.ts";
import { language, tr } from "~/base/language.ts";
import { type Loaded, useLoad } from "~/base/load.ts";
import type { Tone } from "~/base/words.ts";

type Pair = readonly [nl: string, en: string];

const states: Partial<Record<CaseState, Pair>> = {
  [CaseState.RECEIVED]: ["Ontvangen", "Received"],
  [CaseState.VERIFIED]: ["Feiten compleet", "Facts complete"],
  [CaseState.WEDERHOOR]: ["Vragen bij het bedrijf", "Questions with the company"],
  [CaseState.ASSESSMENT]: ["Beoordelen", "Assessment"],
  [CaseState.MEASURE]: ["Maatregelen", "Measures"],
  [CaseState.FORWARDED]: ["Bij SBB", "With SBB"],
  [CaseState.FEEDBACK]: ["Terugkoppelen", "Feedback"],
  [CaseState.AFTERCARE]: ["Nazorg", "Aftercare"],
  [CaseState.CLOSING]: ["Tweede persoon kijkt mee", "A second person looks"],
  [CaseState.CLOSED]: ["Gesloten", "Closed"],
  [CaseState.UNFOUNDED]: ["Geëindigd: geen grond", "Ended: no ground"],
  [CaseState.WITHDRAWN]: ["Geëindigd: ingetrokken", "Ended: withdrawn"],
};
export const stateText = (state: CaseState): string => tr(...(states[state] ?? ["?", "?"]));

/** The columns of the board, in the order of the chain. */
export const running: readonly CaseState[] = [
  CaseState.RECEIVED,
  CaseState.VERIFIED,
  CaseState.WEDERHOOR,
  CaseState.ASSESSMENT,
  CaseState.MEASURE,
  CaseState.FORWARDED,
  CaseState.FEEDBACK,
  CaseState.AFTERCARE,
  CaseState.CLOSING,
];
export const runs = (state: CaseState): boolean => running.includes(state);

const events: Partial<Record<CaseEvent, Pair>> = {
  [CaseEvent.OPENED]: ["Zaak geopend", "Case opened"],
  [CaseEvent.TAKEN]: ["Zaak op zich genomen", "Case taken"],
  [CaseEvent.TIE_DECLARED]: ["Band met het bedrijf gemeld", "Tie with the company declared"],
  [CaseEvent.VERIFIED]: ["Feiten compleet", "Facts complete"],
  [CaseEvent.ASKED]: ["Vraag aan het bedrijf", "Question to the company"],
  [CaseEvent.ANSWERED]: ["Antwoord van het bedrijf", "Answer of the company"],
  [CaseEvent.WENT_ON]: ["Verder zonder antwoord", "Went on without an answer"],
  [CaseEvent.UPHELD]: ["Besluit: (deels) gegrond", "Decision: (partly) founded"],
  [CaseEvent.NOT_UPHELD]: ["Besluit: niet gegrond", "Decision: not founded"],
  [CaseEvent.MEASURE]: ["Maatregel", "Measure"],
  [CaseEvent.MEASURES_AGREED]: ["Maatregelen afgesproken", "Measures agreed"],
  [CaseEvent.FORWARDED]: ["Naar SBB gestuurd", "Forwarded to SBB"],
  [CaseEvent.SBB_ANSWERED]: ["Antwoord van SBB", "Answer of SBB"],
  [CaseEvent.FEEDBACK_GIVEN]: ["Teruggekoppeld", "Feedback given"],
  [CaseEvent.CLOSING_PROPOSED]: ["Sluiten voorgesteld", "Closing proposed"],
  [CaseEvent.ENDING_PROPOSED]: ["Stoppen voorgesteld", "Ending proposed"],
  [CaseEvent.SECOND_ASKED]: ["Tweede persoon gevraagd", "Second person asked"],
  [CaseEvent.SECOND_AGREED]: ["Tweede persoon akkoord", "Second person agreed"],
  [CaseEvent.SECOND_DISAGREED]: ["Tweede persoon niet akkoord", "Second person disagreed"],
  [CaseEvent.NOTED]: ["Aantekening", "Note"],
  [CaseEvent.OVERDUE]: ["Termijn voorbij", "Term over"],
  [CaseEvent.EXPORTED]: ["Dossier gemaakt", "Dossier made"],
};
export const eventText = (event: CaseEvent): string => tr(...(events[event] ?? ["?", "?"]));

const roles: Record<string, Pair> = {
  behandelaar: ["een behandelaar", "a behandelaar"],
  company: ["het bedrijf", "the company"],
};
export const roleText = (role: string, byMe: boolean): string => (byMe ? tr("jij", "you") : role ? tr(...(roles[role] ?? [role, role])) : tr("de dienst", "the service"));

let asked: Promise<ListMeasuresResponse> | null = null;
const ask = () =>
  (asked ??= api.measure.listMeasures({}).catch((error: unknown) => {
    asked = null;
    throw error;
  }));

/** The menukaart, outcomes and grounds: asked for once a visit. */
export const useCaseLists = (): Loaded<ListMeasuresResponse> => useLoad(ask, []);

const text = (one: CaseOutcome | CaseGround) => (language() === "nl" ? one.textNl : one.textEn);
export const outcomeText = (lists: ListMeasuresResponse | undefined, code: string): string => {
  const known = lists?.outcomes.find((one) => one.code === code);
  return known ? text(known) : code;
};
export const groundText = (lists: ListMeasuresResponse | undefined, code: string): string => {
  const known = lists?.grounds.find((one) => one.code === code);
  return known ? text(known) : code;
};
export const measureTitle = (measure: Measure): string => (language() === "nl" ? measure.titleNl : measure.titleEn);
export const measureName = (lists: ListMeasuresResponse | undefined, code: string): string => {
  const known = lists?.measures.find((one) => one.code === code);
  return known ? measureTitle(known) : code;
};

/** What a step is about, in words: an outcome, a measure, a state, a school. */
export function aboutText(lists: ListMeasuresResponse | undefined, event: CaseEvent, about: string): string {
  if (!about) return "";
  if (event === CaseEvent.MEASURE) return measureName(lists, about);
  if (event === CaseEvent.OVERDUE) return stateText(CaseState[about.toUpperCase() as keyof typeof CaseState] ?? CaseState.UNSPECIFIED);
  if (event === CaseEvent.SECOND_ASKED) return tr(`van school ${about}`, `of school ${about}`);
  return outcomeText(lists, about);
}

export function measureWord(state: MeasureState, effect: MeasureEffect): { text: string; tone: Tone } {
  if (state === MeasureState.DONE) return { text: tr("Afgerond", "Done"), tone: "positive" };
  if (state === MeasureState.LIFTED) return { text: tr("Opgeheven", "Lifted"), tone: "neutral" };
  if (effect === MeasureEffect.PAUSE) return { text: tr("Samenwerking gepauzeerd", "Cooperation paused"), tone: "warning" };
  if (effect === MeasureEffect.END) return { text: tr("Samenwerking beëindigd", "Cooperation ended"), tone: "negative" };
  return { text: tr("Loopt", "Running"), tone: "info" };
}
