import { expect, test } from "vitest";
import { Told } from "~/base/told.ts";
import { utf8 } from "~/public/bytes.ts";
import { checkEntry, leafHash, nodeHash } from "~/public/proof.ts";
import { proofFile, readProofFile } from "~/public/proof_file.ts";
import { toHex } from "~/public/bytes.ts";

const roundId = "0123456789abcdef0123456789abcdef";
const row = utf8("99AA;r1;3511;zoë");

test("a proof that was kept is the same, and holds", async () => {
  const other = await leafHash(utf8("99AA;r2"));
  const root = toHex(await nodeHash(await leafHash(row), other));
  const kept = await readProofFile(new Blob([proofFile(roundId, { row, index: 0, count: 2, path: [other] })]));
  expect(kept.roundId).toBe(roundId);
  expect(kept.row).toBe("99AA;r1;3511;zoë");
  expect((await checkEntry(kept.proof, root)).valid).toBe(true);
});

test("what is no proof is told in words", async () => {
  const good = JSON.parse(proofFile(roundId, { row, index: 0, count: 1, path: [] })) as object;
  const wrong = ["", "[]", "null", "{}", JSON.stringify({ ...good, format: "x" }), JSON.stringify({ ...good, path: ["xy"] }), JSON.stringify({ ...good, path: [1] }), JSON.stringify({ ...good, index: "0" }), `${" ".repeat(1024 * 1024)}{}`];
  for (const text of wrong) await expect(readProofFile(new Blob([text]))).rejects.toBeInstanceOf(Told);
});
