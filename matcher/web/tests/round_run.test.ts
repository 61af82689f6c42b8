import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { type Round, RoundSchema, RoundState } from "~gen/stagematch/v1/round_pb.ts";

Object.assign(globalThis, { addEventListener: () => undefined, removeEventListener: () => undefined, location: { origin: "http://localhost" } });
const { runRound } = await import("~/school/market/round_run.ts");
const { commitmentOf, forgetNonce, nonceOf } = await import("~/school/market/nonce.ts");
type Calls = import("~/school/market/round_run.ts").Calls;

/* A service in a few lines: it knows the order of things, and checks what is revealed. */
class Service {
  round: Round;
  calls: string[] = [];
  fail = new Map<string, unknown>();
  slow = 0;
  constructor(schools: string[], beacon = "") {
    this.round = create(RoundSchema, { roundId: crypto.randomUUID(), state: RoundState.DRAFT, version: 1n, beacon, commitments: schools.map((school) => ({ school })) });
  }
  private async did(call: string, act: () => void | Promise<void>): Promise<Round> {
    this.calls.push(call);
    const error = this.fail.get(call);
    this.fail.delete(call);
    if (error) throw error;
    await act();
    this.round = create(RoundSchema, { ...this.round, version: this.round.version + 1n });
    return this.round;
  }
  private need(state: RoundState) {
    if (this.round.state !== state) throw new ConnectError("wrong state", Code.FailedPrecondition);
  }
  private part(school: string) {
    const part = this.round.commitments.find((one) => one.school === school);
    if (!part) throw new Error("no such school");
    return part;
  }
  readonly api: Calls = {
    get: async () => {
      if (this.slow > 0 && --this.slow === 0) this.round.state = this.round.state === RoundState.SOLVING ? RoundState.VERIFIED : RoundState.SEALED;
      return this.round;
    },
    open: () => this.did("open", () => (this.need(RoundState.DRAFT), void (this.round.state = RoundState.OPEN))),
    commit: (_, school, commitment) => this.did(`commit ${school}`, () => (this.need(RoundState.OPEN), void (this.part(school).commitment = commitment))),
    seal: () =>
      this.did("seal", () => {
        this.need(RoundState.OPEN);
        this.slow = 3;
      }),
    reveal: (_, school, nonce) =>
      this.did(`reveal ${school}`, async () => {
        this.need(RoundState.SEALED);
        const part = this.part(school);
        if ((await commitmentOf(school, nonce)) !== part.commitment) throw new Error("the nonce does not fit");
        part.nonce = nonce;
        if (this.round.commitments.every((one) => one.nonce)) this.round.state = RoundState.REVEALED;
      }),
    solve: () =>
      this.did("solve", () => {
        this.need(RoundState.REVEALED);
        this.round.state = RoundState.SOLVING;
        this.slow = 3;
      }),
  };
}

const pace = () => ({ waitMs: 1, signal: new AbortController().signal });
const all = ["open", "commit 99AA", "commit 99AB", "seal", "reveal 99AA", "reveal 99AB", "solve"];

test("a draft becomes a result, and each step is told once", async () => {
  const service = new Service(["99AA", "99AB"]);
  const told: string[] = [];
  const end = await runRound(service.api, service.round, (done) => told.push(`${done.step} ${done.school ?? ""}`.trim()), pace());
  expect(end.state).toBe(RoundState.VERIFIED);
  expect(service.calls).toEqual(all);
  expect(told).toEqual(["opened", "committed 99AA", "committed 99AB", "sealed", "revealed 99AA", "revealed 99AB", "lottery", "solved"]);
  expect(nonceOf(service.round.roundId, "99AA")).toBeUndefined();
});

test.each(all)("goes on where it stopped when %s failed", async (call) => {
  const service = new Service(["99AA", "99AB"]);
  service.fail.set(call, new Error("cut off"));
  await expect(runRound(service.api, service.round, () => undefined, pace())).rejects.toThrow("cut off");
  const end = await runRound(service.api, service.round, () => undefined, pace());
  expect(end.state).toBe(RoundState.VERIFIED);
  expect(service.calls.filter((one) => one !== call)).toEqual(all.filter((one) => one !== call));
  expect(service.calls.filter((one) => one === call)).toHaveLength(2);
});

test("a lot that is gone while the round is open is made anew", async () => {
  const service = new Service(["99AA"]);
  service.fail.set("seal", new Error("cut off"));
  await expect(runRound(service.api, service.round, () => undefined, pace())).rejects.toThrow();
  forgetNonce(service.round.roundId, "99AA");
  expect((await runRound(service.api, service.round, () => undefined, pace())).state).toBe(RoundState.VERIFIED);
  expect(service.calls.filter((call) => call === "commit 99AA")).toHaveLength(2);
});

test("a lot that is gone once the round is sealed is told, and nothing is done", async () => {
  const service = new Service(["99AA"]);
  service.fail.set("reveal 99AA", new Error("cut off"));
  await expect(runRound(service.api, service.round, () => undefined, pace())).rejects.toThrow();
  forgetNonce(service.round.roundId, "99AA");
  await expect(runRound(service.api, service.round, () => undefined, pace())).rejects.toThrow(/lot of this round/);
  expect(service.round.state).toBe(RoundState.SEALED);
});

test("it stops before solving where a beacon was announced", async () => {
  const service = new Service(["99AA"], "draw of Saturday");
  const end = await runRound(service.api, service.round, () => undefined, pace());
  expect(end.state).toBe(RoundState.REVEALED);
  expect(service.calls).not.toContain("solve");
});
