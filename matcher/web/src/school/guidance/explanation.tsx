// Why the match gave what it gave: for the school, with bands and the rules that took places away.
import { Code, ConnectError } from "@connectrpc/connect";
import { type ExplainStagevraagResponse, FullReason, MatchRule, UnmatchedReason } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { skillText, useCatalog } from "~/base/catalog.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Alert, Details, P, Shown, Table } from "~/ui/parts.tsx";

/** `placementId`: of the proposal that is looked at; one that came from a later re-match is said to. */
export function Explanation({ roundId, stagevraagId, placementId }: { roundId: string; stagevraagId: string; placementId?: string }) {
  const explained = useLoad(
    (signal) =>
      api.round.explainStagevraag({ roundId, stagevraagId }, { signal }).catch((error: unknown) => {
        if (ConnectError.from(error).code === Code.FailedPrecondition) return null; // not published, or closed
        throw error;
      }),
    [roundId, stagevraagId],
  );
  return (
    <Shown of={explained} what={tr("Uitleg ophalen…", "Reading the explanation…")}>
      {(found) => (found ? <Explained found={found} placementId={placementId} /> : <P quiet>{tr("Uitleg is er alleen zolang de ronde bekendgemaakt en niet gesloten is.", "There is an explanation only while the round is published and not closed.")}</P>)}
    </Shown>
  );
}

function Explained({ found, placementId }: { found: ExplainStagevraagResponse; placementId: string | undefined }) {
  const catalog = useCatalog().data;
  const { matched } = found;
  return (
    <div class="sm-stack">
      {matched ? (
        <>
          {placementId && matched.placementId !== placementId && (
            <Alert>{tr("Dit voorstel kwam later, toen er opnieuw gematcht werd. De uitleg hieronder gaat over de eerste keer.", "This proposal came later, when was matched again. The explanation below is about the first time.")}</Alert>
          )}
          <P>
            {tr(
              `De student kreeg keus ${matched.rank} van de eigen lijst: ${matched.companyName}, ${matched.title || matched.leerplaats}. Daar viel de student in band ${matched.band}.`,
              `The student got choice ${matched.rank} of the own list: ${matched.companyName}, ${matched.title || matched.leerplaats}. The student was in band ${matched.band} there.`,
            )}
          </P>
        </>
      ) : (
        <Alert tone="warning">{whyNone(found)}</Alert>
      )}
      <P>{tr(`Er ${found.eligibleCount === 1 ? "paste" : "pasten"} ${count(found.eligibleCount, "plek", "plekken")} bij deze stagevraag.`, `${count(found.eligibleCount, "place", "places")} suited this request.`)}</P>
      {found.preferred.length > 0 && (
        <>
          <P>{matched ? tr("Deze plekken stonden hoger op de lijst, maar gingen naar anderen:", "These places were higher on the list but went to others:") : tr("Deze plekken gingen naar anderen:", "These places went to others:")}</P>
          <Table
            caption={tr("Plekken die naar anderen gingen", "Places that went to others")}
            rows={found.preferred}
            rowKey={(place) => place.placementId}
            columns={[
              { name: tr("Keus", "Choice"), number: true, cell: (place) => place.rank },
              { name: tr("Plek", "Place"), cell: (place) => `${place.companyName}, ${place.title || place.leerplaats}` },
              { name: tr("Band van de student", "Student's band"), number: true, cell: (place) => place.band },
              { name: tr("Laagste band met een plek", "Lowest band with a seat"), number: true, cell: (place) => (place.cutoffShown ? place.cutoffBand : tr("niet getoond", "not shown")) },
              { name: tr("Waarom niet", "Why not"), cell: (place) => whyFull(place.reason) },
            ]}
          />
          {found.preferredCount > found.preferred.length && <P quiet>{tr(`En nog ${number(found.preferredCount - found.preferred.length)}.`, `And ${number(found.preferredCount - found.preferred.length)} more.`)}</P>}
        </>
      )}
      {(found.removed.length > 0 || found.missedSkills.length > 0) && (
        <Details summary={tr("Waarom andere plekken niet pasten", "Why other places did not suit")}>
          <Table
            caption={tr("Plekken die niet pasten, per regel", "Places that did not suit, by rule")}
            rows={found.removed}
            rowKey={(row) => String(row.rule)}
            columns={[
              { name: tr("Regel", "Rule"), cell: (row) => ruleText(row.rule) },
              { name: tr("Plekken die afvielen", "Places that fell away"), number: true, cell: (row) => number(row.placementCount) },
            ]}
          />
          {found.missedSkills.length > 0 && (
            <Table
              caption={tr("Vaardigheden die te laag waren", "Skills that were too low")}
              rows={found.missedSkills}
              rowKey={(row) => row.skill}
              columns={[
                { name: tr("Vaardigheid", "Skill"), cell: (row) => skillText(catalog, row.skill) },
                { name: tr("Plekken die meer vragen", "Places that ask more"), number: true, cell: (row) => number(row.placementCount) },
              ]}
            />
          )}
        </Details>
      )}
    </div>
  );
}

function whyFull(reason: FullReason): string {
  switch (reason) {
    case FullReason.BAND:
      return tr("Anderen pasten beter bij de wensen van de plek", "Others suited the place's wishes better");
    case FullReason.LOTTERY:
      return tr("Even geschikt: de loting besliste", "Equally suited: the lottery decided");
    default:
      return tr("De plek was vol", "The place was full");
  }
}

function whyNone({ unmatchedReason, bindingRule }: ExplainStagevraagResponse): string {
  switch (unmatchedReason) {
    case UnmatchedReason.NO_PLACES:
      return tr("De ronde had geen plekken.", "The round had no places.");
    case UnmatchedReason.RULE:
      return tr(`Geen plek paste. De laatste vielen af door: ${ruleText(bindingRule).toLowerCase()}.`, `No place suited. The last fell away by: ${ruleText(bindingRule).toLowerCase()}.`);
    case UnmatchedReason.BAND:
      return tr("Alle plekken die pasten gingen naar studenten die er beter bij pasten.", "All places that suited went to students who suited them better.");
    case UnmatchedReason.LOTTERY:
      return tr("Alle plekken die pasten gingen naar anderen, minstens een door de loting.", "All places that suited went to others, at least one by the lottery.");
    default:
      return tr("Alle plekken die pasten gingen naar anderen.", "All places that suited went to others.");
  }
}

export function ruleText(rule: MatchRule): string {
  switch (rule) {
    case MatchRule.QUALIFICATION:
      return tr("Andere opleiding", "Another programme");
    case MatchRule.LEERWEG:
      return tr("Andere leerweg", "Another leerweg");
    case MatchRule.EXCLUDED:
      return tr("Uitgesloten door de student of de school, of eerder niet doorgegaan", "Excluded by the student or the school, or fell through before");
    case MatchRule.PERIOD:
      return tr("Periode past niet", "Period does not fit");
    case MatchRule.HOURS:
      return tr("Te weinig uren per week", "Too few hours a week");
    case MatchRule.DAYS:
      return tr("Dagen passen niet", "Days do not fit");
    case MatchRule.DISTANCE:
      return tr("Te ver weg", "Too far away");
    case MatchRule.CRITERIA:
      return tr("Een eis van de plek niet gehaald", "A requirement of the place is not met");
    default:
      return tr("Andere regel", "Another rule");
  }
}
