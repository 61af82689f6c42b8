// What a case rests on, as it was when the case was opened. There is no student in it.
import { useState } from "preact/hooks";
import type { Case, CaseEvidence } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { reasonText, skillText, useAllReasons, useCatalog } from "~/base/catalog.ts";
import { moment, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { proposalWord } from "~/base/words.ts";
import { Button, Card, DataList, P, Section, Shown } from "~/ui/parts.tsx";

const kinds: Record<string, () => string> = {
  proposal: () => tr("Besluit over een kandidaat", "Decision on a candidate"),
  report: () => tr("Melding", "Report"),
  signal: () => tr("Signaal", "Signal"),
  point: () => tr("Aandachtspunt", "Aandachtspunt"),
};
const paths: Record<string, string> = { report: "/signalering/meldingen", signal: "/signalering/signalen" };

function Piece({ piece }: { piece: CaseEvidence }) {
  const catalog = useCatalog().data;
  const reasons = useAllReasons().data;
  const decision = piece.decision;
  const reason = reasons?.find((one) => one.code === decision?.reason);
  const path = paths[piece.kind];
  return (
    <li>
      <Card calm>
        <strong>{kinds[piece.kind]?.() ?? piece.kind}</strong>
        {path && <Link href={`${path}/${piece.id}`} class="nl-link sm-card__link">{tr("Bekijk", "Look at it")}</Link>}
        {decision && (
          <DataList
            items={[
              [tr("Wat er gebeurde", "What happened"), proposalWord(decision.state).text],
              [tr("Wanneer", "When"), moment(decision.time)],
              ...(decision.reason ? [[tr("Reden", "Reason"), reason ? reasonText(reason) : decision.reason] as const] : []),
              ...(decision.criterion ? [[tr("Eis", "Criterion"), skillText(catalog, decision.criterion)] as const] : []),
              ...(decision.placement ? [[tr("Leerplaats", "Placement"), decision.placement.title || decision.placement.leerplaats] as const] : []),
              ...(decision.levels.length > 0
                ? [[tr("Niveaus van de kandidaat", "Levels of the candidate"), decision.levels.map((one) => `${skillText(catalog, one.skill)}: ${number(one.level)}`).join(", ")] as const]
                : []),
              ...(decision.onBehalf ? [[tr("Wie voerde het in", "Who entered it"), tr("een stagecoördinator, namens het bedrijf", "a coördinator, on the company’s behalf")] as const] : []),
              [tr("Wist het bedrijf wie het was?", "Did the company know who it was?"), decision.identityReleased ? tr("Ja", "Yes") : tr("Nee", "No")],
            ]}
          />
        )}
        <p class="nl-paragraph sm-quiet sm-mono">{piece.digest}</p>
      </Card>
    </li>
  );
}

function Evidence({ caseId }: { caseId: string }) {
  const loaded = useLoad((signal) => api.case.getCaseEvidence({ caseId }, { signal }).then((answer) => answer.evidence), [caseId]);
  return (
    <Shown of={loaded}>
      {(evidence) =>
        evidence.length === 0 ? (
          <P>{tr("De zaak rust alleen op wat erbij is geschreven.", "The case rests only on what was written with it.")}</P>
        ) : (
          <ul class="sm-cards">
            {evidence.map((piece) => (
              <Piece key={piece.id} piece={piece} />
            ))}
          </ul>
        )
      }
    </Shown>
  );
}

export function CaseEvidenceList({ of }: { of: Case }) {
  const [open, setOpen] = useState(false);
  return (
    <Section title={tr("Waar de zaak op rust", "What the case rests on")}>
      <P quiet>{tr("Zo bevroren als het was toen de zaak werd geopend. Het noemt geen student.", "Frozen as it was when the case was opened. It names no student.")}</P>
      {open ? (
        <Evidence caseId={of.caseId} />
      ) : (
        <div class="sm-noprint">
          <Button onClick={() => setOpen(true)}>{tr("Toon het bewijs", "Show the evidence")}</Button>
        </div>
      )}
    </Section>
  );
}
