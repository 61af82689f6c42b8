// The student's list of places, and where the student stands.
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ProposalState } from "../gen/stagematch/v1/proposal_pb.ts";
import { OfferSchema, StagevraagState } from "../gen/stagematch/v1/student_pb.ts";
import { phaseOf } from "../src/student/phase.ts";
import { changesOf, moved, offersByCode, sameWishes, withFullCodes } from "../src/student/ranking.ts";

const offer = (leerbedrijf: string, leerplaats: string) => create(OfferSchema, { leerbedrijf, leerplaats });

describe("a list of places", () => {
  it("moves within its ends", () => {
    expect(moved(["a", "b", "c"], 2, 0)).toEqual(["c", "a", "b"]);
    expect(moved(["a", "b", "c"], 0, 9)).toEqual(["b", "c", "a"]);
    expect(moved(["a", "b", "c"], 1, -4)).toEqual(["b", "a", "c"]);
    expect(moved(["a"], 5, 0)).toEqual(["a"]);
  });
  it("takes a short name for a place only where one place has it", () => {
    const offers = offersByCode([offer("k", "p1"), offer("l", "p1"), offer("k", "p2")]);
    expect(withFullCodes(["p2", "p1", "l/p1", "k/p2", "gone"], offers)).toEqual(["k/p2", "p1", "l/p1", "gone"]);
  });
  it("does not mind the order of what is excluded", () => {
    expect(sameWishes({ preferred: ["a"], excluded: ["x", "y"] }, { preferred: ["a"], excluded: ["y", "x"] })).toBe(true);
    expect(sameWishes({ preferred: ["a", "b"], excluded: [] }, { preferred: ["b", "a"], excluded: [] })).toBe(false);
  });
  it("says what another changed", () => {
    const before = { preferred: ["a", "b", "c"], excluded: ["x"] };
    expect(changesOf(before, before)).toEqual([]);
    expect(changesOf(before, { preferred: ["c", "a", "d"], excluded: ["y"] })).toEqual([
      { kind: "ranked", code: "d" },
      { kind: "unranked", code: "b" },
      { kind: "excluded", code: "y" },
      { kind: "allowed", code: "x" },
      { kind: "reordered", code: "c" },
    ]);
    expect(changesOf(before, { ...before, preferred: ["b", "c"] })).toEqual([{ kind: "unranked", code: "a" }]);
  });
});

describe("the phase", () => {
  const free = { state: StagevraagState.FREE, roundId: "", hasWishes: false, contested: false };
  it("follows what happened", () => {
    expect(phaseOf(free)).toBe(0);
    expect(phaseOf({ ...free, hasWishes: true })).toBe(1);
    expect(phaseOf({ ...free, contested: true })).toBe(1);
    expect(phaseOf({ ...free, roundId: "0a" })).toBe(2);
    expect(phaseOf({ ...free, state: StagevraagState.PROPOSED }, ProposalState.ACCEPTED)).toBe(2);
    expect(phaseOf({ ...free, state: StagevraagState.PROPOSED }, ProposalState.DECLINED)).toBe(2);
    expect(phaseOf({ ...free, state: StagevraagState.PLACED }, ProposalState.STARTED)).toBe(3);
    expect(phaseOf({ ...free, state: StagevraagState.PLACED_ELSEWHERE })).toBe(3);
    expect(phaseOf({ ...free, state: StagevraagState.WITHDRAWN })).toBeNull();
  });
});
