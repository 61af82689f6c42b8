// A company's own figures, counted from its candidates.
import type { CandidateSummary } from "~gen/stagematch/v1/candidate_pb.ts";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";

export type Figures = {
  /** Candidates that the company was asked about. */
  shown: number;
  waiting: number;
  agreed: number;
  objected: number;
  unanswered: number;
  /** Taken away before or after a decision: which of both is not known. */
  withdrawn: number;
  placed: number;
  running: number;
  dropped: number;
};

type Counted = Exclude<keyof Figures, "shown">;

/* Placed is part of agreed, and running part of placed. */
const counts: Partial<Record<ProposalState, readonly Counted[]>> = {
  [ProposalState.APPROVED]: ["waiting"],
  [ProposalState.ACCEPTED]: ["agreed"],
  [ProposalState.CONFIRMED]: ["agreed"],
  [ProposalState.RELEASED]: ["agreed"],
  [ProposalState.PLACED]: ["agreed", "placed"],
  [ProposalState.STARTED]: ["agreed", "placed", "running"],
  [ProposalState.COMPLETED]: ["agreed", "placed"],
  [ProposalState.ENDED_EARLY]: ["agreed", "placed"],
  [ProposalState.CANCELLED_BEFORE_START]: ["agreed", "placed"],
  [ProposalState.DROPPED_AFTER_RELEASE]: ["agreed", "dropped"],
  [ProposalState.DECLINED]: ["agreed"],
  [ProposalState.EXPIRED_STUDENT]: ["agreed"],
  [ProposalState.REJECTED]: ["objected"],
  [ProposalState.EXPIRED_COMPANY]: ["unanswered"],
  [ProposalState.WITHDRAWN_STUDENT]: ["withdrawn"],
  [ProposalState.WITHDRAWN_PLACE]: ["withdrawn"],
  [ProposalState.CANCELLED_ROUND]: ["withdrawn"],
};

export function figuresOf(candidates: readonly CandidateSummary[]): Figures {
  const figures: Figures = { shown: 0, waiting: 0, agreed: 0, objected: 0, unanswered: 0, withdrawn: 0, placed: 0, running: 0, dropped: 0 };
  for (const { state } of candidates) {
    figures.shown++;
    for (const name of counts[state] ?? []) figures[name]++;
  }
  return figures;
}

/** Below this many answers a share says nothing of a pattern: only the numbers themselves are told. */
export const shareFrom = 10;

/** Which part of the answers was yes, in whole per cent; nothing where there are too few. */
export function agreedShare({ agreed, objected }: Figures): number | undefined {
  const answers = agreed + objected;
  return answers < shareFrom ? undefined : Math.round((100 * agreed) / answers);
}
