// What was offered to the student, now and before; and why there is nothing, where there is not.
import { ProposalState, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api, everyPage } from "~/base/api.ts";
import { due } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { proposalRuns, proposalWord } from "~/base/words.ts";
import { Badge, Card, Empty, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { ForMine, type Mine, usePolled } from "./mine.tsx";
import { WhyThis } from "./why.tsx";

export const myProposals = (): Promise<Proposal[]> =>
  everyPage(async (pageToken) => {
    const answer = await api.proposal.listProposals({ pageToken, pageSize: 1000 });
    return { items: answer.proposals, next: answer.nextPageToken };
  });

const ended = (proposal: Proposal) => !proposalRuns(proposal.state) && proposal.state !== ProposalState.COMPLETED;

/** The one that runs or was completed, of this stagevraag. */
export function newestOf(proposals: readonly Proposal[], stagevraagId: string): Proposal | undefined {
  return proposals.find((proposal) => proposal.stagevraagId === stagevraagId && !ended(proposal));
}

function ProposalCard({ proposal }: { proposal: Proposal }) {
  const word = proposalWord(proposal.state);
  const mine = proposal.state === ProposalState.ACCEPTED;
  return (
    <Card>
      <div class="sm-card__head">
        <Link href={`/student/voorstellen/${proposal.proposalId}`}>
          <strong>{proposal.companyName}</strong>
        </Link>
        <Badge tone={mine ? "warning" : word.tone}>{mine ? tr("Wacht op jou", "Waits for you") : word.text}</Badge>
      </div>
      {mine && proposal.dueTime && <P>{tr(`Zeg ja of nee uiterlijk ${due(proposal.dueTime)}.`, `Say yes or no by ${due(proposal.dueTime)}.`)}</P>}
    </Card>
  );
}

function Cards({ proposals }: { proposals: readonly Proposal[] }) {
  return (
    <ul class="sm-cards">
      {proposals.map((proposal) => (
        <li key={proposal.proposalId}>
          <ProposalCard proposal={proposal} />
        </li>
      ))}
    </ul>
  );
}

function Nothing({ mine }: { mine: Mine }) {
  const { state, roundId, stagevraagId } = mine.stagevraag;
  return (
    <>
      <Empty>
        <P>{tr("Er is nu geen voorstel. Zodra er een is, krijg je bericht.", "There is no proposal now. As soon as there is, you get a message.")}</P>
        {state === StagevraagState.FREE && <Link href="/student/plekken">{tr("Zet intussen plekken op volgorde", "Put places in order meanwhile")}</Link>}
      </Empty>
      {roundId && <WhyThis roundId={roundId} stagevraagId={stagevraagId} />}
    </>
  );
}

function List({ mine }: { mine: Mine }) {
  const proposals = usePolled(myProposals, []);
  return (
    <Shown of={proposals}>
      {(all) => {
        const own = all.filter((proposal) => proposal.stagevraagId === mine.stagevraag.stagevraagId);
        const now = own.filter((proposal) => !ended(proposal));
        const before = own.filter(ended);
        return (
          <>
            <Section title={tr("Nu", "Now")}>{now.length > 0 ? <Cards proposals={now} /> : <Nothing mine={mine} />}</Section>
            {before.length > 0 && (
              <Section title={tr("Eerder", "Before")}>
                <P quiet>{tr("Deze plekken worden je niet opnieuw aangeboden.", "These places are not offered to you again.")}</P>
                <Cards proposals={before} />
              </Section>
            )}
          </>
        );
      }}
    </Shown>
  );
}

export function ProposalsPage() {
  return (
    <Page title={tr("Voorstellen", "Proposals")} lead={tr("Een voorstel is een plek die voor jou gevonden is. Jij beslist of je die neemt.", "A proposal is a place that was found for you. You decide whether to take it.")}>
      <ForMine>{(mine) => <List key={mine.stagevraag.stagevraagId} mine={mine} />}</ForMine>
    </Page>
  );
}
