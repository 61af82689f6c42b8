// The pages on which a place is made, changed or copied.
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { Page, Shown } from "~/ui/parts.tsx";
import { onePlacement, ownPlacements } from "~/market/own.ts";
import { copyOf, draftOf, emptyDraft } from "~/market/place_draft.ts";
import { PlaceForm } from "~/market/place_form.tsx";

function useScope(): readonly string[] {
  const state = useSession();
  return state.kind === "signed-in" || state.kind === "over" ? state.session.scope : [];
}

const toPlaces = () => <Link href="/bedrijf/plekken">{tr("‹ Plekken", "‹ Places")}</Link>;
const toPlace = (place: string) => <Link href={`/bedrijf/plekken/${place}`}>{tr("‹ Deze plek", "‹ This place")}</Link>;

export function NewPlacePage() {
  const scope = useScope();
  const places = useLoad(ownPlacements, []);
  const latest = (list: Placement[]) => list.find((place) => scope.includes(place.leerbedrijf));
  return (
    <Page title={tr("Nieuwe plek", "New place")} back={toPlaces()}>
      <Shown of={places}>
        {(list) => <PlaceForm start={emptyDraft(scope[0] ?? "", latest(list))} scope={scope} knowsCompany={latest(list) !== undefined} />}
      </Shown>
    </Page>
  );
}

export function CopyPlacePage({ params }: { params: Params }) {
  const id = params.place ?? "";
  const scope = useScope();
  const place = useLoad((signal) => onePlacement(id, signal), [id]);
  return (
    <Page title={tr("Plek kopiëren", "Copy a place")} lead={tr("Alles is al ingevuld. Verander wat anders is.", "Everything is filled in already. Change what differs.")} back={toPlace(id)}>
      <Shown of={place}>{(found) => <PlaceForm start={copyOf(found)} scope={scope} knowsCompany />}</Shown>
    </Page>
  );
}

export function ChangePlacePage({ params }: { params: Params }) {
  const id = params.place ?? "";
  const scope = useScope();
  const place = useLoad((signal) => onePlacement(id, signal), [id]);
  return (
    <Page title={tr("Plek wijzigen", "Change a place")} back={toPlace(id)}>
      <Shown of={place}>{(found) => <PlaceForm start={draftOf(found)} scope={scope} changes={found} knowsCompany />}</Shown>
    </Page>
  );
}
