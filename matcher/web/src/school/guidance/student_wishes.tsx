// Preferences and exclusions, which a coördinator may set for a student who asks.
import { useState } from "preact/hooks";
import { type Offer, type PlaceName, type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { useUnsaved } from "~/base/router.tsx";
import { SelectField, TextField } from "~/ui/fields.tsx";
import { Button, Outcome, P, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { plain } from "./student_rows.ts";

type Known = { offers: readonly Offer[]; names: readonly PlaceName[] };
type Props = { stagevraag: Stagevraag; changed: (stagevraag: Stagevraag) => void };

export function Wishes({ stagevraag, changed }: Props) {
  const [editing, setEditing] = useState(false);
  const preferred = stagevraag.profile?.preferred ?? [];
  const excluded = stagevraag.profile?.excluded ?? [];
  const may = [StagevraagState.FREE, StagevraagState.PROPOSED].includes(stagevraag.state);
  const wanted = editing || preferred.length + excluded.length > 0;
  const offers = useLoad(
    async (signal): Promise<Known> => (wanted ? await api.student.listOffers({ stagevraagId: stagevraag.stagevraagId, pageSize: 1000 }, { signal }) : { offers: [], names: [] }),
    [stagevraag.stagevraagId, stagevraag.version, wanted],
  );
  const name = labelOf(offers.data);
  if (editing)
    return (
      <Section title={tr("Wensen", "Preferences")}>
        <Shown of={offers}>
          {(known) => (
            <Lists
              stagevraag={stagevraag}
              known={known}
              changed={(next) => {
                setEditing(false);
                changed(next);
              }}
              cancel={() => setEditing(false)}
            />
          )}
        </Shown>
      </Section>
    );
  return (
    <Section title={tr("Wensen", "Preferences")}>
      <P>{preferred.length > 0 ? tr(`De student koos ${count(preferred.length, "plek", "plekken")}, de beste eerst:`, `The student chose ${count(preferred.length, "place", "places")}, best first:`) : tr("De student koos nog geen plekken. Dan tellen interesses en afstand.", "The student chose no places yet. Then interests and distance count.")}</P>
      {preferred.length > 0 && (
        <ol class="sm-list">
          {preferred.map((place) => (
            <li key={place}>{name(place)}</li>
          ))}
        </ol>
      )}
      {excluded.length > 0 && (
        <P>
          {tr("Nooit voorstellen:", "Never propose:")} {excluded.map(name).join("; ")}
        </P>
      )}
      {may && (
        <div>
          <Button onClick={() => setEditing(true)}>{tr("Pas de wensen aan voor de student", "Change the preferences for the student")}</Button>
        </div>
      )}
    </Section>
  );
}

const idOf = (offer: Offer) => `${offer.leerbedrijf}/${offer.leerplaats}`;
const nameOf = (offer: Offer) => `${offer.companyName}, ${offer.title || offer.leerplaats} (${offer.distanceKm} km)`;

/** The place that a wish names, in full or by its leerplaats alone; none where it fits no more, or never did. */
function placeOf(offers: readonly Offer[]): (wish: string) => Offer | undefined {
  const known = new Map<string, Offer>();
  const shared = new Set<string>();
  for (const offer of offers) {
    if (known.has(offer.leerplaats)) shared.add(offer.leerplaats);
    known.set(offer.leerplaats, offer);
  }
  for (const leerplaats of shared) known.delete(leerplaats); // by that name alone nobody knows which
  for (const offer of offers) known.set(idOf(offer), offer);
  return (wish) => known.get(wish);
}

/* What fits no more has a name all the same. */
function labelOf(known: Known | undefined): (wish: string) => string {
  const place = placeOf(known?.offers ?? []);
  const names = new Map(known?.names.map((name) => [name.code, [name.companyName, name.title].filter(Boolean).join(", ")]));
  return (wish) => {
    const offer = place(wish);
    return offer ? nameOf(offer) : (names.get(wish) ?? wish);
  };
}

function Lists({ stagevraag, known, changed, cancel }: Props & { known: Known; cancel: () => void }) {
  const [preferred, setPreferred] = useState<string[]>([...(stagevraag.profile?.preferred ?? [])]);
  const [excluded, setExcluded] = useState<string[]>([...(stagevraag.profile?.excluded ?? [])]);
  const [dirty, setDirty] = useState(false);
  useUnsaved(dirty, tr("De wensen zijn nog niet opgeslagen. Toch weg?", "The preferences were not saved yet. Leave all the same?"));
  const change = (set: (list: string[]) => void) => (list: string[]) => {
    setDirty(true);
    set(list);
  };
  const action = useAction(async (requestId, wanted: string[], never: string[]) => {
    const answer = await api.student.setPreferences({ requestId, stagevraagId: stagevraag.stagevraagId, version: stagevraag.version, preferred: wanted, excluded: never });
    setDirty(false);
    say(tr("De wensen zijn opgeslagen. Ze tellen in de volgende ronde.", "The preferences were saved. They count in the next round."));
    if (answer.stagevraag) changed(answer.stagevraag);
  });
  return (
    <div class="sm-stack">
      <P>{tr("Doe dit alleen samen met de student. De volgorde telt: de beste plek staat bovenaan.", "Only do this together with the student. The order counts: the best place is on top.")}</P>
      <PlaceList title={tr("Graag hier", "Would like")} ordered list={preferred} set={change(setPreferred)} known={known} />
      <PlaceList title={tr("Nooit hier", "Never here")} list={excluded} set={change(setExcluded)} known={known} />
      <Outcome of={action} />
      <div class="sm-row">
        <Button kind="primary" busy={action.busy} onClick={() => void action.run(preferred, excluded)}>
          {tr("Sla op", "Save")}
        </Button>
        <Button onClick={cancel}>{tr("Annuleren", "Cancel")}</Button>
      </div>
    </div>
  );
}

function PlaceList({ title, list, set, known, ordered }: { title: string; list: readonly string[]; set: (list: string[]) => void; known: Known; ordered?: boolean }) {
  const [search, setSearch] = useState("");
  const { offers } = known;
  const label = labelOf(known);
  const move = (at: number, by: number) => {
    const next = [...list];
    const [wish] = next.splice(at, 1);
    if (wish !== undefined) next.splice(at + by, 0, wish);
    set(next);
  };
  const words = plain(search).split(/\s+/).filter(Boolean);
  const place = placeOf(offers);
  const taken = new Set(list.map(place));
  const left = offers.filter((offer) => !taken.has(offer) && words.every((word) => plain(nameOf(offer)).includes(word))).slice(0, 100);
  return (
    <Section title={title} level={3}>
      {list.length > 0 && (
        <ol class="sm-cards">
          {list.map((wish, i) => (
            <li key={wish} class="sm-row sm-row--between sm-card">
              <span>{ordered ? `${i + 1}. ${label(wish)}` : label(wish)}</span>
              <span class="sm-row">
                {ordered && i > 0 && (
                  <Button onClick={() => move(i, -1)} aria-label={tr(`Hoger: ${label(wish)}`, `Higher: ${label(wish)}`)}>
                    ↑
                  </Button>
                )}
                {ordered && i < list.length - 1 && (
                  <Button onClick={() => move(i, 1)} aria-label={tr(`Lager: ${label(wish)}`, `Lower: ${label(wish)}`)}>
                    ↓
                  </Button>
                )}
                <Button onClick={() => set(list.filter((one) => one !== wish))} aria-label={tr(`Haal weg: ${label(wish)}`, `Remove: ${label(wish)}`)}>
                  {tr("Haal weg", "Remove")}
                </Button>
              </span>
            </li>
          ))}
        </ol>
      )}
      <div class="sm-columns">
        <TextField label={tr("Zoek een plek", "Find a place")} type="search" autocomplete="off" value={search} onValue={setSearch} />
        <SelectField
          label={tr("Voeg toe", "Add")}
          value=""
          onValue={(wish) => wish && set([...list, wish])}
          choices={[{ value: "", label: left.length > 0 ? tr("Kies een plek", "Choose a place") : tr("Geen plek gevonden", "No place found") }, ...left.map((offer) => ({ value: idOf(offer), label: nameOf(offer) }))]}
        />
      </div>
    </Section>
  );
}
