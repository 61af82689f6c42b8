// Why the match gave this place, or none: what the service tells the student about the first solve of the round.
import {
  type ExplainedPlace,
  type ExplainStagevraagResponse,
  FullReason,
  MatchRule,
  UnmatchedReason,
} from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { skillText, useCatalog } from "~/base/catalog.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { refusalOf } from "~/base/request.ts";
import { Alert, Details, P, Section, Shown, Table } from "~/ui/parts.tsx";

const rules: Record<MatchRule, readonly [string, string]> = {
  [MatchRule.UNSPECIFIED]: ["een andere regel", "another rule"],
  [MatchRule.QUALIFICATION]: ["voor een andere opleiding", "for another study programme"],
  [MatchRule.LEERWEG]: ["voor een andere leerweg (BOL, BBL of hbo)", "for another route (BOL, BBL or hbo)"],
  [MatchRule.EXCLUDED]: ["sloeg je over, of liep eerder niet goed af", "left out by you, or ended badly before"],
  [MatchRule.PERIOD]: ["in een andere periode", "in another period"],
  [MatchRule.HOURS]: ["met te weinig uren", "with too few hours"],
  [MatchRule.DAYS]: ["op dagen dat je niet kunt", "on days when you cannot"],
  [MatchRule.DISTANCE]: ["verder weg dan je wilt reizen", "further than you want to travel"],
  [MatchRule.CRITERIA]: ["vraagt een hoger niveau van een vaardigheid", "asks a higher level of a skill"],
};
const ruleText = (rule: MatchRule) => tr(...rules[rule]);

const unmatched: Record<UnmatchedReason, readonly [string, string]> = {
  [UnmatchedReason.UNSPECIFIED]: ["Er was geen plek voor je.", "There was no place for you."],
  [UnmatchedReason.NO_PLACES]: ["Er waren geen plekken in deze ronde.", "There were no places in this round."],
  [UnmatchedReason.RULE]: ["Er was geen plek die bij je profiel past.", "No place fits your profile."],
  [UnmatchedReason.BAND]: ["De plekken die passen gingen naar studenten die er hoger scoorden op wat het bedrijf vooraf vroeg.", "The places that fit went to students who scored higher there on what the company had asked in advance."],
  [UnmatchedReason.LOTTERY]: ["De plekken die passen zijn op. Bij minstens één daarvan besliste de loting.", "The places that fit are taken. At one of them at least the lottery decided."],
  [UnmatchedReason.OTHER]: ["De plekken die passen zijn op.", "The places that fit are taken."],
};

const full: Record<FullReason, readonly [string, string]> = {
  [FullReason.UNSPECIFIED]: ["vol", "full"],
  [FullReason.BAND]: ["anderen scoorden hoger op wat het bedrijf vooraf vroeg", "others scored higher on what the company asked in advance"],
  [FullReason.LOTTERY]: ["even geschikt, de loting besliste", "equally suitable, the lottery decided"],
  [FullReason.OTHER]: ["vol", "full"],
};

const nameOf = (place: ExplainedPlace) => place.title || place.companyName || `${place.leerbedrijf}/${place.leerplaats}`;

function bandText(place: ExplainedPlace): string {
  return place.cutoffShown ? tr(`jij: groep ${place.band}, laagste met plek: groep ${place.cutoffBand}`, `you: band ${place.band}, lowest with a place: band ${place.cutoffBand}`) : tr(`jij: groep ${place.band}`, `you: band ${place.band}`);
}

function Preferred({ of }: { of: ExplainStagevraagResponse }) {
  const rows = of.preferred;
  const columns = [
    { name: tr("Nummer op je lijst", "Number on your list"), number: true, cell: (place: ExplainedPlace) => place.rank },
    { name: tr("Plek", "Place"), cell: (place: ExplainedPlace) => nameOf(place) },
    { name: tr("Waarom niet", "Why not"), cell: (place: ExplainedPlace) => tr(...full[place.reason]) },
    { name: tr("Hoe je scoorde", "How you scored"), cell: bandText },
  ];
  return (
    <Details summary={of.matched ? tr(`Plekken die hoger op je lijst stonden (${of.preferredCount})`, `Places higher on your list (${of.preferredCount})`) : tr(`De plekken die pasten (${of.preferredCount})`, `The places that fitted (${of.preferredCount})`)}>
      <Table caption={tr("Waarom deze plekken naar anderen gingen", "Why these places went to others")} columns={columns} rows={rows} rowKey={(place) => place.placementId} />
      <P quiet>{tr("Een groep is hoe goed je past bij wat het bedrijf vooraf vroeg: 0 is het laagst. Binnen een groep is iedereen gelijk en beslist alleen de loting.", "A band is how well you fit what the company asked in advance: 0 is the lowest. Within a band all are equal and only the lottery decides.")}</P>
      {of.preferredCount > rows.length && <P quiet>{tr(`Je ziet de eerste ${rows.length}.`, `You see the first ${rows.length}.`)}</P>}
    </Details>
  );
}

function Removed({ of }: { of: ExplainStagevraagResponse }) {
  const catalog = useCatalog();
  if (of.removed.length === 0) return null;
  return (
    <Details summary={tr("Waarom andere plekken niet pasten", "Why other places did not fit")}>
      <Table
        caption={tr("Plekken van de ronde die niet pasten", "Places of the round that did not fit")}
        columns={[
          { name: tr("Waarom", "Why"), cell: (row) => ruleText(row.rule) },
          { name: tr("Plekken", "Places"), number: true, cell: (row) => row.placementCount },
        ]}
        rows={of.removed}
        rowKey={(row) => String(row.rule)}
      />
      {of.missedSkills.length > 0 && (
        <>
          <P>{tr("Wat je kunt leren om meer plekken te laten passen:", "What you could learn to make more places fit:")}</P>
          <ul class="sm-list">
            {of.missedSkills.slice(0, 5).map((missed) => (
              <li key={missed.skill}>
                {skillText(catalog.data, missed.skill)} ({tr(`${count(missed.placementCount, "plek vraagt", "plekken vragen")} meer`, `${count(missed.placementCount, "place asks", "places ask")} more`)})
              </li>
            ))}
          </ul>
        </>
      )}
    </Details>
  );
}

function Told({ of, placementId }: { of: ExplainStagevraagResponse; placementId: string | undefined }) {
  const { matched } = of;
  const fits = tr(`Van alle plekken in deze ronde ${of.eligibleCount === 1 ? "paste er 1" : `pasten er ${of.eligibleCount}`} bij je profiel.`, `Of all places in this round, ${of.eligibleCount} fitted your profile.`);
  return (
    <>
      {matched && placementId && matched.placementId !== placementId && (
        <P>{tr("Deze plek kwam later vrij. De uitleg hieronder gaat over de eerste match van de ronde.", "This place became free later. The explanation below is about the first match of the round.")}</P>
      )}
      {matched ? (
        <P>
          {fits}{" "}
          {matched.rank === 1
            ? tr(`Je kreeg ${nameOf(matched)}: de nummer 1 van je lijst.`, `You got ${nameOf(matched)}: number 1 on your list.`)
            : tr(`Je kreeg ${nameOf(matched)}: nummer ${matched.rank} op je lijst. De plekken daarboven waren vol met studenten die daar voorgingen.`, `You got ${nameOf(matched)}: number ${matched.rank} on your list. The places above it were full of students who went before you there.`)}
        </P>
      ) : (
        <P>
          {fits} {tr(...unmatched[of.unmatchedReason])}
          {of.unmatchedReason === UnmatchedReason.RULE && ` ${tr("De laatste vielen af om deze reden:", "The last fell away for this reason:")} ${ruleText(of.bindingRule)}.`}
        </P>
      )}
      <P quiet>{tr("Je naam, je leeftijd en waar je vandaan komt deden niet mee. Het programma kent ze niet.", "Your name, your age and where you come from played no part. The program does not know them.")}</P>
      {of.preferredCount > 0 && <Preferred of={of} />}
      <Removed of={of} />
    </>
  );
}

/** `placementId`: the place that is on the table now. */
export function WhyThis({ roundId, stagevraagId, placementId }: { roundId: string; stagevraagId: string; placementId?: string }) {
  const told = useLoad(() => api.round.explainStagevraag({ roundId, stagevraagId }), [roundId, stagevraagId]);
  const none = refusalOf(told.error)?.code === "not_explained";
  if (none && !placementId) return null;
  return (
    <Section title={placementId ? tr("Waarom deze plek?", "Why this place?") : tr("Waarom is er geen plek?", "Why is there no place?")}>
      {none ? (
        <Alert>{tr("De uitleg is er zolang de ronde bekendgemaakt is en nog niet is gesloten. Nu is die er niet.", "The explanation is there while the round is published and not closed. It is not there now.")}</Alert>
      ) : (
        <Shown of={told}>{(answer) => <Told of={answer} placementId={placementId} />}</Shown>
      )}
    </Section>
  );
}
