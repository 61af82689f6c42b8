// A school's lot in a round: a secret number that is committed to before the input is frozen, and revealed after.
// It is kept in the memory of this page alone; the file that may be saved of it is the only copy besides.
import { newRequestId } from "~/base/request.ts";

const nonceBytes = 32;

export function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function fromHex(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function newNonce(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(nonceBytes)));
}

/** SHA-256 of the brin, a zero byte and the nonce's 32 bytes, hexadecimal. */
export async function commitmentOf(brin: string, nonce: string): Promise<string> {
  const name = new TextEncoder().encode(brin);
  const message = new Uint8Array(name.length + 1 + nonceBytes);
  message.set(name);
  message.set(fromHex(nonce), name.length + 1);
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", message)));
}

/** The nonce in what somebody pasted: the number alone or the whole saved file; null where there is not exactly one. */
export function findNonce(pasted: string): string | null {
  const found = new Set((pasted.match(/(?<![0-9a-fA-F])[0-9a-fA-F]{64}(?![0-9a-fA-F])/g) ?? []).map((hex) => hex.toLowerCase()));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}

type Kept = { nonce: string; saved: boolean };

const kept = new Map<string, Kept>();
const listeners = new Set<() => void>();

function changed(): void {
  for (const tell of listeners) tell();
}

/** Calls `tell` whenever a nonce came, was saved or went; gives how to stop that. */
export function onNonces(tell: () => void): () => void {
  listeners.add(tell);
  return () => void listeners.delete(tell);
}

const key = (roundId: string, school: string) => `${roundId}/${school}`;

/** A page with a lot that stands nowhere else is not left without a question. */
function ask(event: BeforeUnloadEvent): void {
  if ([...kept.values()].some((one) => !one.saved)) event.preventDefault();
}

export function keepNonce(roundId: string, school: string, nonce: string, saved = false): void {
  if (kept.size === 0) addEventListener("beforeunload", ask);
  kept.set(key(roundId, school), { nonce, saved });
  changed();
}

export const nonceOf = (roundId: string, school: string): string | undefined => kept.get(key(roundId, school))?.nonce;

export const isSaved = (roundId: string, school: string): boolean => kept.get(key(roundId, school))?.saved ?? false;

export function noteSaved(roundId: string, school: string): void {
  const one = kept.get(key(roundId, school));
  if (one) one.saved = true;
  changed();
}

/** Once it is revealed everybody may know it. */
export function forgetNonce(roundId: string, school: string): void {
  kept.delete(key(roundId, school));
  if (kept.size === 0) removeEventListener("beforeunload", ask);
  changed();
}

/** The file that is saved: its text says what it is for. The only number of 64 digits in it is the nonce. */
export function nonceFile(roundName: string, school: string, nonce: string): { name: string; text: string } {
  return {
    name: `lot-${school}-${newRequestId().slice(0, 8)}.txt`,
    text: [
      "Stagematch: het lot van een school. Geheim tot de ronde verzegeld is.",
      "Nodig als de pagina sluit voordat het lot is onthuld: plak dit bestand dan bij de ronde.",
      "",
      `Ronde: ${roundName}`,
      `School: ${school}`,
      `Lot: ${nonce}`,
      "",
    ].join("\r\n"),
  };
}
