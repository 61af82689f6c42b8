// Merkle proofs, on trees that are made here from the definition in RFC 6962.
import { describe, expect, it } from "vitest";
import { toHex, utf8 } from "../src/public/bytes.ts";
import { checkEntry, leafHash, nodeHash } from "../src/public/proof.ts";

const split = (count: number) => 2 ** Math.ceil(Math.log2(count) - 1);

async function rootOf(rows: Uint8Array[]): Promise<Uint8Array> {
  if (rows.length === 1) return leafHash(rows[0]!);
  const k = split(rows.length);
  return nodeHash(await rootOf(rows.slice(0, k)), await rootOf(rows.slice(k)));
}

async function pathOf(rows: Uint8Array[], index: number): Promise<Uint8Array[]> {
  if (rows.length === 1) return [];
  const k = split(rows.length);
  if (index < k) return [...(await pathOf(rows.slice(0, k), index)), await rootOf(rows.slice(k))];
  return [...(await pathOf(rows.slice(k), index - k)), await rootOf(rows.slice(0, k))];
}

const rowsOf = (count: number) => Array.from({ length: count }, (_, i) => utf8(`99AA;ref${i};2027-02-01;BOL`));

async function proofOf(count: number, index: number) {
  const rows = rowsOf(count);
  return { proof: { row: rows[index]!, index, count, path: await pathOf(rows, index) }, root: toHex(await rootOf(rows)) };
}

describe("checkEntry", () => {
  it("knows the hash of an empty leaf and of one byte as RFC 6962's own tests have them", async () => {
    expect(toHex(await leafHash(new Uint8Array()))).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    expect(toHex(await leafHash(Uint8Array.of(0)))).toBe("96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7");
  });
  for (let count = 1; count <= 9; count++)
    it(`accepts every row of ${count}`, async () => {
      for (let index = 0; index < count; index++) {
        const { proof, root } = await proofOf(count, index);
        const result = await checkEntry(proof, root);
        expect(result.valid).toBe(true);
        expect(result.steps).toHaveLength(proof.path.length);
        expect((await checkEntry(proof, root.toUpperCase())).valid).toBe(true);
      }
    });
  for (let count = 1; count <= 9; count++)
    it(`refuses what was changed among ${count}`, async () => {
      for (let index = 0; index < count; index++) {
        const { proof, root } = await proofOf(count, index);
        const flip = (bytes: Uint8Array) => bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
        expect((await checkEntry({ ...proof, row: flip(proof.row) }, root)).valid).toBe(false);
        expect((await checkEntry({ ...proof, row: new Uint8Array() }, root)).valid).toBe(false);
        expect((await checkEntry(proof, `${root.slice(0, -1)}${root.endsWith("0") ? "1" : "0"}`)).valid).toBe(false);
        for (let at = 0; at < proof.path.length; at++) {
          expect((await checkEntry({ ...proof, path: proof.path.map((hash, i) => (i === at ? flip(hash) : hash)) }, root)).valid).toBe(false);
          expect((await checkEntry({ ...proof, path: proof.path.filter((_, i) => i !== at) }, root)).valid).toBe(false);
        }
        expect((await checkEntry({ ...proof, path: [...proof.path, new Uint8Array(32)] }, root)).valid).toBe(false);
        for (let other = 0; other < count; other++)
          if (other !== index) expect((await checkEntry({ ...proof, index: other }, root)).valid).toBe(false);
      }
    });
  it("refuses an index outside the tree and a hash of another size", async () => {
    const { proof, root } = await proofOf(5, 2);
    for (const index of [-1, 5, 1.5, Number.NaN]) expect((await checkEntry({ ...proof, index }, root)).valid).toBe(false);
    expect((await checkEntry({ ...proof, path: [new Uint8Array(31), ...proof.path.slice(1)] }, root)).valid).toBe(false);
    expect((await checkEntry({ ...proof, count: 0 }, root)).valid).toBe(false);
  });
  it("says on which side each neighbour stood", async () => {
    const { proof, root } = await proofOf(5, 4);
    expect((await checkEntry(proof, root)).steps.map((step) => step.side)).toEqual(["left"]);
    const inner = await proofOf(5, 1);
    expect((await checkEntry(inner.proof, inner.root)).steps.map((step) => step.side)).toEqual(["left", "right", "right"]);
  });
});
