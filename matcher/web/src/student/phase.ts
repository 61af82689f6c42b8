// Where a student is on the way: getting to know, developing, matching, and the time after.
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { tr } from "~/base/language.ts";

export type Phase = 0 | 1 | 2 | 3;

export const phaseNames = (): string[] => [
  tr("Kennismaking", "Getting to know"),
  tr("Ontwikkeling", "Development"),
  tr("Matching", "Matching"),
  tr("Nazorg", "Aftercare"),
];

type Standing = { state: StagevraagState; roundId: string; hasWishes: boolean; contested: boolean };

const after = [StagevraagState.PLACED, StagevraagState.PLACED_ELSEWHERE, StagevraagState.COMPLETED];

/** null: the student stopped looking. Who has a place is in the last phase, also before the first day. */
export function phaseOf(student: Standing, proposal?: ProposalState): Phase | null {
  if (student.state === StagevraagState.WITHDRAWN) return null;
  const placed = proposal !== undefined && proposal >= ProposalState.PLACED && proposal <= ProposalState.COMPLETED;
  if (placed || after.includes(student.state)) return 3;
  if (student.state === StagevraagState.PROPOSED || student.roundId) return 2;
  return student.hasWishes || student.contested ? 1 : 0;
}
