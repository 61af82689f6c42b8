// What each requirement cost in the round: how many more students could have come without it.
import { api } from "~/base/api.ts";
import { skillText, useCatalog } from "~/base/catalog.ts";
import { levelText } from "~/base/criteria.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { refusalOf } from "~/base/request.ts";
import type { ExplainPlacementResponse } from "~gen/stagematch/v1/placement_pb.ts";
import { Details, P, Shown, Table } from "~/ui/parts.tsx";

const few = (count: number, isFew: boolean) => (isFew ? tr("minder dan 5", "fewer than 5") : number(count));

/* While there is no round to tell of, there is nothing to say, and nothing went wrong. */
async function load(placementId: string, signal: AbortSignal): Promise<ExplainPlacementResponse | null> {
  try {
    return await api.placement.explainPlacement({ placementId }, { signal });
  } catch (error) {
    const code = refusalOf(error)?.code;
    if (code === "not_explained" || code === "contact_not_checked") return null;
    throw error;
  }
}

function Costs({ of }: { of: ExplainPlacementResponse }) {
  const catalog = useCatalog();
  return (
    <Details summary={tr("Wat doen deze eisen?", "What do these requirements do?")}>
      <P>
        {tr("In de laatste ronde pasten zoveel studenten bij deze plek: ", "In the last round so many students fitted this place: ")}
        <strong>{few(of.eligibleStudents, of.eligibleFew)}</strong>.{" "}
        {tr("Hieronder zie je hoeveel er meer zouden passen zonder één eis. Kun je iets ook hier leren? Dan hoeft het geen eis te zijn.", "Below you see how many more would fit without one requirement. Can it be learned here as well? Then it need not be required.")}
      </P>
      <Table
        caption={tr("Extra studenten zonder een eis", "More students without one requirement")}
        columns={[
          { name: tr("Zonder", "Without"), cell: (cost) => `${skillText(catalog.data, cost.skill)}, ${levelText(cost.level)}` },
          { name: tr("Studenten erbij", "More students"), number: true, cell: (cost) => few(cost.moreStudents, cost.few) },
        ]}
        rows={of.criteria}
        rowKey={(cost) => cost.skill}
      />
      {of.partial && <P quiet>{tr("Geteld in een deel van de studenten, door loting gekozen.", "Counted in a part of the students, drawn at random.")}</P>}
    </Details>
  );
}

export function CriteriaCosts({ placementId }: { placementId: string }) {
  const costs = useLoad((signal) => load(placementId, signal), [placementId]);
  return <Shown of={costs}>{(found) => found && <Costs of={found} />}</Shown>;
}
