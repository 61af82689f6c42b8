// Candidates come one by one: which one a company can look at now, and what it will be asked about later.
import type { CandidateSummary } from "~gen/stagematch/v1/candidate_pb.ts";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { type Task, TaskKind } from "~gen/stagematch/v1/task_pb.ts";
import { refusalOf } from "~/base/request.ts";

/** Those that wait for a decision, the most urgent first: the order in which they are tried. */
export function waiting(candidates: readonly CandidateSummary[], tasks: readonly Task[]): CandidateSummary[] {
  const place = new Map(tasks.filter((task) => task.kind === TaskKind.DECIDE).map((task, i) => [task.candidate, i]));
  const last = place.size;
  return candidates
    .filter((candidate) => candidate.state === ProposalState.APPROVED)
    .sort((a, b) => (place.get(a.candidate) ?? last) - (place.get(b.candidate) ?? last));
}

/** Why a candidate cannot be seen now: `other`: this company decides on another one first. `contact`: somebody else does. */
export type Wait = "other" | "contact";

export function waitOf(error: unknown): Wait | undefined {
  switch (refusalOf(error)?.code) {
    case "candidate_waits":
      return "other";
    case "other_contact_waits":
      return "contact";
    default:
      return undefined;
  }
}

export type Turn = { candidate?: string; behindContact: boolean };

/**
 * The first of `order` that `look` may see. Of a placement where another contact decides first, none is tried again. Mostly one call; at
 * most one for each that waits.
 */
export async function findTurn(order: readonly CandidateSummary[], look: (candidate: string) => Promise<unknown>): Promise<Turn> {
  const closed = new Set<string>();
  for (const { candidate, placementId } of order) {
    if (closed.has(placementId)) continue;
    try {
      await look(candidate);
      return { candidate, behindContact: closed.size > 0 };
    } catch (error) {
      const wait = waitOf(error);
      if (!wait) throw error;
      if (wait === "contact") closed.add(placementId);
    }
  }
  return { behindContact: closed.size > 0 };
}
