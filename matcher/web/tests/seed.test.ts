// The seed of a round, made again from what is public; expected values come from Node's own SHA-256.
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fromHex, toHex } from "../src/public/bytes.ts";
import { drawSeed } from "../src/public/seed.ts";

const sha = (...parts: (string | Buffer)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const digest = sha("input");
const nonceOf = (school: string) => sha("nonce", school);
const part = (school: string) => ({
  school,
  commitment: sha(school, "\0", nonceOf(school)).toString("hex"),
  nonce: nonceOf(school).toString("hex"),
  withheld: false,
});

describe("drawSeed", () => {
  it("puts the nonces in the order of the schools' codes, and the beacon last", async () => {
    const parts = [part("99AB"), part("99AA")];
    const drawn = await drawSeed({ inputDigest: digest.toString("hex"), parts, beacon: "12 13 14" });
    const expected = sha("stagematch/v1/seed", digest, nonceOf("99AA"), nonceOf("99AB"), "12 13 14").toString("hex");
    expect(drawn.seed).toBe(expected);
    expect(drawn.parts).toEqual([
      { school: "99AA", withheld: false, check: "ok" },
      { school: "99AB", withheld: false, check: "ok" },
    ]);
  });
  it("sees a nonce that does not fit its commitment", async () => {
    const parts = [{ ...part("99AA"), nonce: nonceOf("99AB").toString("hex") }];
    expect((await drawSeed({ inputDigest: digest.toString("hex"), parts, beacon: "" })).parts[0]?.check).toBe("wrong");
  });
  it("checks the value that stands for a withheld nonce", async () => {
    const { school, commitment } = part("99AA");
    const nonce = sha("stagematch/v1/withheld", Buffer.from(commitment, "hex"), digest).toString("hex");
    const drawn = await drawSeed({ inputDigest: digest.toString("hex"), parts: [{ school, commitment, nonce, withheld: true }], beacon: "" });
    expect(drawn.parts[0]?.check).toBe("ok");
    expect(drawn.seed).toBe(sha("stagematch/v1/seed", digest, Buffer.from(nonce, "hex")).toString("hex"));
    const other = await drawSeed({ inputDigest: sha("other").toString("hex"), parts: [{ school, commitment, nonce, withheld: true }], beacon: "" });
    expect(other.parts[0]?.check).toBe("wrong");
  });
  it("gives no seed while something is missing", async () => {
    const waiting = { ...part("99AA"), nonce: "" };
    expect(await drawSeed({ inputDigest: digest.toString("hex"), parts: [waiting], beacon: "" })).toEqual({
      parts: [{ school: "99AA", withheld: false, check: "waiting" }],
      seed: "",
    });
    expect((await drawSeed({ inputDigest: "", parts: [part("99AA")], beacon: "" })).seed).toBe("");
    expect((await drawSeed({ inputDigest: digest.toString("hex"), parts: [], beacon: "" })).seed).toBe("");
  });
});

describe("hexadecimal", () => {
  it("goes there and back, and refuses what it is not", () => {
    expect(toHex(fromHex("00ff7f")!)).toBe("00ff7f");
    expect(fromHex("0")).toBeNull();
    expect(fromHex("zz")).toBeNull();
  });
});
