// Questionable words in what a place says: asked of the service at every change, with a better wording to take over.
import { useMemo } from "preact/hooks";
import type { Remark } from "~gen/stagematch/v1/common_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { skillText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Outcome } from "~/ui/parts.tsx";
import { Remarks } from "~/ui/remarks.tsx";
import { say } from "~/ui/toast.tsx";
import { type Draft, draftOf, placementOf } from "./place_draft.ts";
import { quoted, takenOver, textOf } from "./remarks.ts";

/* Where the service cannot be asked there are none: they hold nobody up. What was said of an earlier text is not shown for this one. */
export function PlaceRemarks({ draft, set }: { draft: Draft; set: (change: Partial<Draft>) => void }) {
  const catalog = useCatalog();
  const checked = useLoad((signal) => api.wording.checkPlacementText({ placement: placementOf(draft) }, { signal }), [draft]);
  const quote = (remark: Remark) => {
    const text = textOf(draft, remark);
    return remark.length > 0 ? quoted(text, remark) : skillText(catalog.data, text);
  };
  return (
    <Remarks
      remarks={checked.loading ? [] : (checked.data?.remarks ?? [])}
      quote={quote}
      takeOver={(remark) => set(takenOver(draft, remark))}
      lead={tr(
        "Hier staat iets wat niet gaat over wat een student kan. Wil je het anders zeggen? Maak je het zo bekend, dan wordt dat vastgelegd.",
        "Something here is not about what a student can do. Do you want to say it differently? If you publish it like this, that is recorded.",
      )}
    />
  );
}

/** Of a place that was handed in and is not published: what is taken over is saved at once. */
export function DraftRemarks({ place, changed }: { place: Placement; changed: (place: Placement) => void }) {
  const draft = useMemo(() => draftOf(place), [place]);
  const take = useAction(async (requestId, change: Partial<Draft>) => {
    const { placement } = await api.placement.submitPlacement({ requestId, placement: placementOf({ ...draft, ...change }), version: place.version });
    if (placement) changed(placement);
    say(tr("De plek is veranderd.", "The place was changed."));
  });
  return (
    <>
      <PlaceRemarks draft={draft} set={(change) => void take.run(change)} />
      <Outcome of={take} />
    </>
  );
}
