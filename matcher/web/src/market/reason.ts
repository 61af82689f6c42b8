// Reasons that a company gives: which fit, what is missing, and what each means for the seat.
import type { Reason } from "~gen/stagematch/v1/operation_pb.ts";
import type { CandidateView } from "~gen/stagematch/v1/proposal_pb.ts";
import { tr } from "~/base/language.ts";

export type Given = { reason: string; criterion: string; text: string };
export const noReason: Given = { reason: "", criterion: "", text: "" };
export const textMax = 2000;

export const isOther = (reason: Reason): boolean => reason.reasonClass === "other";

/* The doubt about a level that the school recorded: about any declared criterion, whatever the candidate's level. */
const contested = "niveau-betwist";

/** The criteria on which this reason may rest for this candidate. */
export function criteriaFor(reason: Reason, view: CandidateView): string[] {
  if (!reason.needsCriterion) return [];
  if (reason.reasonClass === "criterion" && reason.code !== contested) return [...view.objectionableCriteria];
  const all = [...view.hardCriteria, ...view.weightedCriteria].map((criterion) => criterion.skill);
  return [...new Set(all)];
}

/** Those that can be given for this candidate: one that needs a criterion needs one that it may rest on. */
export function fitting(reasons: readonly Reason[], view: CandidateView): Reason[] {
  return reasons.filter((reason) => !reason.needsCriterion || criteriaFor(reason, view).length > 0);
}

export type Missing = { reason?: string; criterion?: string; text?: string };

export function missing(given: Given, reason: Reason | undefined): Missing | undefined {
  if (!reason) return { reason: tr("Kies een reden.", "Choose a reason.") };
  if (reason.needsCriterion && !given.criterion) return { criterion: tr("Kies een criterium.", "Choose a criterion.") };
  if (isOther(reason) && given.text.trim() === "") return { text: tr("Leg kort uit waarom.", "Explain briefly why.") };
  return undefined;
}

/** What is sent: a criterion or a text only where the reason takes one. */
export const sentOf = (given: Given, reason: Reason): Given => ({
  reason: reason.code,
  criterion: reason.needsCriterion ? given.criterion : "",
  text: isOther(reason) ? given.text.trim() : "",
});

/** What an objection with this reason does. */
export function objectionMeans(reason: Reason): string {
  if (isOther(reason))
    return tr(
      "Iemand van de school leest je uitleg. De plaats komt weer vrij voor een volgende kandidaat. Na twee keer ‘anders’ pauzeert de plek en belt de school.",
      "Somebody of the school reads your explanation. The seat is free again for a next candidate. After “other” twice the place pauses and the school calls.",
    );
  if (reason.reasonClass === "place")
    return tr("De reden gaat over de plek. De plaats staat stil tot jij zegt dat er weer plek is.", "The reason is about the place. The seat is on hold until you say that there is room again.");
  if (reason.code === contested)
    return tr("De school kijkt of het niveau klopt. De plaats komt weer vrij voor een volgende kandidaat.", "The school checks whether the level is right. The seat is free again for a next candidate.");
  return tr("De plaats komt weer vrij voor een volgende kandidaat.", "The seat is free again for a next candidate.");
}

/** What it does that a student does not come after release. */
export const dropMeans = (): string =>
  tr(
    "Iemand van de school kijkt ernaar en kan je bellen. Tot dan blijft de plaats bezet. Je ziet de gegevens van de student niet meer.",
    "Somebody of the school looks at it and may call you. Until then the seat stays taken. You no longer see the student's details.",
  );
