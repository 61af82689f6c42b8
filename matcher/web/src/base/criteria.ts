// Criteria as they are declared: what is said of a level and a weight, and what changes one does to them.
import { tr } from "./language.ts";

export type Hard = { skill: string; level: number };
export type Weighted = { skill: string; weight: number; minimumLevel: number };

/** As in a Placement: `{...placement, ...criteria}`. */
export type Criteria = { hardCriteria: Hard[]; weightedCriteria: Weighted[] };

export const noCriteria: Criteria = { hardCriteria: [], weightedCriteria: [] };

export const levels = [1, 2, 3, 4, 5] as const;

/** The weights that are offered; the service knows 1 to 9. */
export const weights = [1, 3, 6, 9] as const;

export const criteriaMax = 64;

/** Without what a message has besides. */
export function criteriaOf(of: Criteria): Criteria {
  return {
    hardCriteria: of.hardCriteria.map(({ skill, level }) => ({ skill, level })),
    weightedCriteria: of.weightedCriteria.map(({ skill, weight, minimumLevel }) => ({ skill, weight, minimumLevel })),
  };
}

/** Whether both ask the same, in whatever order. */
export function sameCriteria(a: Criteria, b: Criteria): boolean {
  const line = (criteria: Criteria) =>
    [...criteria.hardCriteria.map((hard) => `${hard.skill}>=${hard.level}`).sort(), "|", ...criteria.weightedCriteria.map((weighted) => `${weighted.skill}*${weighted.weight}>=${weighted.minimumLevel}`).sort()].join(" ");
  return line(a) === line(b);
}

const levelWords: readonly (readonly [string, string])[] = [
  ["nog niet", "not yet"],
  ["begin", "beginner"],
  ["basis", "basic"],
  ["voldoende", "sufficient"],
  ["goed", "good"],
  ["heel goed", "excellent"],
];

/** "niveau 3 (voldoende)". */
export function levelText(level: number): string {
  const [nl, en] = levelWords[level] ?? ["", ""];
  return tr(`niveau ${level} (${nl})`, `level ${level} (${en})`);
}

export function weightText(weight: number): string {
  if (weight <= 1) return tr("telt een beetje mee", "counts a little");
  if (weight <= 4) return tr("telt mee", "counts");
  if (weight <= 7) return tr("belangrijk", "important");
  return tr("heel belangrijk", "very important");
}

export function minimumText(minimum: number): string {
  return minimum === 0
    ? tr("je kunt hierop geen bezwaar maken", "you cannot object on this")
    : tr(`onder ${levelText(minimum)} mag je bezwaar maken`, `below ${levelText(minimum)} you may object`);
}
