// How the schools of a round drew its seed together (matcher/match/seed.h), done again here.
import { type Bytes, fromHex, sha256, toHex, utf8 } from "./bytes.ts";

const hashBytes = 32;
const zero = Uint8Array.of(0);

export type SeedPart = { school: string; commitment: string; nonce: string; withheld: boolean };
export type SeedInput = { inputDigest: string; parts: readonly SeedPart[]; beacon: string };

/** Of one school's part: `waiting` while its nonce is not public. */
export type PartCheck = "ok" | "wrong" | "waiting";

export type SeedCheck = { parts: { school: string; withheld: boolean; check: PartCheck }[]; seed: string };

function hash32(text: string): Bytes | null {
  const bytes = fromHex(text);
  return bytes?.length === hashBytes ? bytes : null;
}

/** What stands for a nonce that was not revealed in time. */
export const withheldNonce = (commitment: Uint8Array, digest: Uint8Array) => sha256(utf8("stagematch/v1/withheld"), commitment, digest);

export const commitmentOf = (school: string, nonce: Uint8Array) => sha256(utf8(school), zero, nonce);

async function checkPart(part: SeedPart, digest: Uint8Array): Promise<PartCheck> {
  if (!part.nonce) return "waiting";
  const nonce = hash32(part.nonce);
  const commitment = hash32(part.commitment);
  if (!nonce || !commitment) return "wrong";
  if (part.withheld) return toHex(await withheldNonce(commitment, digest)) === toHex(nonce) ? "ok" : "wrong";
  return toHex(await commitmentOf(part.school, nonce)) === toHex(commitment) ? "ok" : "wrong";
}

const byCode = (a: SeedPart, b: SeedPart) => (a.school < b.school ? -1 : a.school > b.school ? 1 : 0);

/** The seed that these parts give; empty where one is missing. Parts count in the order of the schools' codes. */
export async function drawSeed({ inputDigest, parts, beacon }: SeedInput): Promise<SeedCheck> {
  const digest = hash32(inputDigest);
  const sorted = [...parts].sort(byCode);
  if (!digest) return { parts: sorted.map(({ school, withheld }) => ({ school, withheld, check: "waiting" })), seed: "" };
  const checked = await Promise.all(
    sorted.map(async (part) => ({ school: part.school, withheld: part.withheld, check: await checkPart(part, digest) })),
  );
  const nonces = sorted.map((part) => hash32(part.nonce));
  if (nonces.length === 0 || nonces.some((nonce) => nonce === null)) return { parts: checked, seed: "" };
  const seed = await sha256(utf8("stagematch/v1/seed"), digest, ...(nonces as Bytes[]), utf8(beacon));
  return { parts: checked, seed: toHex(seed) };
}
