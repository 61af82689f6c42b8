// What a company has here: its places, its candidates, its tasks. All pages of it.
import { api, everyPage } from "~/base/api.ts";
import { refusalOf } from "~/base/request.ts";
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

/** Where somebody else was first: shows what is there now, and still says what went wrong. */
export async function orShowNow<T>(act: Promise<T>, show?: () => void): Promise<T> {
  try {
    return await act;
  } catch (error) {
    const code = refusalOf(error)?.code;
    if (code === "stale_version" || code === "wrong_state") show?.();
    throw error;
  }
}

/** What a place is called; one without a title by its own code. */
export const placeName = (placement: Placement | undefined): string => placement?.title || placement?.leerplaats || "";
