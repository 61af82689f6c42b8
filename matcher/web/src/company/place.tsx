// One place: what it is, where it stands, and what can be done with it.
import { useState } from "preact/hooks";
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { criteriaOf } from "~/base/criteria.ts";
import { count, euros, number, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Loaded, useAction, useLoad } from "~/base/load.ts";
import { go, Link, type Params } from "~/base/router.tsx";
import { daysText, leerwegText, placementWord } from "~/base/words.ts";
import { CriteriaList, WhyCriteriaFirst } from "~/ui/criteria.tsx";
import { Alert, Badge, Button, DataList, Outcome, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { CriteriaCosts } from "./costs.tsx";
import { onePlacement, orShowNow, placeName } from "./own.ts";
import { PublishDialog } from "./publish.tsx";
import { freeSeats, seatsText } from "./seats.ts";
import { WithdrawDialog } from "./withdraw.tsx";

function Facts({ place }: { place: Placement }) {
  const catalog = useCatalog();
  return (
    <DataList
      items={[
        [tr("Opleiding", "Programme"), place.qualifications.map((code) => qualificationText(catalog.data, code)).join(", ")],
        [tr("Leerweg", "Way of learning"), leerwegText(place.leerweg)],
        [tr("Periode", "Period"), period(place.startDate, place.endDate)],
        [tr("Uren en dagen", "Hours and days"), `${place.hoursPerWeek} ${tr("uur per week", "hours a week")}, ${daysText(place.days, tr("dagen in overleg", "days to be agreed"))}`],
        [tr("Plaatsen", "Seats"), seatsLine(place)],
        ...(place.allowanceCents ? [[tr("Vergoeding", "Allowance"), `${euros(place.allowanceCents)} ${tr("per maand", "a month")}`] as const] : []),
        [tr("Bedrijf", "Company"), `${place.companyName}, ${place.postcode}`],
        ...(place.description ? [[tr("Omschrijving", "Description"), place.description] as const] : []),
      ]}
    />
  );
}

function seatsLine(place: Placement): string {
  const parts = [seatsText(place)];
  if (place.seatsSuspended > 0) parts.push(tr(`${number(place.seatsSuspended)} staat stil`, `${number(place.seatsSuspended)} on hold`));
  if (place.state === PlacementState.PUBLISHED) parts.push(tr(`${number(freeSeats(place))} vrij`, `${number(freeSeats(place))} free`));
  return parts.join(", ");
}

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
  const word = placementWord(place.state);
  const path = `/bedrijf/plekken/${place.placementId}`;
  return (
    <>
      <div class="sm-row">
        <Badge tone={word.tone}>{word.text}</Badge>
        {place.state !== PlacementState.DRAFT && <span class="sm-quiet">{tr(`criteria versie ${place.criteriaVersion}`, `criteria version ${place.criteriaVersion}`)}</span>}
      </div>
      <State place={place} changed={of.set} reload={of.reload} />
      <Section title={tr("Criteria", "Criteria")}>
        <CriteriaList criteria={place} />
        <WhyCriteriaFirst />
        {place.state === PlacementState.PUBLISHED && place.roundId && place.hardCriteria.length > 0 && <CriteriaCosts placementId={place.placementId} />}
      </Section>
      <Section title={tr("De plek", "The place")}>
        <Facts place={place} />
      </Section>
      <Section title={tr("Wat wil je doen?", "What do you want to do?")}>
        <div class="sm-row">
          <Button onClick={() => go(`${path}/wijzigen`)}>{tr("Wijzigen", "Change")}</Button>
          <Button onClick={() => go(`${path}/kopie`)}>{tr("Kopiëren", "Copy")}</Button>
          {place.state !== PlacementState.WITHDRAWN && (
            <Button danger onClick={() => withdraw(true)}>
              {tr("Terugtrekken", "Withdraw")}
            </Button>
          )}
        </div>
      </Section>
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
