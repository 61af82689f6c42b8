// Counts of choices as they are published: those that are too small stand with their neighbours.
import { describe, expect, it } from "vitest";
import { rankRows } from "../src/public/rank_rows.ts";

const shown = (counts: number[]) => rankRows(counts.map(BigInt)).map(({ from, to, students }) => [from, to, Number(students)]);

describe("rankRows", () => {
  it("leaves no choice out and counts none twice", () => {
    expect(shown([10, 0, 7, 0, 0, 6])).toEqual([
      [1, 1, 10],
      [2, 3, 7],
      [4, 6, 6],
    ]);
    expect(shown([0, 9, 0, 0])).toEqual([[1, 4, 9]]);
    expect(shown([5, 6])).toEqual([
      [1, 1, 5],
      [2, 2, 6],
    ]);
  });
  it("has nothing to say of nothing", () => {
    expect(shown([])).toEqual([]);
    expect(shown([0, 0])).toEqual([]);
  });
});
