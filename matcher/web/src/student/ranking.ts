// The student's own list of places: changes to it, and what another changed meanwhile.
import type { Offer } from "~gen/stagematch/v1/student_pb.ts";

/** Codes of places, best first, and of those that are never proposed. */
export type Wishes = { preferred: readonly string[]; excluded: readonly string[] };

export const offerCode = (offer: { leerbedrijf: string; leerplaats: string }): string => `${offer.leerbedrijf}/${offer.leerplaats}`;

/** Offers by the names that a list may use: the full code, and the leerplaats alone where only one has it. */
export function offersByCode(offers: readonly Offer[]): Map<string, Offer> {
  const found = new Map<string, Offer>();
  const shared = new Set<string>();
  for (const offer of offers) {
    if (found.has(offer.leerplaats)) shared.add(offer.leerplaats);
    found.set(offer.leerplaats, offer);
  }
  for (const name of shared) found.delete(name);
  for (const offer of offers) found.set(offerCode(offer), offer);
  return found;
}

/** The same list with the full code of whatever place is known; what is not known stays as it was written. */
export function withFullCodes(codes: readonly string[], offers: ReadonlyMap<string, Offer>): string[] {
  const full = codes.map((code) => {
    const offer = offers.get(code);
    return offer ? offerCode(offer) : code;
  });
  return [...new Set(full)];
}

export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const next = [...list];
  if (from < 0 || from >= list.length) return next;
  const [item] = next.splice(from, 1);
  next.splice(Math.max(0, Math.min(next.length, to)), 0, item as T);
  return next;
}

export const sameList = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((item, i) => item === b[i]);

export function sameWishes(a: Wishes, b: Wishes): boolean {
  return sameList(a.preferred, b.preferred) && sameList([...a.excluded].sort(), [...b.excluded].sort());
}

export type Change = { kind: "ranked" | "unranked" | "excluded" | "allowed" | "reordered"; code: string };

/** What turned `before` into `after`. Those that stayed but changed places among each other are one change, of the first. */
export function changesOf(before: Wishes, after: Wishes): Change[] {
  const missing = (from: readonly string[], other: readonly string[]) => from.filter((code) => !other.includes(code));
  const of = (kind: Change["kind"]) => (code: string): Change => ({ kind, code });
  const stayed = before.preferred.filter((code) => after.preferred.includes(code));
  const now = after.preferred.filter((code) => before.preferred.includes(code));
  const firstMoved = now.find((code, i) => code !== stayed[i]);
  return [
    ...missing(after.preferred, before.preferred).map(of("ranked")),
    ...missing(before.preferred, after.preferred).map(of("unranked")),
    ...missing(after.excluded, before.excluded).map(of("excluded")),
    ...missing(before.excluded, after.excluded).map(of("allowed")),
    ...(firstMoved === undefined ? [] : [{ kind: "reordered" as const, code: firstMoved }]),
  ];
}
