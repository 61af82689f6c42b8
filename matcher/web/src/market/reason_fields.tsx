// A reason out of the closed list: only those that fit, the criterion it rests on, and a text only where the reason needs one.
import type { Reason } from "~gen/stagematch/v1/operation_pb.ts";
import { reasonText, skillText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { RadioGroup, SelectField, TextArea } from "~/ui/fields.tsx";
import { type Given, isOther, textMax } from "./reason.ts";

export function ReasonFields({
  label,
  reasons,
  given,
  onGiven,
  criteriaFor,
  problem,
}: {
  label: string;
  reasons: readonly Reason[];
  given: Given;
  onGiven: (given: Given) => void;
  /** The criteria on which a reason may rest. */
  criteriaFor?: (reason: Reason) => readonly string[];
  problem?: { reason?: string; criterion?: string; text?: string };
}) {
  const catalog = useCatalog();
  const reason = reasons.find((known) => known.code === given.reason);
  const criteria = reason?.needsCriterion ? (criteriaFor?.(reason) ?? []) : [];
  return (
    <>
      <RadioGroup
        label={label}
        error={problem?.reason}
        value={given.reason}
        choices={reasons.map((known) => ({ value: known.code, label: reasonText(known) }))}
        onValue={(code) => onGiven({ ...given, reason: code, criterion: "" })}
      />
      {reason?.needsCriterion && (
        <SelectField
          label={tr("Om welk criterium gaat het?", "Which criterion is it about?")}
          error={problem?.criterion}
          value={given.criterion}
          choices={[{ value: "", label: tr("Kies een criterium", "Choose a criterion") }, ...criteria.map((skill) => ({ value: skill, label: skillText(catalog.data, skill) }))]}
          onValue={(criterion) => onGiven({ ...given, criterion })}
        />
      )}
      {reason && isOther(reason) && (
        <TextArea
          label={tr("Leg uit waarom", "Explain why")}
          help={tr("Iemand van de school leest dit. Schrijf geen namen of gezondheid op.", "Somebody of the school reads this. Write no names and nothing about health.")}
          error={problem?.text}
          maxLength={textMax}
          value={given.text}
          onValue={(text) => onGiven({ ...given, text })}
        />
      )}
    </>
  );
}
