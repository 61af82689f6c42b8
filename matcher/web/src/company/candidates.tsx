// Candidates: the one that can be decided on now, and where all others stand. Never two of them side by side.
import type { CandidateSummary } from "~gen/stagematch/v1/candidate_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { proposalRuns, proposalWord } from "~/base/words.ts";
import { candidateName } from "~/ui/candidate.tsx";
import { Alert, Badge, Button, Card, Details, Empty, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { ownCandidates, ownPlacements, ownTasks, placeName } from "~/market/own.ts";
import { findTurn, type Turn, waiting } from "~/market/turn.ts";

type All = { candidates: CandidateSummary[]; placements: Placement[]; waits: CandidateSummary[]; turn: Turn };

async function load(signal: AbortSignal): Promise<All> {
  const [candidates, placements, tasks] = await Promise.all([ownCandidates(signal), ownPlacements(signal), ownTasks(signal)]);
  const waits = waiting(candidates, tasks);
  const turn = await findTurn(waits, (candidate) => api.candidate.getCandidate({ candidate }, { signal }));
  return { candidates, placements, waits, turn };
}

function Now({ all }: { all: All }) {
  const { turn, waits } = all;
  const one = turn.candidate ? waits.find((candidate) => candidate.candidate === turn.candidate) : undefined;
  const place = all.placements.find((known) => known.placementId === one?.placementId);
  return (
    <Section title={tr("Nu beslissen", "Decide now")}>
      {one ? (
        <Card>
          <P lead>{placeName(place)}</P>
          <P>
            {waits.length > 1
              ? tr(`Er ${waits.length - 1 === 1 ? "wacht" : "wachten"} daarna nog ${count(waits.length - 1, "kandidaat", "kandidaten")}.`, `${count(waits.length - 1, "candidate waits", "candidates wait")} after this one.`)
              : tr("Er wacht één kandidaat.", "One candidate waits.")}
          </P>
          <div>
            <Button kind="primary" onClick={() => go(`/bedrijf/kandidaten/${one.candidate}`)}>
              {tr("Bekijk de kandidaat", "Look at the candidate")}
            </Button>
          </div>
          <P quiet>{tr("Je ziet één kandidaat tegelijk, naast je eigen criteria. Zo krijgt iedereen dezelfde kans.", "You see one candidate at a time, against your own criteria. So everybody gets the same chance.")}</P>
        </Card>
      ) : (
        <P>{tr("Er wacht nu geen kandidaat op jou.", "No candidate waits for you now.")}</P>
      )}
      {turn.behindContact && <OtherContact />}
    </Section>
  );
}

export function OtherContact() {
  return (
    <Alert>
      {tr(
        "Voor een van je plekken beslist eerst een andere contactpersoon van je bedrijf. Die student komt van een school die jouw contact nog niet heeft gecontroleerd. Daarna ben jij aan de beurt.",
        "For one of your places another contact of your company decides first. That student is of a school that has not checked your contact yet. After that it is your turn.",
      )}
    </Alert>
  );
}

function Cards({ candidates, placements }: { candidates: readonly CandidateSummary[]; placements: readonly Placement[] }) {
  return (
    <ul class="sm-cards">
      {candidates.map(({ candidate, placementId, state }) => {
        const word = proposalWord(state);
        return (
          <li key={candidate}>
            <Card>
              <div class="sm-card__head">
                <Link href={`/bedrijf/kandidaten/${candidate}`} class="nl-link sm-card__link">
                  {candidateName(candidate)}
                </Link>
                <Badge tone={word.tone}>{word.text}</Badge>
              </div>
              <P quiet>{placeName(placements.find((place) => place.placementId === placementId))}</P>
            </Card>
          </li>
        );
      })}
    </ul>
  );
}

const met = (state: ProposalState) => state === ProposalState.RELEASED || state === ProposalState.PLACED || state === ProposalState.STARTED;
const between = (state: ProposalState) => state === ProposalState.ACCEPTED || state === ProposalState.CONFIRMED;

function Lists({ all }: { all: All }) {
  const { candidates, placements } = all;
  const known = candidates.filter((candidate) => met(candidate.state));
  const others = candidates.filter((candidate) => between(candidate.state));
  const ended = candidates.filter((candidate) => !proposalRuns(candidate.state));
  return (
    <>
      {known.length > 0 && (
        <Section title={tr("Kennismaking en stage", "Introduction and internship")}>
          <Cards candidates={known} placements={placements} />
        </Section>
      )}
      {others.length > 0 && (
        <Section title={tr("Wacht op de student of de school", "Waits for the student or the school")}>
          <Cards candidates={others} placements={placements} />
        </Section>
      )}
      {ended.length > 0 && (
        <Details summary={tr(`Voorbij (${ended.length})`, `Over (${ended.length})`)}>
          <Cards candidates={ended} placements={placements} />
        </Details>
      )}
    </>
  );
}

export function CandidatesPage() {
  const all = useLoad(load, []);
  return (
    <Page title={tr("Kandidaten", "Candidates")}>
      <Shown of={all}>
        {(found) =>
          found.candidates.length === 0 ? (
            <Empty>
              <P>{tr("Er is nog geen kandidaat. De school zoekt voor je open plekken. Je krijgt een bericht als er een is.", "There is no candidate yet. The school looks for your open places. You get a message when there is one.")}</P>
              <P>
                <Link href="/bedrijf/plekken">{tr("Bekijk je plekken", "Look at your places")}</Link>
              </P>
            </Empty>
          ) : (
            <>
              <Now all={found} />
              <Lists all={found} />
            </>
          )
        }
      </Shown>
    </Page>
  );
}
