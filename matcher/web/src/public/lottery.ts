// A match small enough to follow by eye: students propose, places hold whom they rank best, one lottery orders equals.

export type Student = { name: string; wishes: readonly string[]; bands: Readonly<Record<string, number>> };
export type Place = { name: string; seats: number };
export type Step = { student: string; place: string; result: "held" | "refused" | "takes"; loser?: string; why?: "band" | "lottery" };
export type Outcome = { matches: Record<string, string | null>; steps: Step[] };

/** Deferred acceptance. `lots`: the student's one number for all places; a higher band goes first, then a higher lot. */
export function match(students: readonly Student[], places: readonly Place[], lots: Readonly<Record<string, number>>): Outcome {
  const held = new Map(places.map((place) => [place.name, [] as Student[]]));
  const seats = new Map(places.map((place) => [place.name, place.seats]));
  const next = new Map<string, number>();
  const free = [...students];
  const steps: Step[] = [];
  const matches: Record<string, string | null> = Object.fromEntries(students.map(({ name }) => [name, null]));
  for (let student = free.shift(); student; student = free.shift()) {
    const turn = next.get(student.name) ?? 0;
    const place = student.wishes[turn];
    if (place === undefined) continue;
    next.set(student.name, turn + 1);
    const band = (of: Student) => of.bands[place] ?? 0;
    const lot = (of: Student) => lots[of.name] ?? 0;
    const there = held.get(place) ?? [];
    there.push(student);
    there.sort((a, b) => band(b) - band(a) || lot(b) - lot(a));
    const loser = there.length > (seats.get(place) ?? 0) ? there.pop() : undefined;
    if (!loser) steps.push({ student: student.name, place, result: "held" });
    else {
      const rival = loser === student ? there[there.length - 1] : student;
      const why = rival && band(rival) !== band(loser) ? "band" : "lottery";
      steps.push({ student: student.name, place, result: loser === student ? "refused" : "takes", loser: loser.name, why });
      free.unshift(loser);
    }
    held.set(place, there);
  }
  for (const [place, there] of held) for (const { name } of there) matches[name] = place;
  return { matches, steps };
}

/** Whole numbers 1 to 100, all different, from the browser's source of chance. */
export function drawLots(names: readonly string[]): Record<string, number> {
  const lots: Record<string, number> = {};
  const given = new Set<number>();
  for (const name of names) {
    let lot: number;
    do lot = 1 + Math.floor((crypto.getRandomValues(new Uint32Array(1))[0]! / 2 ** 32) * 100);
    while (given.has(lot));
    given.add(lot);
    lots[name] = lot;
  }
  return lots;
}
