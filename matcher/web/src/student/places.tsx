// The places that fit: the student ranks what they like best and leaves out what they will not do.
import { useEffect, useMemo, useState } from "preact/hooks";
import { type ListOffersResponse, type Offer, type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { refusalOf } from "~/base/request.ts";
import { useUnsaved } from "~/base/router.tsx";
import { Alert, Button, Details, ErrorNote, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { ForMine, type Mine } from "./mine.tsx";
import { Excluded, Others, Ranked } from "./placelists.tsx";
import { type Change, changesOf, moved, offersByCode, sameWishes, type Wishes, withFullCodes } from "./ranking.ts";

const offersMax = 1000;

function WhySafe() {
  return (
    <Details summary={tr("Waarom je hier gewoon eerlijk kunt zijn", "Why you can simply be honest here")}>
      <P>{tr("Zet de plek die je het liefst wilt bovenaan, ook als je denkt dat veel anderen die willen. Je verliest daar niets mee.", "Put the place that you want most on top, even if you think many others want it. You lose nothing by it.")}</P>
      <P>{tr("Zo werkt het: het programma probeert eerst je nummer 1. Lukt dat niet, dan je nummer 2, met precies evenveel kans als wanneer die bovenaan had gestaan. Met een andere volgorde dan je echte kun je nooit een betere plek krijgen. Wiskundigen hebben dat bewezen (Gale en Shapley, 1962; Dubins en Freedman, 1981; Roth, 1982).", "This is how it works: the program first tries your number 1. If that fails it tries your number 2, with exactly the chance it would have had on top. Another order than your true one can never get you a better place. Mathematicians have proved this (Gale and Shapley, 1962; Dubins and Freedman, 1981; Roth, 1982).")}</P>
      <P quiet>{tr("Dit geldt voor de eerste match van een ronde, met de lijsten zoals ze bij het verzegelen waren. Komt er later een plek vrij, dan wordt opnieuw gezocht voor wie nog niets heeft.", "This holds for the first match of a round, with the lists as they were when it was sealed. When a place becomes free later, the search goes on for those who have none.")}</P>
    </Details>
  );
}

const changeText: Record<Change["kind"], (name: string) => string> = {
  ranked: (name) => tr(`${name} kwam op je lijst`, `${name} was put on your list`),
  unranked: (name) => tr(`${name} ging van je lijst`, `${name} was taken off your list`),
  excluded: (name) => tr(`${name} werd overgeslagen`, `${name} was left out`),
  allowed: (name) => tr(`${name} doet weer mee`, `${name} takes part again`),
  reordered: (name) => tr(`de volgorde werd anders, het eerst bij ${name}`, `the order changed, first at ${name}`),
};

/* The list was changed elsewhere since this page read it: what changed, and both ways on. */
function Conflict({ changes, nameOf, keep, take, busy }: { changes: readonly Change[]; nameOf: (code: string) => string; keep: () => void; take: () => void; busy: boolean }) {
  return (
    <Alert tone="warning" live>
      <div class="sm-stack">
        <P>
          {changes.length > 0
            ? tr("Je lijst is intussen ergens anders veranderd: door je school, of door jou op een ander scherm. Jouw lijst hieronder staat er nog.", "Your list was changed elsewhere meanwhile: by your school, or by you on another screen. Your list below is still there.")
            : tr("Je profiel is intussen veranderd, je lijst niet. Je kunt gewoon opslaan.", "Your profile changed meanwhile, your list did not. You can simply save.")}
        </P>
        {changes.length > 0 && (
          <ul class="sm-list">
            {changes.map(({ kind, code }) => (
              <li key={`${kind}/${code}`}>{changeText[kind](nameOf(code))}</li>
            ))}
          </ul>
        )}
        <div class="sm-row">
          <Button kind="primary" busy={busy} onClick={keep}>
            {tr("Bewaar mijn lijst", "Save my list")}
          </Button>
          {changes.length > 0 && <Button onClick={take}>{tr("Neem de andere lijst over", "Take the other list")}</Button>}
        </div>
      </div>
    </Alert>
  );
}

const wishesOf = (stagevraag: Stagevraag, offers: ReadonlyMap<string, Offer>): Wishes => ({
  preferred: withFullCodes(stagevraag.profile?.preferred ?? [], offers),
  excluded: withFullCodes(stagevraag.profile?.excluded ?? [], offers),
});

export type Places = {
  wishes: Wishes;
  nameOf: (code: string) => string;
  offerOf: (code: string) => Offer | undefined;
  move: (from: number, to: number) => void;
  rank: (code: string) => void;
  unrank: (code: string) => void;
  exclude: (code: string) => void;
  allow: (code: string) => void;
};

function useWishes(mine: Mine, known: ReadonlyMap<string, Offer>) {
  const saved = useMemo(() => wishesOf(mine.stagevraag, known), [mine.stagevraag, known]);
  const [base, setBase] = useState({ version: mine.stagevraag.version, wishes: saved });
  const [wishes, setWishes] = useState<Wishes>(saved);
  const dirty = !sameWishes(wishes, base.wishes);
  const adopt = (stagevraag: Stagevraag) => {
    const theirs = wishesOf(stagevraag, known);
    setBase({ version: stagevraag.version, wishes: theirs });
    setWishes(theirs);
  };
  // What comes in while nothing was changed here is simply shown.
  useEffect(() => {
    if (!dirty && mine.stagevraag.version > base.version) adopt(mine.stagevraag);
  }, [mine.stagevraag.version]);
  return { base, wishes, setWishes, dirty, adopt };
}

function Ranking({ mine, answer }: { mine: Mine; answer: ListOffersResponse }) {
  // Whoever is excluded disappears from the service's list: its name is remembered while this page is there.
  const [seen, remember] = useState<readonly Offer[]>(answer.offers);
  useEffect(() => remember((before) => [...before, ...answer.offers.filter((offer) => !before.some((other) => other.placementId === offer.placementId))]), [answer]);
  const known = useMemo(() => offersByCode(seen), [seen]);
  const { base, wishes, setWishes, dirty, adopt } = useWishes(mine, known);
  const [newer, setNewer] = useState<Stagevraag | null>(null);
  const [lookError, setLookError] = useState<unknown>();
  const [told, tell] = useState("");
  const save = useAction(async (requestId: string, version: bigint, preferred: readonly string[], excluded: readonly string[]) => {
    const request = { requestId, stagevraagId: mine.stagevraag.stagevraagId, version, preferred: [...preferred], excluded: [...excluded] };
    const { stagevraag } = await api.student.setPreferences(request);
    if (stagevraag) adopt(stagevraag);
  });
  const stale = refusalOf(save.error)?.code === "stale_version";
  useEffect(() => {
    if (!stale) return;
    setLookError(undefined);
    api.student.getStagevraag({ stagevraagId: mine.stagevraag.stagevraagId }).then(({ stagevraag }) => stagevraag && setNewer(stagevraag), setLookError);
  }, [stale, save.error]);
  useUnsaved(dirty, tr("Je lijst is nog niet opgeslagen. Toch weggaan?", "Your list is not saved yet. Leave anyway?"));
  const names = useMemo(() => new Map(answer.names.map((name) => [name.code, name])), [answer]);
  const nameOf = (code: string) => {
    const place = known.get(code) ?? names.get(code);
    if (!place) return tr(`plek ${code}`, `place ${code}`);
    return place.title ? tr(`${place.title} bij ${place.companyName}`, `${place.title} at ${place.companyName}`) : place.companyName;
  };
  const write = async (version: bigint) => {
    if (!(await save.run(version, wishes.preferred, wishes.excluded))) return;
    setNewer(null);
    mine.reload();
    say(tr("Je lijst is opgeslagen.", "Your list was saved."));
  };
  const change = (next: Wishes, text: string) => {
    setWishes(next);
    tell(text);
  };
  const without = (list: readonly string[], code: string) => list.filter((other) => other !== code);
  const places: Places = {
    wishes,
    nameOf,
    offerOf: (code) => known.get(code),
    move: (from, to) => {
      const code = wishes.preferred[from];
      if (code === undefined || to < 0 || to >= wishes.preferred.length) return;
      const at = tr(`${nameOf(code)} staat nu op ${to + 1} van ${wishes.preferred.length}.`, `${nameOf(code)} is now number ${to + 1} of ${wishes.preferred.length}.`);
      change({ ...wishes, preferred: moved(wishes.preferred, from, to) }, at);
    },
    rank: (code) =>
      change({ preferred: [...wishes.preferred, code], excluded: without(wishes.excluded, code) }, tr(`${nameOf(code)} staat nu op je lijst, op ${wishes.preferred.length + 1}.`, `${nameOf(code)} is on your list, as number ${wishes.preferred.length + 1}.`)),
    unrank: (code) => change({ ...wishes, preferred: without(wishes.preferred, code) }, tr(`${nameOf(code)} staat niet meer op je lijst.`, `${nameOf(code)} is no longer on your list.`)),
    exclude: (code) =>
      change({ preferred: without(wishes.preferred, code), excluded: [...without(wishes.excluded, code), code] }, tr(`${nameOf(code)} wordt overgeslagen.`, `${nameOf(code)} is left out.`)),
    allow: (code) => change({ ...wishes, excluded: without(wishes.excluded, code) }, tr(`${nameOf(code)} doet weer mee.`, `${nameOf(code)} takes part again.`)),
  };
  return (
    <>
      <Section title={tr("Mijn lijst", "My list")}>
        <Ranked places={places} />
      </Section>
      <div class={`sm-savebar${dirty ? " sm-savebar--dirty" : ""}`}>
        {newer && stale ? (
          <Conflict
            changes={changesOf(base.wishes, wishesOf(newer, known))}
            nameOf={nameOf}
            busy={save.busy}
            keep={() => void write(newer.version)}
            take={() => {
              adopt(newer);
              setNewer(null);
              save.clear();
            }}
          />
        ) : (
          save.error !== undefined && <ErrorNote error={lookError ?? save.error} />
        )}
        <div class="sm-row" hidden={stale && newer !== null}>
          <Button kind="primary" busy={save.busy} disabled={!dirty} onClick={() => void write(base.version)}>
            {tr("Lijst opslaan", "Save list")}
          </Button>
          {dirty && <Button onClick={() => (setWishes(base.wishes), save.clear(), setNewer(null), tell(tr("Terug naar wat was opgeslagen.", "Back to what was saved.")))}>{tr("Ongedaan maken", "Undo")}</Button>}
          <span class="sm-quiet">{dirty ? tr("Nog niet opgeslagen", "Not saved yet") : tr("Opgeslagen", "Saved")}</span>
        </div>
        <div role="status" class="sm-hidden">
          {told}
        </div>
      </div>
      <Section title={tr("Andere plekken die passen", "Other places that fit")}>
        <P quiet>{tr("Ook deze plekken doen mee, na je eigen lijst: eerst waar je interesses passen, dan wat dichtbij is. Wil je ergens echt niet heen, sla die plek dan over.", "These places take part too, after your own list: first those that match your interests, then those nearby. If you really will not go somewhere, leave that place out.")}</P>
        <Others places={places} offers={seen} total={answer.totalCount} />
      </Section>
      {wishes.excluded.length > 0 && (
        <Section title={tr("Deze plekken sla ik over", "Places that I leave out")}>
          <P quiet>{tr("Hier kom je nooit terecht. Hoe meer je overslaat, hoe kleiner de kans op een plek. Waarom je iets overslaat hoef je niet te zeggen.", "You will never be sent here. The more you leave out, the smaller your chance of a place. You need not say why.")}</P>
          <Excluded places={places} />
        </Section>
      )}
    </>
  );
}

function Offers({ mine }: { mine: Mine }) {
  const { stagevraagId, version, state } = mine.stagevraag;
  const offers = useLoad(() => api.student.listOffers({ stagevraagId, pageSize: offersMax }), [stagevraagId, version]);
  if (state !== StagevraagState.FREE && state !== StagevraagState.PROPOSED)
    return <Alert>{tr("Je zoekt nu geen plek. Daarom is er niets om op volgorde te zetten.", "You are not looking for a place now, so there is nothing to put in order.")}</Alert>;
  return (
    <>
      {mine.stagevraag.roundId && <Alert>{tr("Je doet mee in een ronde. Is die al verzegeld, dan telt een verandering pas in de volgende ronde.", "You take part in a round. If it is sealed already, a change counts from the next round.")}</Alert>}
      <WhySafe />
      <Shown of={offers} what={tr("Plekken zoeken die bij je passen…", "Looking for places that fit you…")}>
        {(answer) => <Ranking key={stagevraagId} mine={mine} answer={answer} />}
      </Shown>
    </>
  );
}

export function PlacesPage() {
  return (
    <Page
      title={tr("Welke plek wil je het liefst?", "Which place do you want most?")}
      lead={tr("Zet de plekken die je leuk vindt op je lijst, de leukste bovenaan. Vergeet niet op te slaan.", "Put the places that you like on your list, the best on top. Do not forget to save.")}
    >
      <ForMine>{(mine) => <Offers key={mine.stagevraag.stagevraagId} mine={mine} />}</ForMine>
    </Page>
  );
}
