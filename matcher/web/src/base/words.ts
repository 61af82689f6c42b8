// What the domain's states and kinds are called, in Dutch that a student understands.
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { TaskKind } from "~gen/stagematch/v1/task_pb.ts";
import { Day, Leerweg } from "~gen/stagematch/v1/common_pb.ts";
import { tr } from "./language.ts";

export type Tone = "neutral" | "info" | "positive" | "warning" | "negative";
export type Word = { text: string; tone: Tone };
type Pair = readonly [nl: string, en: string, tone: Tone];

const word = (pair: Pair | undefined): Word => (pair ? { text: tr(pair[0], pair[1]), tone: pair[2] } : { text: "?", tone: "neutral" });

const proposals: Partial<Record<ProposalState, Pair>> = {
  [ProposalState.PROPOSED]: ["Wacht op de school", "Waits for the school", "info"],
  [ProposalState.APPROVED]: ["Wacht op het bedrijf", "Waits for the company", "info"],
  [ProposalState.ACCEPTED]: ["Wacht op de student", "Waits for the student", "info"],
  [ProposalState.CONFIRMED]: ["Klaar om vrij te geven", "Ready to release", "info"],
  [ProposalState.RELEASED]: ["Kennismaking", "Introduction", "info"],
  [ProposalState.PLACED]: ["Geplaatst", "Placed", "positive"],
  [ProposalState.STARTED]: ["Stage loopt", "Internship runs", "positive"],
  [ProposalState.COMPLETED]: ["Afgerond", "Completed", "positive"],
  [ProposalState.VETOED]: ["Tegengehouden door school", "Stopped by the school", "warning"],
  [ProposalState.REJECTED]: ["Bezwaar van bedrijf", "Company objected", "warning"],
  [ProposalState.EXPIRED_COMPANY]: ["Bedrijf antwoordde niet", "Company did not answer", "warning"],
  [ProposalState.DECLINED]: ["Student zei nee", "Student declined", "warning"],
  [ProposalState.EXPIRED_STUDENT]: ["Student antwoordde niet", "Student did not answer", "warning"],
  [ProposalState.DROPPED_AFTER_RELEASE]: ["Afgehaakt na vrijgave", "Dropped after release", "negative"],
  [ProposalState.CANCELLED_BEFORE_START]: ["Ging niet door", "Did not start", "warning"],
  [ProposalState.ENDED_EARLY]: ["Eerder gestopt", "Ended early", "negative"],
  [ProposalState.WITHDRAWN_STUDENT]: ["Student teruggetrokken", "Student withdrawn", "neutral"],
  [ProposalState.WITHDRAWN_PLACE]: ["Plek teruggetrokken", "Place withdrawn", "neutral"],
  [ProposalState.CANCELLED_ROUND]: ["Ronde gestopt", "Round cancelled", "neutral"],
};

export const proposalWord = (state: ProposalState): Word => word(proposals[state]);

/** Whether it still waits for somebody or runs. */
export const proposalRuns = (state: ProposalState): boolean => state >= ProposalState.PROPOSED && state <= ProposalState.STARTED;

const rounds: Partial<Record<RoundState, Pair>> = {
  [RoundState.DRAFT]: ["Concept", "Draft", "neutral"],
  [RoundState.OPEN]: ["Open", "Open", "info"],
  [RoundState.SEALED]: ["Verzegeld", "Sealed", "info"],
  [RoundState.REVEALED]: ["Loting bekend", "Lottery known", "info"],
  [RoundState.SOLVING]: ["Wordt berekend", "Being solved", "info"],
  [RoundState.VERIFIED]: ["Berekend en gecontroleerd", "Solved and checked", "info"],
  [RoundState.PUBLISHING]: ["Wordt bekendgemaakt", "Being published", "info"],
  [RoundState.PUBLISHED]: ["Bekendgemaakt", "Published", "positive"],
  [RoundState.CLOSED]: ["Gesloten", "Closed", "neutral"],
  [RoundState.CANCELLED]: ["Gestopt", "Cancelled", "warning"],
  [RoundState.FAILED]: ["Mislukt", "Failed", "negative"],
};

export const roundWord = (state: RoundState): Word => word(rounds[state]);

const stagevragen: Partial<Record<StagevraagState, Pair>> = {
  [StagevraagState.FREE]: ["Zoekt een plek", "Looks for a place", "warning"],
  [StagevraagState.PROPOSED]: ["Voorstel loopt", "Proposal runs", "info"],
  [StagevraagState.PLACED]: ["Geplaatst", "Placed", "positive"],
  [StagevraagState.PLACED_ELSEWHERE]: ["Zelf een plek gevonden", "Found a place", "positive"],
  [StagevraagState.WITHDRAWN]: ["Teruggetrokken", "Withdrawn", "neutral"],
  [StagevraagState.COMPLETED]: ["Afgerond", "Completed", "positive"],
};

export const stagevraagWord = (state: StagevraagState): Word => word(stagevragen[state]);

const placements: Partial<Record<PlacementState, Pair>> = {
  [PlacementState.DRAFT]: ["Concept", "Draft", "neutral"],
  [PlacementState.PUBLISHED]: ["Open voor matching", "Open for matching", "positive"],
  [PlacementState.PAUSED]: ["Gepauzeerd: school belt", "Paused: the school calls", "warning"],
  [PlacementState.WITHDRAWN]: ["Teruggetrokken", "Withdrawn", "neutral"],
};

export const placementWord = (state: PlacementState): Word => word(placements[state]);

const tasks: Partial<Record<TaskKind, readonly [string, string]>> = {
  [TaskKind.APPROVE]: ["Beoordeel dit voorstel", "Review this proposal"],
  [TaskKind.DECIDE]: ["Beslis over een kandidaat", "Decide on a candidate"],
  [TaskKind.CONFIRM]: ["Zeg ja of nee tegen deze plek", "Say yes or no to this place"],
  [TaskKind.RELEASE]: ["Geef de gegevens vrij", "Release the student's details"],
  [TaskKind.PLAN_INTRODUCTION]: ["Plan de kennismaking", "Plan the introduction"],
  [TaskKind.AGREE_INTRODUCTION]: ["Lees hoe je wordt voorgesteld", "Read how you are introduced"],
  [TaskKind.PLACE]: ["Laat weten of de student komt", "Say whether the student comes"],
  [TaskKind.START]: ["Bevestig dat de stage begon", "Confirm that the internship began"],
  [TaskKind.CHECK_IN]: ["Vertel hoe het gaat", "Tell how it goes"],
  [TaskKind.COMPLETE]: ["Rond de stage af", "Complete the internship"],
  [TaskKind.ESCALATION]: ["Dit duurt te lang: neem contact op", "This takes too long: get in touch"],
  [TaskKind.RED_ANSWER]: ["Praat over een rood antwoord", "Talk about a red answer"],
  [TaskKind.CALL_COMPANY]: ["Bel het bedrijf: de plek is gepauzeerd", "Call the company: the place is paused"],
  [TaskKind.CONTESTED_LEVEL]: ["Een student betwist een niveau", "A student contests a level"],
  [TaskKind.REVIEW_REASON]: ["Bekijk deze reden", "Look at this reason"],
  [TaskKind.NONCE]: ["Geef het lot van je school", "Give your school's part of the lottery"],
  [TaskKind.REOPEN]: ["Open de plek weer", "Open the place again"],
  [TaskKind.OPEN_ROUND]: ["Open de ronde", "Open the round"],
  [TaskKind.SEAL_ROUND]: ["Verzegel de ronde", "Seal the round"],
  [TaskKind.SOLVE_ROUND]: ["Laat de ronde berekenen", "Have the round solved"],
  [TaskKind.PUBLISH_ROUND]: ["Maak de ronde bekend", "Publish the round"],
  [TaskKind.CLOSE_ROUND]: ["Sluit de ronde", "Close the round"],
  [TaskKind.ROUND_FAILED]: ["Een ronde mislukte: begin een nieuwe", "A round failed: begin another"],
  [TaskKind.REMATCH_FAILED]: ["Opnieuw matchen lukt niet: zeg het de beheerder", "Matching again fails: tell the operator"],
  [TaskKind.PUBLISH_PLACEMENT]: ["Maak een plek bekend", "Publish a place"],
  [TaskKind.POINT]: ["Praat met het bedrijf over een aandachtspunt", "Talk with the company about an aandachtspunt"],
  [TaskKind.SIGNAL]: ["Bekijk een signaal", "Look at a signal"],
  [TaskKind.CASE_TAKE]: ["Een zaak wacht op een behandelaar", "A case waits for a handler"],
  [TaskKind.CASE_VERIFY]: ["Kijk of de feiten van een zaak compleet zijn", "See whether the facts of a case are complete"],
  [TaskKind.CASE_HEAR]: ["Hoor het bedrijf in een zaak", "Hear the company in a case"],
  [TaskKind.CASE_ANSWER]: ["Een school stelt je een vraag", "A school asks you a question"],
  [TaskKind.CASE_ASSESS]: ["Neem een besluit in een zaak", "Decide in a case"],
  [TaskKind.CASE_MEASURE]: ["Spreek maatregelen af in een zaak", "Agree measures in a case"],
  [TaskKind.CASE_SBB]: ["Een zaak ligt bij SBB", "A case is with SBB"],
  [TaskKind.CASE_FEEDBACK]: ["Vertel wat er met een melding is gedaan", "Tell what was done with a report"],
  [TaskKind.CASE_AFTERCARE]: ["Kijk of het na een zaak goed blijft", "See whether it stays right after a case"],
  [TaskKind.CASE_CLOSE]: ["Kijk mee: mag deze zaak dicht?", "Have a look: may this case close?"],
  [TaskKind.MEASURE_FOLLOW_UP]: ["Kijk hoe het gaat met een maatregel", "See how a measure goes"],
  [TaskKind.TALK_TO_STUDENT]: ["Praat met deze student: de samenwerking stopte", "Talk with this student: the cooperation ended"],
  [TaskKind.ERKENNING_LOST]: ["Dit bedrijf verloor zijn erkenning", "This company lost its recognition"],
};

export function taskText(kind: TaskKind): string {
  const pair = tasks[kind];
  return pair ? tr(pair[0], pair[1]) : tr("Taak", "Task");
}

const leerwegen: Record<Leerweg, readonly [string, string]> = {
  [Leerweg.UNSPECIFIED]: ["", ""],
  [Leerweg.BOL]: ["BOL (stage naast school)", "BOL (internship beside school)"],
  [Leerweg.BBL]: ["BBL (leerbaan)", "BBL (apprenticeship)"],
  [Leerweg.HBO]: ["hbo", "hbo (university of applied sciences)"],
};

export const leerwegText = (leerweg: Leerweg): string => tr(...leerwegen[leerweg]);

const days: readonly (readonly [string, string])[] = [
  ["", ""],
  ["ma", "Mon"],
  ["di", "Tue"],
  ["wo", "Wed"],
  ["do", "Thu"],
  ["vr", "Fri"],
  ["za", "Sat"],
  ["zo", "Sun"],
];

export const dayText = (day: Day): string => tr(...(days[day] ?? (["", ""] as const)));
export const daysText = (list: readonly Day[], none: string): string => (list.length === 0 ? none : list.map(dayText).join(", "));
