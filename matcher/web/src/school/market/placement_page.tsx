// One place, as the school sees it: what it asks, where it stands, and what can be done with it on behalf of the company.
import { useState } from "preact/hooks";
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { criteriaOf } from "~/base/criteria.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Loaded, useAction, useLoad } from "~/base/load.ts";
import { refusalOf, Told } from "~/base/request.ts";
import { Link, type Params } from "~/base/router.tsx";
import { onePlacement, placeName } from "~/market/own.ts";
import { AskFirst } from "~/ui/ask.tsx";
import { PlaceCriteria, PlaceFacts, PlaceHead, PlaceTools } from "~/market/place_parts.tsx";
import { DraftRemarks } from "~/market/place_remarks.tsx";
import { CriteriaList } from "~/ui/criteria.tsx";
import { Alert, Button, P, Page, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { type GivenReason, ReasonDialog } from "../guidance/reason_dialog.tsx";
import { OnBehalf } from "./on_behalf.tsx";

const enteredByCompany = () =>
  new Told(
    "Deze plek heeft het bedrijf zelf ingevoerd. Alleen het bedrijf kan dit doen: bel het even.",
    "The company entered this place itself. Only the company can do this: call it.",
  );

/* The school's part in a place that the company entered is to read it; the service then knows of no such place of ours. */
export async function asSchool<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw refusalOf(error)?.code === "not_found" ? enteredByCompany() : error;
  }
}

function Facts({ place }: { place: Placement }) {
  return (
    <PlaceFacts
      place={place}
      own={false}
      first={[
        [tr("Bedrijf", "Company"), `${place.companyName} (${place.leerbedrijf}), KvK ${place.kvk}, ${place.postcode}`],
        [tr("Code van de plek", "Code of the place"), place.leerplaats],
      ]}
      last={[
        ...(place.tags.length ? [[tr("Trefwoorden", "Tags"), place.tags.join(", ")] as const] : []),
        ...(place.roundId ? [[tr("Ronde", "Round"), <Link href={`/school/rondes/${place.roundId}`}>{tr("Bekijk de ronde", "Look at the round")}</Link>] as const] : []),
      ]}
    />
  );
}

type PartProps = { place: Placement; changed: (place: Placement) => void };

function Publish({ place, changed }: PartProps) {
  const [asking, ask] = useState(false);
  const publish = useAction(async (requestId) => {
    const { placement } = await asSchool(api.placement.publishPlacement({ requestId, placementId: place.placementId, version: place.version }));
    if (placement) changed(placement);
    say(tr("De plek is bekendgemaakt.", "The place was published."));
  });
  return (
    <>
      <Alert>{tr("Deze plek is een concept en doet nog niet mee.", "This place is a draft and does not take part yet.")}</Alert>
      <DraftRemarks place={place} changed={changed} />
      <div>
        <Button kind="primary" onClick={() => ask(true)}>
          {tr("Maak de plek bekend", "Publish the place")}
        </Button>
      </div>
      <AskFirst open={asking} title={tr("Plek bekendmaken?", "Publish the place?")} close={() => ask(false)} action={publish} yes={tr("Ja, maak bekend", "Yes, publish")} no={tr("Nog niet", "Not yet")}>
        <OnBehalf company={place.companyName} />
        <P>{tr("Je verklaart dat dit de criteria van het bedrijf zijn. Kent het bedrijf ze?", "You state that these are the company's criteria. Does the company know them?")}</P>
        <CriteriaList criteria={criteriaOf(place)} />
      </AskFirst>
    </>
  );
}

function Reopen({ place, changed }: PartProps) {
  const [asking, ask] = useState(false);
  const paused = place.state === PlacementState.PAUSED;
  const reopen = useAction(async (requestId) => {
    const { placement } = await asSchool(api.placement.reopenPlacement({ requestId, placementId: place.placementId, version: place.version }));
    if (placement) changed(placement);
    say(tr("De plek is weer open.", "The place is open again."));
  });
  return (
    <Alert tone="warning">
      <div class="sm-stack">
        <P>
          {paused
            ? tr(
                "Deze plek is gepauzeerd. Twee keer kwam er geen antwoord, of een reden die niet op de lijst staat. Bel het bedrijf: wat is er aan de hand, en is de plek er nog?",
                "This place is paused. Twice there was no answer, or a reason that is not on the list. Call the company: what is the matter, and is the place still there?",
              )
            : tr(
                `${number(place.seatsSuspended)} van de plaatsen staat stil tot het bedrijf zegt dat er weer plek is. Heb je het bedrijf gesproken? Dan kun je de plek namens het bedrijf openen.`,
                `${number(place.seatsSuspended)} of the seats are on hold until the company says that there is room again. Have you spoken with the company? Then you can open the place on its behalf.`,
              )}
        </P>
        <div>
          <Button kind="primary" onClick={() => ask(true)}>
            {tr("Ik heb gebeld: open de plek weer", "I have called: open the place again")}
          </Button>
        </div>
        <AskFirst open={asking} title={tr("Plek weer openen?", "Open the place again?")} close={() => ask(false)} action={reopen} yes={tr("Ja, open weer", "Yes, open again")} no={tr("Nog niet", "Not yet")}>
          <OnBehalf company={place.companyName} />
          <P>{tr("Wie in de ronde nog vrij is, wordt opnieuw voor deze plek gezocht.", "Whoever is still free in the round is looked for again for this place.")}</P>
        </AskFirst>
      </div>
    </Alert>
  );
}

function Standing(props: PartProps) {
  const { place } = props;
  if (place.state === PlacementState.DRAFT) return <Publish {...props} />;
  if (place.state === PlacementState.WITHDRAWN) return <Alert>{tr("Deze plek is teruggetrokken. Bewerk hem en sla op: dan is hij weer een concept.", "This place was withdrawn. Edit and save it: then it is a draft again.")}</Alert>;
  if (place.state === PlacementState.PAUSED || place.seatsSuspended > 0) return <Reopen {...props} />;
  return null;
}

function Body({ of, place }: { of: Loaded<Placement>; place: Placement }) {
  const [withdrawing, withdraw] = useState(false);
  const path = `/school/plekken/${place.placementId}`;
  const remove = useAction(async (requestId, { reason, text }: GivenReason) => {
    const { placement } = await asSchool(api.placement.withdrawPlacement({ requestId, placementId: place.placementId, version: place.version, reason, text }));
    if (placement) of.set(placement);
    withdraw(false);
    say(tr("De plek is teruggetrokken.", "The place was withdrawn."));
  });
  return (
    <>
      <PlaceHead place={place} />
      <Standing place={place} changed={of.set} />
      <Facts place={place} />
      <PlaceCriteria place={place} />
      <PlaceTools place={place} title={tr("Namens het bedrijf", "On behalf of the company")} edit={[`${path}/bewerken`, tr("Bewerken", "Edit")]} copy={`${path}/kopie`} withdraw={() => withdraw(true)} />
      <ReasonDialog open={withdrawing} close={() => withdraw(false)} title={tr("Deze plek terugtrekken?", "Withdraw this place?")} event="withdrawn_place" button={tr("Trek terug", "Withdraw")} action={remove}>
        <OnBehalf company={place.companyName} />
        <P>{tr("Voorstellen voor deze plek die nog niet geplaatst zijn, vervallen. Wie geplaatst is, blijft geplaatst.", "Proposals for this place that are not placed yet end. Whoever is placed stays placed.")}</P>
      </ReasonDialog>
    </>
  );
}

export function PlacementPage({ params }: { params: Params }) {
  const id = params.id ?? "";
  const place = useLoad((signal) => onePlacement(id, signal), [id]);
  return (
    <Page title={placeName(place.data) || tr("Plek", "Place")} lead={place.data?.companyName} back={<Link href="/school/plekken">{tr("Plekken", "Places")}</Link>}>
      <Shown of={place}>{(found) => <Body of={place} place={found} />}</Shown>
    </Page>
  );
}
