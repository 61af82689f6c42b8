// Declared criteria: what is the same, and what is said of a level, a weight and a minimum.
import { expect, test } from "vitest";
import { type Criteria, criteriaOf, levelText, minimumText, noCriteria, sameCriteria, weightText } from "~/base/criteria.ts";

const asked: Criteria = {
  hardCriteria: [
    { skill: "lassen", level: 2 },
    { skill: "rekenen", level: 1 },
  ],
  weightedCriteria: [{ skill: "plannen", weight: 3, minimumLevel: 2 }],
};

test("the order of criteria does not matter", () => {
  expect(sameCriteria(asked, { ...asked, hardCriteria: [...asked.hardCriteria].reverse() })).toBe(true);
});

test.each<[string, Criteria]>([
  ["a level", { ...asked, hardCriteria: [{ skill: "lassen", level: 3 }, { skill: "rekenen", level: 1 }] }],
  ["a weight", { ...asked, weightedCriteria: [{ skill: "plannen", weight: 6, minimumLevel: 2 }] }],
  ["a minimum", { ...asked, weightedCriteria: [{ skill: "plannen", weight: 3, minimumLevel: 0 }] }],
  ["one fewer", { ...asked, hardCriteria: asked.hardCriteria.slice(1) }],
  ["none", noCriteria],
])("another in %s is another", (_, other) => {
  expect(sameCriteria(asked, other)).toBe(false);
});

test("required is not the same as wished", () => {
  const required = { hardCriteria: [{ skill: "plannen", level: 2 }], weightedCriteria: [] };
  const wished = { hardCriteria: [], weightedCriteria: [{ skill: "plannen", weight: 1, minimumLevel: 2 }] };
  expect(sameCriteria(required, wished)).toBe(false);
});

test("only what was declared is taken over", () => {
  const message = { ...asked, hardCriteria: asked.hardCriteria.map((hard) => ({ ...hard, $typeName: "x" })), title: "t" };
  expect(criteriaOf(message)).toEqual(asked);
});

test("levels, weights and minimums in words", () => {
  expect(levelText(3)).toBe("niveau 3 (voldoende)");
  expect([1, 2, 4, 5, 7, 8, 9].map(weightText)).toEqual([
    "telt een beetje mee",
    "telt mee",
    "telt mee",
    "belangrijk",
    "belangrijk",
    "heel belangrijk",
    "heel belangrijk",
  ]);
  expect(minimumText(0)).toBe("je kunt hierop geen bezwaar maken");
  expect(minimumText(4)).toBe("onder niveau 4 (goed) mag je bezwaar maken");
});
