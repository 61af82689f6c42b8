// All places of a company, with what of each is taken and what waits.
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { count, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { placementWord } from "~/base/words.ts";
import { Badge, Button, Card, Details, Empty, P, Page, Shown } from "~/ui/parts.tsx";
import { ownPlacements, placeName } from "~/market/own.ts";
import { seatsText } from "~/market/seats.ts";

function PlaceCard({ place }: { place: Placement }) {
  const word = placementWord(place.state);
  return (
    <li>
      <Card>
        <div class="sm-card__head">
          <Link href={`/bedrijf/plekken/${place.placementId}`} class="nl-link sm-card__link">
            {placeName(place)}
          </Link>
          <Badge tone={word.tone}>{word.text}</Badge>
        </div>
        <P quiet>
          {period(place.startDate, place.endDate)} · {seatsText(place)}
        </P>
        {place.state === PlacementState.PUBLISHED && place.seatsSuspended > 0 && (
          <P>
            <Badge tone="warning">
              {count(place.seatsSuspended, tr("plaats staat stil", "seat is on hold"), tr("plaatsen staan stil", "seats are on hold"))}
            </Badge>
          </P>
        )}
      </Card>
    </li>
  );
}

const Cards = ({ places }: { places: readonly Placement[] }) => (
  <ul class="sm-cards">
    {places.map((place) => (
      <PlaceCard key={place.placementId} place={place} />
    ))}
  </ul>
);

const NewPlace = () => (
  <div>
    <Button kind="primary" onClick={() => go("/bedrijf/plekken/nieuw")}>
      {tr("Nieuwe plek", "New place")}
    </Button>
  </div>
);

export function PlacesPage() {
  const places = useLoad(ownPlacements, []);
  return (
    <Page title={tr("Plekken", "Places")}>
      <Shown of={places}>
        {(list) => {
          const sorted = [...list].sort((a, b) => placeName(a).localeCompare(placeName(b)) || a.startDate.localeCompare(b.startDate));
          const gone = sorted.filter((place) => place.state === PlacementState.WITHDRAWN);
          const here = sorted.filter((place) => place.state !== PlacementState.WITHDRAWN);
          return (
            <>
              {here.length > 0 ? (
                <>
                  <NewPlace />
                  <Cards places={here} />
                </>
              ) : (
                <Empty>
                  <P>{tr("Je hebt nog geen plek. Vul er een in; daarna zoekt de school een student die past.", "You have no place yet. Enter one; the school then looks for a student who fits.")}</P>
                  <NewPlace />
                </Empty>
              )}
              {gone.length > 0 && (
                <Details summary={tr(`Teruggetrokken (${gone.length})`, `Withdrawn (${gone.length})`)}>
                  <Cards places={gone} />
                </Details>
              )}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}
