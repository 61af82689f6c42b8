// What a list names but does not carry: placements, companies and rounds by their id, each asked for once a visit.
import { useEffect, useReducer } from "preact/hooks";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import type { Round } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { sessionNow } from "~/base/session.ts";

const atOnce = 4;

/** `ask` gets one. What cannot be had is not asked for again, and stays unnamed. */
function cached<T>(ask: (id: string) => Promise<T | undefined>) {
  const known = new Map<string, T | undefined>();
  const queue = new Set<string>();
  const listeners = new Set<() => void>();
  let owner = "";
  let running = 0;

  function next(): void {
    const id = queue.values().next().value;
    if (id === undefined || running >= atOnce) return;
    queue.delete(id);
    running++;
    known.set(id, undefined);
    ask(id)
      .then((found) => known.set(id, found))
      .catch(() => undefined)
      .finally(() => {
        running--;
        for (const tell of listeners) tell();
        next();
      });
    next();
  }

  return function use(ids: readonly string[]): (id: string) => T | undefined {
    const [, draw] = useReducer((n: number) => n + 1, 0);
    useEffect(() => {
      const tell = () => draw(undefined);
      listeners.add(tell);
      return () => void listeners.delete(tell);
    }, []);
    useEffect(() => {
      const session = sessionNow();
      const now = session.kind === "signed-in" ? session.session.accountId : owner;
      if (now !== owner) known.clear();
      owner = now;
      for (const id of ids) if (id && !known.has(id)) queue.add(id);
      next();
    }, [ids.join()]);
    return (id) => known.get(id);
  };
}

export const usePlacements = cached<Placement>(async (placementId) => (await api.placement.getPlacement({ placementId })).placement);
export const useRounds = cached<Round>(async (roundId) => (await api.round.getRound({ roundId })).round);

/** "Zorggroep De Linde: verzorgende", as lists name a placement. */
export function placementName(placement: Placement | undefined): string {
  if (!placement) return "";
  return [placement.companyName, placement.title || placement.leerplaats].filter(Boolean).join(": ");
}
