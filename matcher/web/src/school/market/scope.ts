// Whose market it is: the schools of the coördinator, and what they and their lists are called.
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import type { Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import type { Round } from "~gen/stagematch/v1/round_pb.ts";
import type { Account } from "~gen/stagematch/v1/account_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { useSession } from "~/base/session.ts";

const pageSize = 1000;

/** Brins of the own schools. */
export function useOwnSchools(): readonly string[] {
  const session = useSession();
  return session.kind === "signed-in" || session.kind === "over" ? session.session.scope : [];
}

/** "Voorbeeldcollege Utrecht (99AA)". */
export function schoolText(catalog: GetCatalogResponse | undefined, brin: string): string {
  const known = catalog?.schools.find((school) => school.code === brin);
  return known ? `${known.name} (${brin})` : brin;
}

export function allPlacements(signal: AbortSignal, state?: PlacementState): Promise<Placement[]> {
  return everyPage(async (pageToken) => {
    const page = await api.placement.listPlacements({ pageSize, pageToken, state }, { signal });
    return { items: page.placements, next: page.nextPageToken };
  });
}

export function allRounds(signal: AbortSignal): Promise<Round[]> {
  return everyPage(async (pageToken) => {
    const page = await api.round.listRounds({ pageSize, pageToken }, { signal });
    return { items: page.rounds, next: page.nextPageToken };
  });
}

export function allAccounts(signal: AbortSignal): Promise<Account[]> {
  return everyPage(async (pageToken) => {
    const page = await api.account.listAccounts({ pageSize, pageToken }, { signal });
    return { items: page.accounts, next: page.nextPageToken };
  });
}
