// One place: what it is, where it stands, and what can be done with it.
import { useState } from "preact/hooks";
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { criteriaOf } from "~/base/criteria.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Loaded, useAction, useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { WhyCriteriaFirst } from "~/ui/criteria.tsx";
import { orShowNow } from "~/ui/overtaken.ts";
import { Alert, Button, Outcome, P, Page, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { onePlacement, placeName } from "~/market/own.ts";
import { DraftRemarks } from "~/market/place_remarks.tsx";
import { PublishDialog } from "~/market/publish.tsx";
import { PlaceCriteria, PlaceFacts, PlaceHead, PlaceTools } from "~/market/place_parts.tsx";
import { WithdrawDialog } from "./withdraw.tsx";

type Changes = { place: Placement; changed: (place: Placement) => void; reload: () => void };

function Publish({ place, changed, reload }: Changes) {
  const [asking, ask] = useState(false);
  const publish = useAction(async (requestId) => {
    const { placement } = await orShowNow(api.placement.publishPlacement({ requestId, placementId: place.placementId, version: place.version }), reload);
    if (placement) changed(placement);
    say(tr("Je plek is bekendgemaakt.", "Your place was published."));
  });
  return (
    <>
      <Alert>{tr("Deze plek is een concept en doet nog niet mee. Klopt alles? Maak hem dan bekend.", "This place is a draft and does not take part yet. Is everything right? Then publish it.")}</Alert>
      <DraftRemarks place={place} changed={changed} />
      <div class="sm-row">
        <Button kind="primary" onClick={() => ask(true)}>
          {tr("Bekendmaken", "Publish")}
        </Button>
      </div>
      <PublishDialog open={asking} criteria={criteriaOf(place)} close={() => ask(false)} action={publish} publish={() => void publish.run().then((done) => done && ask(false))} />
    </>
  );
}

function Reopen({ place, changed, reload }: Changes) {
  const reopen = useAction(async (requestId) => {
    const { placement } = await orShowNow(api.placement.reopenPlacement({ requestId, placementId: place.placementId, version: place.version }), reload);
    if (placement) changed(placement);
    say(tr("De plek is weer open.", "The place is open again."));
  });
  return (
    <Alert tone="warning">
      <div class="sm-stack">
        <P>
          {tr(
            `${count(place.seatsSuspended, "plaats staat", "plaatsen staan")} stil. Daar komt geen kandidaat voor, tot je zegt dat er weer plek is. Daarna zoekt de school opnieuw.`,
            `${count(place.seatsSuspended, "seat is", "seats are")} on hold. No candidate comes for it until you say that there is room again. The school then looks once more.`,
          )}
        </P>
        <Outcome of={reopen} />
        <div>
          <Button kind="primary" busy={reopen.busy} onClick={() => void reopen.run()}>
            {tr("Er is weer plek", "There is room again")}
          </Button>
        </div>
      </div>
    </Alert>
  );
}

function State({ place, changed, reload }: Changes) {
  if (place.state === PlacementState.DRAFT) return <Publish place={place} changed={changed} reload={reload} />;
  if (place.state === PlacementState.PAUSED)
    return (
      <Alert tone="warning">
        {tr(
          "Deze plek staat op pauze. Er kwam twee keer geen antwoord, of twee keer een reden die niet op de lijst staat. De school belt je en opent de plek weer.",
          "This place is paused. Twice there was no answer, or twice a reason that is not on the list. The school calls you and opens the place again.",
        )}
      </Alert>
    );
  if (place.state === PlacementState.WITHDRAWN)
    return <Alert>{tr("Deze plek is teruggetrokken. Wijzig hem en sla hem op: dan is hij weer een concept.", "This place was withdrawn. Change and save it: then it is a draft again.")}</Alert>;
  return place.seatsSuspended > 0 ? <Reopen place={place} changed={changed} reload={reload} /> : null;
}

function Shows({ of, place }: { of: Loaded<Placement>; place: Placement }) {
  const [withdrawing, withdraw] = useState(false);
  const path = `/bedrijf/plekken/${place.placementId}`;
  return (
    <>
      <PlaceHead place={place} />
      <State place={place} changed={of.set} reload={of.reload} />
      <PlaceCriteria place={place}>
        <WhyCriteriaFirst />
      </PlaceCriteria>
      <PlaceFacts place={place} own last={[[tr("Bedrijf", "Company"), `${place.companyName}, ${place.postcode}`]]} />
      <PlaceTools place={place} title={tr("Wat wil je doen?", "What do you want to do?")} edit={[`${path}/wijzigen`, tr("Wijzigen", "Change")]} copy={`${path}/kopie`} withdraw={() => withdraw(true)} />
      <WithdrawDialog open={withdrawing} place={place} close={() => withdraw(false)} changed={of.set} reload={of.reload} />
    </>
  );
}

export function PlacePage({ params }: { params: Params }) {
  const id = params.place ?? "";
  const place = useLoad((signal) => onePlacement(id, signal), [id]);
  return (
    <Page title={place.data ? placeName(place.data) : tr("Plek", "Place")} back={<Link href="/bedrijf/plekken">{tr("‹ Plekken", "‹ Places")}</Link>}>
      <Shown of={place}>{(found) => <Shows of={place} place={found} />}</Shown>
    </Page>
  );
}
