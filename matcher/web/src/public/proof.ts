// Whether one row stands in a round's sealed input: a Merkle path (RFC 6962, SHA-256) from the row up to the published root.
import { type Bytes, sha256, toHex } from "./bytes.ts";

const leafMark = Uint8Array.of(0);
const nodeMark = Uint8Array.of(1);
const hashBytes = 32;

export const leafHash = (row: Uint8Array): Promise<Bytes> => sha256(leafMark, row);
export const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Bytes> => sha256(nodeMark, left, right);

export type EntryProof = { row: Uint8Array; index: number; count: number; path: readonly Uint8Array[] };

/** One step up: on which side the neighbour stood, and what the two gave. */
export type ProofStep = { side: "left" | "right"; neighbour: string; hash: string };

export type ProofResult = {
  leaf: string;
  steps: ProofStep[];
  /** What the path leads to; empty where the path cannot be one of this index and count. */
  root: string;
  /** The path is whole and leads to the root that was expected. */
  valid: boolean;
};

/** `expected`: the published root, hexadecimal. */
export async function checkEntry(proof: EntryProof, expected: string): Promise<ProofResult> {
  let own = await leafHash(proof.row);
  const leaf = toHex(own);
  const steps: ProofStep[] = [];
  const wrong = { leaf, steps, root: "", valid: false };
  const { index, count } = proof;
  if (!Number.isInteger(index) || !Number.isInteger(count) || index < 0 || index >= count) return wrong;
  let at = index;
  let last = count - 1;
  const up = () => {
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  };
  for (const neighbour of proof.path) {
    if (neighbour.length !== hashBytes) return wrong;
    while (at === last && at % 2 === 0 && last > 0) up();
    if (last === 0) return wrong;
    const side = at % 2 === 1 ? "left" : "right";
    own = side === "left" ? await nodeHash(neighbour, own) : await nodeHash(own, neighbour);
    steps.push({ side, neighbour: toHex(neighbour), hash: toHex(own) });
    up();
  }
  if (last !== 0) return wrong;
  const root = toHex(own);
  return { leaf, steps, root, valid: root === expected.toLowerCase() };
}
