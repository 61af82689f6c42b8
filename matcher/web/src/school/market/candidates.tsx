// Candidates for whom the school may act on behalf of a company: those that wait first.
import { useMemo, useState } from "preact/hooks";
import type { CandidateSummary } from "~gen/stagematch/v1/candidate_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { proposalWord } from "~/base/words.ts";
import { ownCandidates } from "~/market/own.ts";
import { candidateName } from "~/ui/candidate.tsx";
import { SelectField, TextField } from "~/ui/fields.tsx";
import { Badge, Empty, P, Page, Shown } from "~/ui/parts.tsx";
import { type VirtualColumn, VirtualTable } from "~/ui/virtual.tsx";
import { allPlacements } from "./scope.ts";

type Row = { candidate: CandidateSummary; placement: Placement | undefined };

/** What the company still has to do for a candidate in this state; empty: nothing. */
export function companyStep(state: ProposalState): string {
  switch (state) {
    case ProposalState.APPROVED:
      return tr("Instemmen of bezwaar", "Agree or object");
    case ProposalState.RELEASED:
      return tr("Plaatsen of laten weten", "Place, or say it does not go on");
    case ProposalState.STARTED:
      return tr("Check-ins beantwoorden", "Answer check-ins");
    default:
      return "";
  }
}

const columns = (): VirtualColumn<Row>[] => [
  { name: tr("Kandidaat", "Candidate"), width: "11rem", cell: ({ candidate }) => <Link href={`/school/bedrijven/kandidaten/${candidate.candidate}`}>{candidateName(candidate.candidate)}</Link> },
  { name: tr("Bedrijf", "Company"), width: "minmax(9rem, 1fr)", cell: ({ placement }) => placement?.companyName ?? "" },
  { name: tr("Plek", "Place"), width: "minmax(9rem, 1fr)", cell: ({ placement }) => placement?.title || placement?.leerplaats || "" },
  { name: tr("Staat", "State"), width: "14rem", cell: ({ candidate }) => <Badge tone={proposalWord(candidate.state).tone}>{proposalWord(candidate.state).text}</Badge> },
  { name: tr("Het bedrijf moet", "The company has to"), width: "15rem", cell: ({ candidate }) => companyStep(candidate.state) || "–" },
];

function List({ rows }: { rows: readonly Row[] }) {
  const [text, setText] = useState("");
  const [show, setShow] = useState("waits");
  const shown = useMemo(() => {
    const word = text.trim().toLowerCase();
    return rows.filter(
      ({ candidate, placement }) =>
        (show === "all" || companyStep(candidate.state) !== "") && `${placement?.companyName ?? ""} ${placement?.title ?? ""} ${candidate.candidate.slice(0, 4)}`.toLowerCase().includes(word),
    );
  }, [rows, text, show]);
  return (
    <>
      <div class="sm-columns" role="search">
        <TextField label={tr("Zoek op bedrijf of plek", "Search company or place")} type="search" value={text} onValue={setText} />
        <SelectField
          label={tr("Laat zien", "Show")}
          value={show}
          onValue={setShow}
          choices={[
            { value: "waits", label: tr("Wacht op het bedrijf", "Waits for the company") },
            { value: "all", label: tr("Alle kandidaten", "All candidates") },
          ]}
        />
      </div>
      <span role="status">{count(shown.length, tr("kandidaat", "candidate"), tr("kandidaten", "candidates"))}</span>
      {shown.length === 0 ? (
        <Empty>
          <P>{tr("Er wacht nu geen kandidaat op een bedrijf.", "No candidate waits for a company now.")}</P>
        </Empty>
      ) : (
        <VirtualTable caption={tr("Kandidaten", "Candidates")} columns={columns()} rows={shown} rowKey={({ candidate }) => candidate.candidate} open={({ candidate }) => go(`/school/bedrijven/kandidaten/${candidate.candidate}`)} />
      )}
    </>
  );
}

const load = async (signal: AbortSignal): Promise<Row[]> => {
  const [candidates, placements] = await Promise.all([ownCandidates(signal), allPlacements(signal)]);
  const byId = new Map(placements.map((placement) => [placement.placementId, placement]));
  return candidates.map((candidate) => ({ candidate, placement: byId.get(candidate.placementId) })).sort((a, b) => a.candidate.state - b.candidate.state);
};

export function BehalfCandidatesPage() {
  const rows = useLoad(load, []);
  return (
    <Page
      title={tr("Beslissen namens een bedrijf", "Deciding on behalf of a company")}
      lead={tr("Lukt het een bedrijf niet zelf? Bel het, en voer hier in wat je hebt afgesproken. Je ziet wat het bedrijf ziet.", "Does a company not manage by itself? Call it, and enter here what you agreed. You see what the company sees.")}
      back={<Link href="/school/bedrijven">{tr("Bedrijven", "Companies")}</Link>}
    >
      <Shown of={rows}>
        {(all) =>
          all.length === 0 ? (
            <Empty>
              <P>{tr("Er zijn nog geen kandidaten. Ze komen als voorstellen zijn goedgekeurd.", "There are no candidates yet. They come once proposals were approved.")}</P>
            </Empty>
          ) : (
            <List rows={all} />
          )
        }
      </Shown>
    </Page>
  );
}
