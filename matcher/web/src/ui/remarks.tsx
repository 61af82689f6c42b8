// Questionable words, each with why and a better wording to take over. They are questions: whoever goes on all the same, may.
import type { ComponentChildren } from "preact";
import type { Remark } from "~gen/stagematch/v1/common_pb.ts";
import { language, tr } from "~/base/language.ts";
import { Alert, Button } from "./parts.tsx";

const fieldText = (field: string): string => {
  switch (field) {
    case "title":
      return tr("In de naam van de plek", "In the name of the place");
    case "description":
      return tr("In de omschrijving", "In the description");
    case "tags":
      return tr("In de kenmerken", "In the tags");
    case "hard_criteria":
      return tr("In wat moet", "In what is required");
    case "weighted_criteria":
      return tr("In wat meetelt", "In what counts");
    default:
      return tr("In je uitleg", "In your explanation");
  }
};

/** `isText`: the words stand in a text, where others can take their place; otherwise the whole thing goes. */
const isText = (remark: Remark): boolean => remark.field === "title" || remark.field === "description" || remark.field === "text";

export function Remarks({ remarks, quote, takeOver, lead }: { remarks: readonly Remark[]; quote: (remark: Remark) => string; takeOver: (remark: Remark) => void; lead: ComponentChildren }) {
  if (remarks.length === 0) return null;
  return (
    <Alert tone="warning" live>
      <div class="sm-stack">
        <p class="nl-paragraph">{lead}</p>
        <ul class="sm-cards">
          {remarks.map((remark) => {
            const words = quote(remark);
            const better = isText(remark) && remark.better !== "";
            return (
              <li key={`${remark.field}-${remark.index}-${remark.position}-${remark.code}`} class="sm-card sm-card--calm sm-stack">
                <p class="nl-paragraph">
                  {fieldText(remark.field)}: <strong>{words}</strong>
                </p>
                <p class="nl-paragraph">{language() === "nl" ? remark.whyNl : remark.whyEn}</p>
                {better && (
                  <p class="nl-paragraph">
                    {tr("Beter:", "Better:")} <em>{remark.better}</em>
                  </p>
                )}
                <div>
                  <Button
                    aria-label={better ? tr(`Neem over: ${remark.better}`, `Take over: ${remark.better}`) : tr(`Haal weg: ${words}`, `Leave out: ${words}`)}
                    onClick={() => takeOver(remark)}
                  >
                    {better ? tr("Neem over", "Take over") : tr("Haal weg", "Leave out")}
                  </Button>
                </div>
              </li>
            );
          })}
        </ul>
      </div>
    </Alert>
  );
}
