// The four phases of guidance, and which one a student is in.
import { ProposalState, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { StagevraagState, type Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import { tr } from "~/base/language.ts";

/** `stopped`: withdrawn; the path ended. */
export type Phase = "kennismaking" | "ontwikkeling" | "matching" | "nazorg" | "stopped";

export const phases: readonly Phase[] = ["kennismaking", "ontwikkeling", "matching", "nazorg"];

type Known = Pick<Stagevraag, "state" | "roundId" | "contestedSkills" | "profile">;

/**
 * What the service knows of the path: while somebody looks and is in no round, wishes or a contested level say that they work at their
 * profile; a round or a proposal is matching; a place is nazorg, also before it begins.
 */
export function phaseOf(stagevraag: Known): Phase {
  switch (stagevraag.state) {
    case StagevraagState.PLACED:
    case StagevraagState.PLACED_ELSEWHERE:
    case StagevraagState.COMPLETED:
      return "nazorg";
    case StagevraagState.PROPOSED:
      return "matching";
    case StagevraagState.WITHDRAWN:
      return "stopped";
    default:
      if (stagevraag.roundId) return "matching";
      return wishes(stagevraag) || stagevraag.contestedSkills.length > 0 ? "ontwikkeling" : "kennismaking";
  }
}

function wishes({ profile }: Known): boolean {
  return (profile?.preferred.length ?? 0) > 0 || (profile?.excluded.length ?? 0) > 0;
}

export function phaseText(phase: Phase): string {
  switch (phase) {
    case "kennismaking":
      return tr("Kennismaking", "Getting to know");
    case "ontwikkeling":
      return tr("Ontwikkeling", "Development");
    case "matching":
      return tr("Matching", "Matching");
    case "nazorg":
      return tr("Nazorg", "Aftercare");
    case "stopped":
      return tr("Gestopt", "Stopped");
  }
}

/** The proposal that says where the student stands: the one that runs, else the last. */
export function proposalNow(proposals: readonly Proposal[]): Proposal | undefined {
  return proposals.find((one) => one.state <= ProposalState.STARTED) ?? proposals.at(-1);
}

/** What comes next, and who does it. */
export function nextStep(stagevraag: Known, proposal?: Pick<Proposal, "state" | "introduction">): string {
  if (stagevraag.contestedSkills.length > 0) return tr("De student betwist een niveau. Beslis hieronder of het klopt.", "The student contests a level. Decide below whether it is right.");
  switch (stagevraag.state) {
    case StagevraagState.PLACED_ELSEWHERE:
      return tr("De student heeft zelf een plek. Begeleid de stage buiten Stagematch.", "The student found a place. Guide the internship outside Stagematch.");
    case StagevraagState.COMPLETED:
      return tr("De stage is afgerond. Er is niets meer te doen.", "The internship was completed. There is nothing left to do.");
    case StagevraagState.WITHDRAWN:
      return tr("Deze stagevraag is gestopt. Er is niets meer te doen.", "This request was stopped. There is nothing left to do.");
    default:
  }
  if (proposal && proposal.state <= ProposalState.STARTED) return nextOfProposal(proposal);
  if (stagevraag.roundId) return tr("De student doet mee in een ronde. Wacht op het resultaat, of kijk bij de ronde wat er nog moet gebeuren.", "The student is in a round. Wait for the result, or see at the round what is left to do.");
  return wishes(stagevraag)
    ? tr("De student gaf wensen door. Neem de student mee in de volgende ronde.", "The student gave preferences. Take the student along in the next round.")
    : tr("Nodig de student uit. Dan controleert de student het profiel en geeft wensen door.", "Invite the student, who then checks the profile and gives preferences.");
}

function nextOfProposal({ state, introduction }: Pick<Proposal, "state" | "introduction">): string {
  switch (state) {
    case ProposalState.PROPOSED:
      return tr("Beoordeel het voorstel.", "Review the proposal.");
    case ProposalState.APPROVED:
      return tr("Het bedrijf beslist. De naam is nog geheim.", "The company decides. The name is still hidden.");
    case ProposalState.ACCEPTED:
      return tr("De student zegt ja of nee.", "The student says yes or no.");
    case ProposalState.CONFIRMED:
      return tr("Geef de gegevens vrij aan het bedrijf.", "Release the details to the company.");
    case ProposalState.RELEASED:
      if (!introduction?.date) return tr("Plan de kennismaking.", "Plan the introduction.");
      return introduction.studentAgreed
        ? tr("De kennismaking is gepland. Daarna meldt het bedrijf of de student komt.", "The introduction is planned. The company then says whether the student comes.")
        : tr("De student leest hoe je hem of haar voorstelt.", "The student reads how you introduce them.");
    case ProposalState.PLACED:
      return tr("Bevestig dat de stage begon, op de eerste dag.", "Confirm that the internship began, on its first day.");
    default:
      return tr("De stage loopt. Volg de check-ins en rond de stage aan het eind af.", "The internship runs. Follow the check-ins and complete it at the end.");
  }
}
