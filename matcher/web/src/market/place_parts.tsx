// The parts of a page of one place: as the company sees its own, and as a school sees it that may act for the company.
import type { ComponentChildren } from "preact";
import { type Placement, PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { qualificationText, schoolText, useCatalog } from "~/base/catalog.ts";
import { criteriaOf } from "~/base/criteria.ts";
import { euros, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { go } from "~/base/router.tsx";
import { daysText, leerwegText, placementWord } from "~/base/words.ts";
import { CriteriaList } from "~/ui/criteria.tsx";
import { Badge, Button, DataList, Section } from "~/ui/parts.tsx";
import { CriteriaCosts } from "./costs.tsx";
import { seatsLine } from "./seats.ts";

/** Where it stands. */
export function PlaceHead({ place }: { place: Placement }) {
  const word = placementWord(place.state);
  return (
    <div class="sm-row">
      <Badge tone={word.tone}>{word.text}</Badge>
      {place.state !== PlacementState.DRAFT && <span class="sm-quiet">{tr(`criteria versie ${place.criteriaVersion}`, `criteria version ${place.criteriaVersion}`)}</span>}
    </div>
  );
}

type Fact = readonly [string, ComponentChildren];

/** `first` and `last`: what else this reader is told. `own`: it is the reader's company. */
export function PlaceFacts({ place, own, first = [], last = [] }: { place: Placement; own: boolean; first?: readonly Fact[]; last?: readonly Fact[] }) {
  const catalog = useCatalog().data;
  const { qualifications, enteredBySchool } = place;
  const school = schoolText(catalog, enteredBySchool);
  const by = enteredBySchool
    ? own
      ? tr(`${school}, namens je bedrijf`, `${school}, on behalf of your company`)
      : tr(`${school}, namens het bedrijf`, `${school}, on behalf of the company`)
    : own
      ? tr("je bedrijf", "your company")
      : tr("het bedrijf zelf", "the company itself");
  return (
    <Section title={tr("De plek", "The place")}>
      <DataList
        items={[
          ...first,
          [qualifications.length === 1 ? tr("Opleiding", "Programme") : tr("Opleidingen", "Programmes"), qualifications.map((code) => qualificationText(catalog, code)).join(", ")],
          [tr("Leerweg", "Way of learning"), leerwegText(place.leerweg)],
          [tr("Periode", "Period"), period(place.startDate, place.endDate)],
          [tr("Uren en dagen", "Hours and days"), `${place.hoursPerWeek} ${tr("uur per week", "hours a week")}, ${daysText(place.days, tr("dagen in overleg", "days to be agreed"))}`],
          [tr("Plaatsen", "Seats"), seatsLine(place)],
          ...(place.allowanceCents ? [[tr("Vergoeding", "Allowance"), `${euros(place.allowanceCents)} ${tr("per maand", "a month")}`] as const] : []),
          [tr("Ingevoerd door", "Entered by"), by],
          ...(place.description ? [[tr("Omschrijving", "Description"), place.description] as const] : []),
          ...last,
        ]}
      />
    </Section>
  );
}

/** What it asks, and what that cost once a round was published. */
export function PlaceCriteria({ place, children }: { place: Placement; children?: ComponentChildren }) {
  return (
    <Section title={tr("Criteria", "Criteria")}>
      <CriteriaList criteria={criteriaOf(place)} />
      {children}
      {place.state === PlacementState.PUBLISHED && place.roundId && place.hardCriteria.length > 0 && <CriteriaCosts placementId={place.placementId} />}
    </Section>
  );
}

/** What can be done with it in any state. `edit`: [path, name of the button]. */
export function PlaceTools({ place, title, edit, copy, withdraw }: { place: Placement; title: string; edit: readonly [path: string, text: string]; copy: string; withdraw: () => void }) {
  return (
    <Section title={title}>
      <div class="sm-row">
        <Button onClick={() => go(edit[0])}>{edit[1]}</Button>
        <Button onClick={() => go(copy)}>{tr("Kopiëren", "Copy")}</Button>
        {place.state !== PlacementState.WITHDRAWN && (
          <Button danger onClick={withdraw}>
            {tr("Terugtrekken", "Withdraw")}
          </Button>
        )}
      </div>
    </Section>
  );
}
