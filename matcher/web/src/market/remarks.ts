// Questionable words in what a company writes: what the text is with a better wording taken over.
import type { Remark } from "~gen/stagematch/v1/common_pb.ts";
import type { Draft } from "./place_draft.ts";

/** The words that the remark is about. */
export const quoted = (text: string, remark: Remark): string =>
  Array.from(text)
    .slice(remark.position, remark.position + remark.length)
    .join("");

/** The text with the better wording in their place; without them where there is none. */
export function replaced(text: string, remark: Remark): string {
  const characters = Array.from(text);
  const before = characters.slice(0, remark.position).join("");
  const after = characters.slice(remark.position + remark.length).join("");
  if (remark.better !== "") return before + remark.better + after;
  return `${before} ${after}`.replace(/\s+/g, " ").replace(/ ([.,;:!?])/g, "$1").trim();
}

const without = <T,>(items: readonly T[], at: number): T[] => items.filter((_, i) => i !== at);

/** What a remark is about, in the draft of a place. */
export function textOf(draft: Draft, remark: Remark): string {
  switch (remark.field) {
    case "title":
      return draft.title.trim();
    case "description":
      return draft.description.trim();
    case "tags":
      return draft.tags[remark.index] ?? "";
    case "hard_criteria":
      return draft.criteria.hardCriteria[remark.index]?.skill ?? "";
    case "weighted_criteria":
      return draft.criteria.weightedCriteria[remark.index]?.skill ?? "";
    default:
      return "";
  }
}

/** What changes in the draft when the better wording is taken over; a criterion or a tag goes. */
export function takenOver(draft: Draft, remark: Remark): Partial<Draft> {
  switch (remark.field) {
    case "title":
      return { title: replaced(draft.title.trim(), remark) };
    case "description":
      return { description: replaced(draft.description.trim(), remark) };
    case "tags":
      return { tags: without(draft.tags, remark.index) };
    case "hard_criteria":
      return { criteria: { ...draft.criteria, hardCriteria: without(draft.criteria.hardCriteria, remark.index) } };
    case "weighted_criteria":
      return { criteria: { ...draft.criteria, weightedCriteria: without(draft.criteria.weightedCriteria, remark.index) } };
    default:
      return {};
  }
}
