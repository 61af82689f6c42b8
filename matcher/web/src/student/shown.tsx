// What the company saw of the student, to the letter, and by which criteria it was to judge.
import type { CandidateView, GetShownViewResponse, Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, skillText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Alert, DataList, P, Section, Shown } from "~/ui/parts.tsx";

const bands: Record<string, readonly [string, string]> = {
  below: ["onder het gevraagde niveau", "below the level asked"],
  meets: ["op het gevraagde niveau", "at the level asked"],
  above: ["boven het gevraagde niveau", "above the level asked"],
};

function seen(view: CandidateView, catalog: GetCatalogResponse | undefined): [string, string][] {
  const rows: [string, string][] = [];
  const yes = tr("ja", "yes");
  if (view.hardCriteriaMet) rows.push([tr("Voldoet aan alle harde eisen", "Meets all hard criteria"), yes]);
  if (view.qualification) rows.push([tr("Opleiding", "Study programme"), qualificationText(catalog, view.qualification)]);
  if (view.periodMet) rows.push([tr("De periode past", "The period fits"), yes]);
  if (view.hoursAndDaysMet) rows.push([tr("Uren en dagen passen", "Hours and days fit"), yes]);
  for (const { skill, band } of view.bands) if (bands[band]) rows.push([skillText(catalog, skill), tr(...bands[band])]);
  return rows;
}

function Criteria({ of, catalog }: { of: GetShownViewResponse; catalog: GetCatalogResponse | undefined }) {
  if (of.hardCriteria.length + of.weightedCriteria.length === 0)
    return <P quiet>{tr("Dit bedrijf vroeg vooraf geen bijzondere vaardigheden.", "This company asked no particular skills in advance.")}</P>;
  return (
    <>
      <P>{tr("Dit vroeg het bedrijf, voordat het iemand zag:", "The company asked this before it saw anybody:")}</P>
      <ul class="sm-list">
        {of.hardCriteria.map(({ skill, level }) => (
          <li key={`h/${skill}`}>{tr(`${skillText(catalog, skill)}: minstens ${level} van 5 (harde eis)`, `${skillText(catalog, skill)}: at least ${level} of 5 (hard criterion)`)}</li>
        ))}
        {of.weightedCriteria.map(({ skill, minimumLevel }) => (
          <li key={`w/${skill}`}>
            {skillText(catalog, skill)}: {minimumLevel ? tr(`telt mee, liefst ${minimumLevel} van 5 of meer`, `counts, preferably ${minimumLevel} of 5 or more`) : tr("telt mee", "counts")}
          </li>
        ))}
      </ul>
    </>
  );
}

export function ShownView({ proposal }: { proposal: Proposal }) {
  const catalog = useCatalog();
  const shown = useLoad(() => api.proposal.getShownView({ proposalId: proposal.proposalId }), [proposal.proposalId, proposal.state]);
  return (
    <Section title={tr("Wat het bedrijf van mij zag", "What the company saw of me")}>
      <Shown of={shown}>
        {(answer) => (
          <>
            {answer.view && answer.shown ? (
              <>
                <P>{tr("Dit is alles. Geen naam, geen school, geen adres.", "This is all. No name, no school, no address.")}</P>
                <DataList items={seen(answer.view, catalog.data)} />
                {answer.view.reduction > 0 && <P quiet>{tr("We lieten delen weg, omdat anders te weinig studenten hetzelfde beeld zouden geven.", "We left parts out, because otherwise too few students would have given the same picture.")}</P>}
              </>
            ) : (
              <Alert>{tr("Het bedrijf heeft nog niets van je gezien.", "The company has not seen anything of you yet.")}</Alert>
            )}
            {answer.identityReleased && <P>{tr("Je school gaf ook je naam, e-mail en telefoon aan het bedrijf, nadat jij ja zei.", "Your school also gave the company your name, e-mail and telephone, after you said yes.")}</P>}
            <Criteria of={answer} catalog={catalog.data} />
          </>
        )}
      </Shown>
    </Section>
  );
}
