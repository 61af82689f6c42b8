// The example match of the page that explains the lottery: nobody has a reason to complain, whatever the lots are.
import { describe, expect, it } from "vitest";
import { drawLots, match, type Place, type Student } from "../src/public/lottery.ts";

const students: Student[] = [
  { name: "A", wishes: ["x", "y"], bands: { x: 1, y: 1 } },
  { name: "B", wishes: ["x", "z"], bands: { x: 1, z: 1 } },
  { name: "C", wishes: ["y", "x", "z"], bands: { x: 2, y: 1, z: 1 } },
  { name: "D", wishes: ["x", "y"], bands: { x: 1, y: 1 } },
];
const places: Place[] = [
  { name: "x", seats: 1 },
  { name: "y", seats: 1 },
  { name: "z", seats: 1 },
];

function* orders(names: string[]): Generator<string[]> {
  if (names.length === 0) return yield [];
  for (const name of names) for (const rest of orders(names.filter((other) => other !== name))) yield [name, ...rest];
}

describe("match", () => {
  it("is stable and within the seats for every order of the lottery", () => {
    for (const order of orders(["A", "B", "C", "D"])) {
      const lots = Object.fromEntries(order.map((name, i) => [name, i + 1]));
      const { matches } = match(students, places, lots);
      for (const place of places) expect(Object.values(matches).filter((name) => name === place.name).length).toBeLessThanOrEqual(place.seats);
      for (const student of students) {
        const own = matches[student.name];
        const better = student.wishes.slice(0, own ? student.wishes.indexOf(own) : undefined);
        for (const wish of better) {
          const holder = students.find(({ name }) => matches[name] === wish)!;
          expect(holder).toBeDefined();
          const ahead = holder.bands[wish]! - student.bands[wish]! || lots[holder.name]! - lots[student.name]!;
          expect(ahead).toBeGreaterThan(0);
        }
      }
    }
  });
  it("says whether the band or the lottery decided", () => {
    const { steps } = match(students, places, { A: 9, B: 1, C: 2, D: 3 });
    expect(steps[0]).toEqual({ student: "A", place: "x", result: "held" });
    expect(steps[1]).toEqual({ student: "B", place: "x", result: "refused", loser: "B", why: "lottery" });
    const band = match([students[0]!, { ...students[2]!, wishes: ["x"] }], places, { A: 9, C: 1 });
    expect(band.steps[1]).toEqual({ student: "C", place: "x", result: "takes", loser: "A", why: "band" });
    expect(band.matches).toEqual({ A: "y", C: "x" });
  });
});

describe("drawLots", () => {
  it("gives everybody another number from 1 to 100", () => {
    const names = Array.from({ length: 60 }, (_, i) => `s${i}`);
    const lots = Object.values(drawLots(names));
    expect(new Set(lots).size).toBe(60);
    for (const lot of lots) expect(lot >= 1 && lot <= 100 && Number.isInteger(lot)).toBe(true);
  });
});
