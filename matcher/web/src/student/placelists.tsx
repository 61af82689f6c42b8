// The three lists of the page with places: ranked, fitting, left out.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Offer } from "~gen/stagematch/v1/student_pb.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { TextField } from "~/ui/fields.tsx";
import { Button, Empty, P } from "~/ui/parts.tsx";
import type { Places } from "./places.tsx";
import { offerCode } from "./ranking.ts";

const shownAtFirst = 20;

function About({ offer, name }: { offer: Offer | undefined; name: string }) {
  if (!offer)
    return (
      <div>
        <strong>{name}</strong>
        <span class="sm-quiet sm-block">{tr("Deze plek past nu niet, of is er niet meer.", "This place does not fit now, or is gone.")}</span>
      </div>
    );
  return (
    <div>
      <strong>{offer.title || offer.companyName}</strong>
      <span class="sm-quiet sm-block">
        {offer.companyName} · {offer.distanceKm === 0 ? tr("minder dan 1 km", "less than 1 km") : tr(`ongeveer ${offer.distanceKm} km`, `about ${offer.distanceKm} km`)}
      </span>
      {offer.description && (
        <details class="sm-details">
          <summary>
            {tr("Wat doe je daar?", "What do you do there?")}
            <span class="sm-hidden"> {offer.title || offer.companyName}</span>
          </summary>
          <p class="nl-paragraph">{offer.description}</p>
        </details>
      )}
    </div>
  );
}

/** Moves with the buttons, with Alt and an arrow key anywhere in the row, or by dragging. */
export function Ranked({ places }: { places: Places }) {
  const list = useRef<HTMLOListElement>(null);
  const [focus, setFocus] = useState<{ code: string; button: string } | null>(null);
  const [dragged, drag] = useState<number | null>(null);
  const { preferred } = places.wishes;
  useEffect(() => {
    if (!focus) return;
    const row = [...(list.current?.children ?? [])].find((child) => (child as HTMLElement).dataset.code === focus.code);
    const wanted = row?.querySelector<HTMLButtonElement>(`[data-do="${focus.button}"]:not([disabled])`);
    (wanted ?? row?.querySelector<HTMLButtonElement>("button:not([disabled])"))?.focus();
    setFocus(null);
  }, [focus]);
  if (preferred.length === 0)
    return (
      <Empty>
        <P>{tr("Je lijst is nog leeg. Kies hieronder een plek en druk op “Op mijn lijst”. Een lege lijst mag ook: dan tellen je interesses en de afstand.", "Your list is still empty. Choose a place below and press “On my list”. An empty list is fine too: then your interests and the distance count.")}</P>
      </Empty>
    );
  const move = (from: number, to: number, button: string) => {
    const code = preferred[from];
    places.move(from, to);
    if (code !== undefined) setFocus({ code, button });
  };
  const onKey = (event: KeyboardEvent, at: number) => {
    const step = event.altKey ? { ArrowUp: -1, ArrowDown: 1 }[event.key] : undefined;
    if (step === undefined) return;
    event.preventDefault();
    move(at, at + step, (event.target as HTMLElement).dataset.do ?? "up");
  };
  return (
    <>
      <p class="sm-quiet sm-only-mouse">{tr("Tip: slepen mag ook. Met het toetsenbord: Alt + pijl omhoog of omlaag.", "Tip: you can drag too. With the keyboard: Alt + arrow up or down.")}</p>
      <ol class="sm-ranks" ref={list}>
        {preferred.map((code, i) => {
          const name = places.nameOf(code);
          return (
            <li
              key={code}
              data-code={code}
              class={`sm-ranks__row${dragged === i ? " sm-ranks__row--dragged" : ""}`}
              draggable
              onKeyDown={(event) => onKey(event, i)}
              onDragStart={(event) => {
                if (event.dataTransfer) event.dataTransfer.effectAllowed = "move";
                drag(i);
              }}
              onDragOver={(event) => dragged !== null && event.preventDefault()}
              onDrop={(event) => {
                event.preventDefault();
                if (dragged !== null && dragged !== i) places.move(dragged, i);
                drag(null);
              }}
              onDragEnd={() => drag(null)}
            >
              <span class="sm-ranks__number" aria-hidden="true">
                {i + 1}
              </span>
              <About offer={places.offerOf(code)} name={name} />
              <div class="sm-ranks__tools">
                <Button data-do="up" disabled={i === 0} aria-label={tr(`${name} omhoog`, `Move ${name} up`)} onClick={() => move(i, i - 1, "up")}>
                  ↑
                </Button>
                <Button data-do="down" disabled={i === preferred.length - 1} aria-label={tr(`${name} omlaag`, `Move ${name} down`)} onClick={() => move(i, i + 1, "down")}>
                  ↓
                </Button>
                <Button kind="subtle" aria-label={tr(`Van lijst: ${name}`, `Take off: ${name}`)} onClick={() => places.unrank(code)}>
                  {tr("Van lijst", "Take off")}
                </Button>
              </div>
            </li>
          );
        })}
      </ol>
    </>
  );
}

export function Others({ places, offers, total }: { places: Places; offers: readonly Offer[]; total: number }) {
  const [words, setWords] = useState("");
  const [shown, setShown] = useState(shownAtFirst);
  const taken = new Set([...places.wishes.preferred, ...places.wishes.excluded]);
  const free = offers.filter((offer) => !taken.has(offerCode(offer)) && !taken.has(offer.leerbedrijf));
  const wanted = words.trim().toLowerCase();
  const found = wanted ? free.filter((offer) => `${offer.title} ${offer.companyName} ${offer.description}`.toLowerCase().includes(wanted)) : free;
  if (offers.length === 0)
    return (
      <Empty>
        <P>{tr("Er past nu geen plek bij je profiel. Bespreek met je stagecoördinator wat je kunt veranderen: de afstand, de dagen of de periode.", "No place fits your profile now. Discuss with your coördinator what you could change: distance, days or period.")}</P>
      </Empty>
    );
  return (
    <>
      <TextField label={tr("Zoek in deze plekken", "Search these places")} type="search" value={words} onValue={(value) => (setWords(value), setShown(shownAtFirst))} />
      <p class="sm-quiet" role="status">
        {count(found.length, tr("plek", "place"), tr("plekken", "places"))}
        {total > offers.length && tr(` (de beste ${offers.length} van ${total})`, ` (the best ${offers.length} of ${total})`)}
      </p>
      <ul class="sm-cards">
        {found.slice(0, shown).map((offer) => {
          const code = offerCode(offer);
          const name = places.nameOf(code);
          return (
            <li key={offer.placementId} class="sm-ranks__row">
              <About offer={offer} name={name} />
              <div class="sm-ranks__tools">
                <Button aria-label={tr(`${name} op mijn lijst`, `Put ${name} on my list`)} onClick={() => places.rank(code)}>
                  {tr("Op mijn lijst", "On my list")}
                </Button>
                <Button kind="subtle" aria-label={tr(`${name} overslaan`, `Leave out ${name}`)} onClick={() => places.exclude(code)}>
                  {tr("Overslaan", "Leave out")}
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
      {found.length > shown && (
        <div>
          <Button onClick={() => setShown(shown + shownAtFirst)}>{tr(`Toon er meer (nog ${found.length - shown})`, `Show more (${found.length - shown} left)`)}</Button>
        </div>
      )}
    </>
  );
}

export function Excluded({ places }: { places: Places }) {
  return (
    <ul class="sm-cards">
      {places.wishes.excluded.map((code) => {
        const offer = places.offerOf(code);
        const name = places.nameOf(code);
        return (
          <li key={code} class="sm-ranks__row">
            {offer ? <About offer={offer} name={name} /> : <strong>{name}</strong>}
            <div class="sm-ranks__tools">
              <Button aria-label={tr(`Toch meedoen: ${name}`, `Take part again: ${name}`)} onClick={() => places.allow(code)}>
                {tr("Toch meedoen", "Take part again")}
              </Button>
            </div>
          </li>
        );
      })}
    </ul>
  );
}
