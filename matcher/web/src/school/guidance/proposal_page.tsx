// Everything on one proposal: who and where, why, what the company sees, and the one thing that is to be done now.
import { ProposalState, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, reasonText, skillText, useAllReasons, useCatalog } from "~/base/catalog.ts";
import { due, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { proposalWord } from "~/base/words.ts";
import { AsksForMore } from "~/ui/asks_for_more.tsx";
import { Alert, Badge, DataList, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { CheckIns } from "./check_ins.tsx";
import { Explanation } from "./explanation.tsx";
import { Introduction } from "./introduction.tsx";
import { useNames } from "./names.ts";
import { nextStep } from "./phase.ts";
import { ProposalActions } from "./proposal_actions.tsx";
import { ReadText } from "./read_text.tsx";
import { ShownView } from "./shown_view.tsx";

/** `criteria`: skills that the proposal's own version of the placement declared. */
export type Whole = { proposal: Proposal; stagevraag: Stagevraag | undefined; placement: Placement | undefined; criteria: readonly string[] };

async function askWhole(proposalId: string, signal: AbortSignal): Promise<Whole> {
  const { proposal } = await api.proposal.getProposal({ proposalId }, { signal });
  if (!proposal) throw new Error("an answer without a proposal");
  const missing = () => undefined; // withdrawn or erased since: the page says less
  const [stagevraag, placement, shown] = await Promise.all([
    api.student.getStagevraag({ stagevraagId: proposal.stagevraagId }, { signal }).then((answer) => answer.stagevraag, missing),
    api.placement.getPlacement({ placementId: proposal.placementId }, { signal }).then((answer) => answer.placement, missing),
    api.proposal.getShownView({ proposalId }, { signal }),
  ]);
  return { proposal, stagevraag, placement, criteria: [...new Set([...shown.hardCriteria, ...shown.weightedCriteria].map((one) => one.skill))] };
}

export function useWhole(proposalId: string) {
  return useLoad((signal) => askWhole(proposalId, signal), [proposalId]);
}

export function ProposalPage({ params }: { params: Params }) {
  const id = params.id ?? "";
  const whole = useWhole(id);
  return (
    <Page title={tr("Voorstel", "Proposal")} back={<Link href="/school/voorstellen">{tr("Alle voorstellen", "All proposals")}</Link>}>
      <Shown of={whole}>
        {(found) => (
          <>
            <div class="sm-columns sm-columns--sections">
              <Head whole={found} />
              <ProposalActions whole={found} changed={(proposal) => whole.set({ ...found, proposal })} reload={whole.reload} />
            </div>
            <Rest whole={found} changed={(proposal) => whole.set({ ...found, proposal })} />
          </>
        )}
      </Shown>
    </Page>
  );
}

function Head({ whole: { proposal, stagevraag, placement } }: { whole: Whole }) {
  const { name, student } = useNames([proposal.stagevraagId]);
  const catalog = useCatalog().data;
  const word = proposalWord(proposal.state);
  const who = name(proposal.stagevraagId) || tr("Student", "Student");
  const waits = proposal.dueTime && proposal.state <= ProposalState.STARTED;
  return (
    <Section title={tr("Student en plek", "Student and place")}>
      <div class="sm-row">
        <Badge tone={word.tone}>{word.text}</Badge>
        {waits && <span class="sm-quiet">{tr("uiterlijk", "by")} {due(proposal.dueTime)}</span>}
        {proposal.escalated && <Badge tone="negative">{tr("Duurt te lang", "Takes too long")}</Badge>}
        {proposal.onBehalfOfStudent && <Badge>{tr("Antwoord door school ingevoerd namens de student", "Answer entered by the school for the student")}</Badge>}
        {proposal.onBehalf && <Badge>{tr("Door school ingevoerd namens het bedrijf", "Entered by the school for the company")}</Badge>}
      </div>
      {stagevraag && proposal.state <= ProposalState.STARTED && <P>{nextStep(stagevraag, proposal)}</P>}
      <DataList
        items={[
          [tr("Student", "Student"), <Link href={`/school/studenten/${proposal.stagevraagId}`}>{`${who} (${student(proposal.stagevraagId)?.studentNumber ?? "…"})`}</Link>],
          [tr("Opleiding", "Programme"), stagevraag?.profile ? qualificationText(catalog, stagevraag.profile.qualification) : ""],
          [tr("Periode", "Period"), stagevraag?.profile ? period(stagevraag.profile.startDate, stagevraag.profile.endDate) : ""],
          [tr("Bedrijf", "Company"), proposal.companyName],
          [tr("Plek", "Place"), <Link href={`/school/plekken/${proposal.placementId}`}>{placement?.title || proposal.leerplaats}</Link>],
          [tr("Keus van de student", "Choice of the student"), tr(`nummer ${proposal.rank} van de eigen lijst`, `number ${proposal.rank} of the own list`)],
          [tr("Zo noemt het bedrijf de student", "The company's name for the student"), <span class="sm-mono">{proposal.candidate}</span>],
        ]}
      />
    </Section>
  );
}

function Rest({ whole, changed }: { whole: Whole; changed: (proposal: Proposal) => void }) {
  const { proposal } = whole;
  return (
    <>
      {proposal.reason && <Ended proposal={proposal} />}
      {(proposal.state === ProposalState.RELEASED || proposal.introduction?.date) && <Introduction whole={whole} changed={changed} />}
      {(proposal.state === ProposalState.STARTED || proposal.checkIns.length > 0 || proposal.state === ProposalState.PLACED) && <CheckIns whole={whole} />}
      <Section title={tr("Waarom deze plek", "Why this place")}>
        <Explanation roundId={proposal.roundId} stagevraagId={proposal.stagevraagId} placementId={proposal.placementId} />
      </Section>
      <Section title={tr("Wat het bedrijf ziet", "What the company sees")}>
        <ShownView proposalId={proposal.proposalId} version={proposal.version} />
        {proposal.state !== ProposalState.PROPOSED && proposal.state !== ProposalState.VETOED && <AsksForMore proposalId={proposal.proposalId} />}
      </Section>
      {[ProposalState.PLACED, ProposalState.STARTED, ProposalState.COMPLETED].includes(proposal.state) && (
        <Section title={tr("Praktijkovereenkomst", "Placement agreement")}>
          <P>
            <Link href={`/school/voorstellen/${proposal.proposalId}/pok`}>{tr("Gegevens voor de praktijkovereenkomst", "Data for the placement agreement")}</Link>
          </P>
        </Section>
      )}
    </>
  );
}

function Ended({ proposal }: { proposal: Proposal }) {
  const reasons = useAllReasons().data;
  const catalog = useCatalog().data;
  const reason = reasons?.find((one) => one.code === proposal.reason);
  return (
    <Section title={tr("Waarom het stopte", "Why it ended")}>
      <Alert tone="warning">
        <p class="nl-paragraph">{reason ? reasonText(reason) : proposal.reason}</p>
        {proposal.criterion && <p class="nl-paragraph">{tr("Vaardigheid", "Skill")}: {skillText(catalog, proposal.criterion)}</p>}
      </Alert>
      {proposal.reason === "anders" && <ReadText subject={proposal.proposalId} kind="reason" />}
    </Section>
  );
}
