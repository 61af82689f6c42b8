// Whole lists of the school: all its stagevragen and proposals, a page at a time.
import type { Proposal, ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api, everyPage } from "~/base/api.ts";

const pageSize = 1000;

export type Heard = (count: number) => void;

/** `heard`: how many came so far. */
export function allStagevragen(signal: AbortSignal, state?: StagevraagState, heard?: Heard): Promise<Stagevraag[]> {
  let count = 0;
  return everyPage(async (pageToken) => {
    const page = await api.student.listStagevragen({ pageSize, pageToken, state }, { signal });
    heard?.((count += page.stagevragen.length));
    return { items: page.stagevragen, next: page.nextPageToken };
  });
}

export function allProposals(signal: AbortSignal, state?: ProposalState, heard?: Heard): Promise<Proposal[]> {
  let count = 0;
  return everyPage(async (pageToken) => {
    const page = await api.proposal.listProposals({ pageSize, pageToken, state }, { signal });
    heard?.((count += page.proposals.length));
    return { items: page.proposals, next: page.nextPageToken };
  });
}
