// One case: where it stands, what must happen next as one clear action, and everything that happened, with its texts and terms.
import "~/styles/cases.css";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { type Case, CaseEvent, CaseState } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { due, moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { Alert, Badge, Button, DataList, P, Page, Section, Shown, Steps } from "~/ui/parts.tsx";
import { CaseDossier } from "./case_dossier.tsx";
import { CaseEvidenceList } from "./case_evidence.tsx";
import { CaseMeasures } from "./case_measures.tsx";
import { CaseNext } from "./case_next.tsx";
import { CaseSteps } from "./case_steps.tsx";
import { outcomeText, runs, stateText, useCaseLists } from "./case_words.ts";

const chain = [CaseState.RECEIVED, CaseState.VERIFIED, CaseState.WEDERHOOR, CaseState.ASSESSMENT, CaseState.MEASURE, CaseState.FEEDBACK, CaseState.AFTERCARE, CaseState.CLOSING];

/* SBB stands beside the measures in the chain. */
const placeOf = (state: CaseState): number => (runs(state) ? chain.indexOf(state === CaseState.FORWARDED ? CaseState.MEASURE : state) : chain.length);

function Head({ of }: { of: Case }) {
  const catalog = useCatalog().data;
  const lists = useCaseLists().data;
  return (
    <>
      <Steps steps={chain.map(stateText)} now={placeOf(of.state)} />
      <DataList
        items={[
          [tr("Stand", "Where it stands"), <>{stateText(of.state)} {of.overdue && <Badge tone="negative">{tr("Te laat", "Overdue")}</Badge>}</>],
          ...(of.dueTime ? [[tr("Termijn", "Term"), due(of.dueTime)] as const] : []),
          [tr("School", "School"), schoolText(catalog, of.school)],
          [tr("Leerbedrijf", "Company"), of.leerbedrijf],
          [tr("Geopend", "Opened"), moment(of.createTime)],
          [tr("Behandelaar", "Handler"), of.handledByMe ? tr("jij", "you") : of.handled ? tr("een collega", "a colleague") : tr("nog niemand", "nobody yet")],
          ...(of.outcome ? [[tr("Besluit", "Decision"), outcomeText(lists, of.outcome)] as const] : []),
          ...(of.endReason ? [[tr("Reden om te stoppen", "Reason to end"), outcomeText(lists, of.endReason)] as const] : []),
        ]}
      />
    </>
  );
}

function Whole({ of, set, reads }: { of: Case; set: (next: Case) => void; reads: boolean }) {
  const can = (event: CaseEvent) => of.moves.some((move) => move.event === event);
  return (
    <>
      <Head of={of} />
      {of.tied ? (
        <Alert tone="warning">{tr("Je hebt gemeld dat je een band met dit bedrijf hebt. Daarom zie je alleen dat de zaak er is.", "You declared a tie with this company. That is why you see only that the case is there.")}</Alert>
      ) : (
        <>
          {reads && <CaseNext key={`${of.state}-${of.handledByMe}`} of={of} set={set} />}
          <CaseMeasures of={of} set={set} can={can(CaseEvent.MEASURE)} />
          <Section title={tr("Wat er is gebeurd", "What happened")}>
            <CaseSteps of={of} reads={reads} />
          </Section>
          {reads && <CaseEvidenceList of={of} />}
          {can(CaseEvent.EXPORTED) && <CaseDossier of={of} done={(next) => set(next)} />}
        </>
      )}
    </>
  );
}

export function CasePage({ params }: { params: Params }) {
  const caseId = params.case ?? "";
  const session = useSession();
  const reads = (session.kind === "signed-in" || session.kind === "over") && session.session.role === Role.BEHANDELAAR;
  const loaded = useLoad((signal) => api.case.getCase({ caseId }, { signal }).then((answer) => answer.case), [caseId]);
  return (
    <Page
      title={tr("Een zaak", "A case")}
      lead={tr("Wat hier staat, blijft hier. Het bedrijf ziet alleen zijn eigen vragen en antwoorden.", "What is here stays here. The company sees its own questions and answers alone.")}
      back={<Link href="/signalering/zaken">{tr("‹ Zaken", "‹ Cases")}</Link>}
    >
      <div class="sm-noprint">
        <Button onClick={() => print()}>{tr("Druk af", "Print")}</Button>
      </div>
      <Shown of={loaded}>{(one) => (one ? <Whole of={one} set={(next) => loaded.set(next)} reads={reads} /> : <P>{tr("Deze zaak is er niet.", "This case does not exist.")}</P>)}</Shown>
    </Page>
  );
}
