// The way to the candidate whose turn it is: at one place, or at any.
import { useEffect } from "preact/hooks";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { go, Link, type Params } from "~/base/router.tsx";
import { Button, Empty, Loading, Outcome, P, Page, Shown } from "~/ui/parts.tsx";
import { OtherContact } from "./candidates.tsx";
import { ownCandidates, ownTasks } from "~/market/own.ts";
import { findTurn, type Turn, waiting } from "~/market/turn.ts";

async function turnAt(placementId: string | undefined, signal: AbortSignal): Promise<Turn> {
  const [candidates, tasks] = await Promise.all([ownCandidates(signal), ownTasks(signal)]);
  const order = waiting(candidates, tasks).filter((candidate) => placementId === undefined || candidate.placementId === placementId);
  return findTurn(order, (candidate) => api.candidate.getCandidate({ candidate }, { signal }));
}

/** Goes to the candidate whose turn it is, or to the list where there is none. */
export function NextCandidate({ text }: { text: string }) {
  const find = useAction(async () => {
    const { candidate } = await turnAt(undefined, new AbortController().signal);
    go(candidate ? `/bedrijf/kandidaten/${candidate}` : "/bedrijf/kandidaten");
  });
  return (
    <div class="sm-stack">
      <Outcome of={find} />
      <div>
        <Button kind="primary" busy={find.busy} onClick={() => void find.run()}>
          {text}
        </Button>
      </div>
    </div>
  );
}

/** The one that has its turn at a place takes this page's place at once. */
export function TurnPage({ params }: { params: Params }) {
  const turn = useLoad((signal) => turnAt(params.place ?? "", signal), [params.place]);
  useEffect(() => {
    if (turn.data?.candidate) go(`/bedrijf/kandidaten/${turn.data.candidate}`, true);
  }, [turn.data]);
  return (
    <Page title={tr("Kandidaat", "Candidate")} back={<Link href="/bedrijf/kandidaten">{tr("‹ Kandidaten", "‹ Candidates")}</Link>}>
      <Shown of={turn}>
        {({ candidate, behindContact }) =>
          candidate ? (
            <Loading />
          ) : behindContact ? (
            <OtherContact />
          ) : (
            <Empty>
              <P>{tr("Er wacht hier nu geen kandidaat op jou.", "No candidate waits for you here now.")}</P>
            </Empty>
          )
        }
      </Shown>
    </Page>
  );
}
