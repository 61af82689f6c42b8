// The proof of one's own entry as a file: to keep, to pass on, and to check without signing in. Names are not in it.
import { Told } from "~/base/told.ts";
import { fromHex, toHex, utf8 } from "./bytes.ts";
import type { EntryProof } from "./proof.ts";

const format = "stagematch entry proof 1";
const bytesMax = 1024 * 1024;

export type KeptProof = { roundId: string; row: string; proof: EntryProof };

/** JSON; hashes in hexadecimal, so that it can be checked with other programs too. */
export function proofFile(roundId: string, { row, index, count, path }: EntryProof): string {
  return `${JSON.stringify({ format, round: roundId, row: new TextDecoder().decode(row), index, count, path: path.map(toHex) }, null, 2)}\n`;
}

const notOne = () => new Told("Dit is geen bewijs van Stagematch. Kies het bestand dat je bij “Controleer zelf” bewaarde.", "This is no proof of Stagematch. Choose the file that you saved at “Check for yourself”.");

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // said below
  }
  throw notOne();
}

/** Fails with Told where the file is none. Whether the proof holds is not looked at. */
export async function readProofFile(file: Blob): Promise<KeptProof> {
  if (file.size > bytesMax) throw notOne();
  const { format: given, round, row, index, count, path } = parsed(await file.text());
  if (given !== format || typeof round !== "string" || typeof row !== "string" || typeof index !== "number" || typeof count !== "number" || !Array.isArray(path)) throw notOne();
  const hashes = path.map((hash) => (typeof hash === "string" ? fromHex(hash) : null));
  if (hashes.some((hash) => hash === null)) throw notOne();
  return { roundId: round, row, proof: { row: utf8(row), index, count, path: hashes.filter((hash) => hash !== null) } };
}
