// Taking over a better wording.
import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { RemarkSchema } from "~gen/stagematch/v1/common_pb.ts";
import { emptyDraft } from "~/market/place_draft.ts";
import { quoted, replaced, takenOver, textOf } from "~/market/remarks.ts";

const remark = (fields: { field?: string; index?: number; position?: number; length?: number; better?: string }) => create(RemarkSchema, { field: "description", ...fields });

test("a better wording comes in the place of the words, counted in characters", () => {
  const text = "👋 Je past in het team.";
  const found = remark({ position: 5, length: 16, better: "werkt samen" });
  expect(quoted(text, found)).toBe("past in het team");
  expect(replaced(text, found)).toBe("👋 Je werkt samen.");
});

test("without a better wording the words go, and no double blank stays", () => {
  expect(replaced("Vrolijk, jong en eerlijk", remark({ position: 9, length: 4 }))).toBe("Vrolijk, en eerlijk");
  expect(replaced("m/v gezocht", remark({ position: 0, length: 3 }))).toBe("gezocht");
  expect(replaced("Kok m/v.", remark({ position: 4, length: 3 }))).toBe("Kok.");
});

test("of a criterion or a tag the whole goes", () => {
  const hardCriteria = [
    { skill: "x", level: 1 },
    { skill: "accentloos", level: 2 },
  ];
  const draft = { ...emptyDraft("1"), tags: ["a", "jong"], criteria: { hardCriteria, weightedCriteria: [] } };
  expect(takenOver(draft, remark({ field: "tags", index: 1 }))).toEqual({ tags: ["a"] });
  expect(textOf(draft, remark({ field: "hard_criteria", index: 1 }))).toBe("accentloos");
  expect(takenOver(draft, remark({ field: "hard_criteria", index: 1 })).criteria?.hardCriteria).toEqual([{ skill: "x", level: 1 }]);
  expect(takenOver(draft, remark({ field: "other" }))).toEqual({});
});
