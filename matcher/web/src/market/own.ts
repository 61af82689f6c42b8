// What a company or its school reads of the market: places, candidates, tasks. All pages of it.
import { api, everyPage } from "~/base/api.ts";
import type { Task } from "~gen/stagematch/v1/task_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import type { CandidateSummary } from "~gen/stagematch/v1/candidate_pb.ts";

const pageSize = 1000;

export const ownPlacements = (signal: AbortSignal): Promise<Placement[]> =>
  everyPage(async (pageToken) => {
    const { placements, nextPageToken } = await api.placement.listPlacements({ pageSize, pageToken }, { signal });
    return { items: placements, next: nextPageToken };
  });

export const ownCandidates = (signal: AbortSignal): Promise<CandidateSummary[]> =>
  everyPage(async (pageToken) => {
    const { candidates, nextPageToken } = await api.candidate.listCandidates({ pageSize, pageToken }, { signal });
    return { items: candidates, next: nextPageToken };
  });

export const ownTasks = (signal: AbortSignal): Promise<Task[]> =>
  everyPage(async (pageToken) => {
    const { tasks, nextPageToken } = await api.task.listTasks({ pageSize, pageToken }, { signal });
    return { items: tasks, next: nextPageToken };
  });

export async function onePlacement(placementId: string, signal: AbortSignal): Promise<Placement> {
  const { placement } = await api.placement.getPlacement({ placementId }, { signal });
  if (!placement) throw new Error("no placement in the answer");
  return placement;
}

/** What a place is called; one without a title by its own code. */
export const placeName = (placement: Placement | undefined): string => placement?.title || placement?.leerplaats || "";
