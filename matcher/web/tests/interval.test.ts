import { expect, test } from "vitest";
import { exactInterval } from "~/review/interval.ts";

// R: binom.test(events, trials)$conf.int
test.each([
  [0, 10, 0, 0.3084971],
  [10, 10, 0.6915029, 1],
  [3, 10, 0.06673951, 0.6524529],
  [40, 100, 0.3032948, 0.5027908],
])("%i of %i", (events, trials, low, high) => {
  const found = exactInterval(events, trials);
  expect(found[0]).toBeCloseTo(low, 6);
  expect(found[1]).toBeCloseTo(high, 6);
});

test("without a trial it may be anything", () => expect(exactInterval(0, 0)).toEqual([0, 1]));

test("more confidence is a wider interval", () => {
  const [low, high] = exactInterval(5, 20, 0.99);
  expect(low).toBeLessThan(exactInterval(5, 20)[0]);
  expect(high).toBeGreaterThan(exactInterval(5, 20)[1]);
});
