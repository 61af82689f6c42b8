// What the company sees, or saw, of a student before release; and by which criteria it was told to look.
import type { CriterionBand, GetShownViewResponse } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, skillText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Alert, DataList, P, Shown, Table } from "~/ui/parts.tsx";

export function ShownView({ proposalId, version }: { proposalId: string; version: bigint }) {
  const view = useLoad((signal) => api.proposal.getShownView({ proposalId }, { signal }), [proposalId, version]);
  return <Shown of={view}>{(found) => <View found={found} />}</Shown>;
}

function View({ found }: { found: GetShownViewResponse }) {
  const catalog = useCatalog().data;
  const { view } = found;
  const level = (skill: string) => found.hardCriteria.find((one) => one.skill === skill)?.level;
  return (
    <div class="sm-stack">
      <P>
        {found.identityReleased
          ? tr("Het bedrijf kreeg de naam en de contactgegevens. Daarvoor zag het alleen dit:", "The company got the name and contact details. Before that it saw only this:")
          : found.shown
            ? tr("Dit ziet het bedrijf. Meer niet: geen naam, school, woonplaats of leeftijd.", "This is what the company sees. Nothing else: no name, school, home town or age.")
            : tr("Het bedrijf heeft nog niets gezien.", "The company has seen nothing yet.")}
      </P>
      {view && (
        <>
          {view.reduction > 0 && <Alert>{tr("Te weinig studenten lijken op deze student. Daarom laat Stagematch een deel weg.", "Too few students are like this one. So Stagematch leaves a part out.")}</Alert>}
          <DataList
            items={[
              [tr("Eisen van de plek", "Requirements"), view.hardCriteriaMet ? tr("Alle gehaald", "All met") : ""],
              [tr("Opleiding", "Programme"), view.qualification ? qualificationText(catalog, view.qualification) : leftOut()],
              [tr("Periode", "Period"), view.periodMet ? tr("Past", "Fits") : leftOut()],
              [tr("Uren en dagen", "Hours and days"), view.hoursAndDaysMet ? tr("Passen", "Fit") : leftOut()],
            ]}
          />
          {view.bands.length > 0 && (
            <Table
              caption={tr("Niveau bij elk gewogen criterium", "Level on each weighted criterion")}
              rows={view.bands}
              rowKey={(band) => band.skill}
              columns={[
                { name: tr("Vaardigheid", "Skill"), cell: (band) => skillText(catalog, band.skill) },
                { name: tr("Wat het bedrijf ziet", "What the company sees"), cell: bandText },
              ]}
            />
          )}
        </>
      )}
      {(found.hardCriteria.length > 0 || found.weightedCriteria.length > 0) && (
        <Table
          caption={tr("Wat het bedrijf vooraf opgaf", "What the company declared in advance")}
          rows={[...found.hardCriteria.map((one) => one.skill), ...found.weightedCriteria.map((one) => one.skill).filter((skill) => level(skill) === undefined)]}
          rowKey={(skill) => skill}
          columns={[
            { name: tr("Criterium", "Criterion"), cell: (skill) => skillText(catalog, skill) },
            { name: tr("Eis: minstens niveau", "Required: at least level"), number: true, cell: (skill) => level(skill) ?? "–" },
            { name: tr("Weegt mee", "Counts"), number: true, cell: (skill) => found.weightedCriteria.find((one) => one.skill === skill)?.weight ?? "–" },
            { name: tr("Bezwaar mogelijk onder", "May object below"), number: true, cell: (skill) => found.weightedCriteria.find((one) => one.skill === skill)?.minimumLevel || "–" },
          ]}
        />
      )}
    </div>
  );
}

const leftOut = () => tr("Niet getoond", "Not shown");

function bandText({ band }: CriterionBand): string {
  switch (band) {
    case "below":
      return tr("Onder het minimum", "Below the minimum");
    case "meets":
      return tr("Op het minimum", "At the minimum");
    case "above":
      return tr("Boven het minimum", "Above the minimum");
    default:
      return leftOut();
  }
}
