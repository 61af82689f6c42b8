import { beforeEach, expect, test } from "vitest";
import { createHash } from "node:crypto";

// The module asks before a page with an unsaved lot is left; here is no page.
let listening = 0;
Object.assign(globalThis, { addEventListener: () => listening++, removeEventListener: () => listening-- });
const { commitmentOf, findNonce, forgetNonce, fromHex, isSaved, keepNonce, newNonce, nonceFile, nonceOf, noteSaved, toHex } = await import("~/school/market/nonce.ts");

beforeEach(() => {
  for (const school of ["99AA", "99AB"]) forgetNonce("r", school);
  listening = 0;
});

test("a commitment is SHA-256 of the brin, a zero byte and the nonce", async () => {
  const nonce = "00ff".repeat(16);
  const expected = createHash("sha256").update("99AA").update(Buffer.from([0])).update(Buffer.from(nonce, "hex")).digest("hex");
  expect(await commitmentOf("99AA", nonce)).toBe(expected);
  expect(await commitmentOf("99AB", nonce)).not.toBe(expected);
  expect(await commitmentOf("99AA", "00".repeat(32))).not.toBe(expected);
});

test("a known commitment", async () => {
  expect(await commitmentOf("25PT", "00".repeat(32))).toBe(createHash("sha256").update(Buffer.concat([Buffer.from("25PT\0"), Buffer.alloc(32)])).digest("hex"));
});

test("nonces are 32 bytes, and no two are the same", () => {
  const many = new Set(Array.from({ length: 50 }, newNonce));
  expect(many.size).toBe(50);
  for (const nonce of many) expect(nonce).toMatch(/^[0-9a-f]{64}$/);
});

test("bytes survive being written as digits", () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i * 8);
  expect([...fromHex(toHex(bytes))]).toEqual([...bytes]);
});

test("the saved file gives the nonce back, whatever the round is called", () => {
  const nonce = newNonce();
  const file = nonceFile(`Zorg ${"a".repeat(63)}`, "99AA", nonce);
  expect(findNonce(file.text)).toBe(nonce);
  expect(file.name).not.toContain(nonce);
});

test("a pasted number is found alone, in capitals, and among spaces", () => {
  const nonce = newNonce();
  expect(findNonce(nonce)).toBe(nonce);
  expect(findNonce(`  ${nonce.toUpperCase()}\n`)).toBe(nonce);
  expect(findNonce(`${nonce} ${nonce}`)).toBe(nonce);
});

test("what is too short, too long or two numbers is no nonce", () => {
  expect(findNonce("")).toBeNull();
  expect(findNonce("a".repeat(63))).toBeNull();
  expect(findNonce("a".repeat(65))).toBeNull();
  expect(findNonce(`${newNonce()} ${newNonce()}`)).toBeNull();
});

test("a kept nonce is asked about until it is revealed", () => {
  keepNonce("r", "99AA", "x");
  expect(listening).toBe(1);
  expect(nonceOf("r", "99AA")).toBe("x");
  expect(nonceOf("r", "99AB")).toBeUndefined();
  expect(isSaved("r", "99AA")).toBe(false);
  noteSaved("r", "99AA");
  expect(isSaved("r", "99AA")).toBe(true);
  forgetNonce("r", "99AA");
  expect(nonceOf("r", "99AA")).toBeUndefined();
  expect(listening).toBe(0);
});
