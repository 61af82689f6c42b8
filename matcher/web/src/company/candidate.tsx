// One candidate: before release without a name and against the declared criteria; after release who it is and what comes next.
import { useState } from "preact/hooks";
import type { CandidateView } from "~gen/stagematch/v1/proposal_pb.ts";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import type { Task } from "~gen/stagematch/v1/task_pb.ts";
import { api } from "~/base/api.ts";
import { useCatalog } from "~/base/catalog.ts";
import { sameCriteria } from "~/base/criteria.ts";
import { due } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { Arrive } from "~/ui/arrive.tsx";
import { CandidateCard } from "~/ui/candidate.tsx";
import { Alert, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { OtherContact } from "./candidates.tsx";
import { Decide } from "./decide.tsx";
import { Met } from "./met.tsx";
import { onePlacement, ownTasks, placeName } from "~/market/own.ts";
import { type Wait, waitOf } from "~/market/turn.ts";
import { NextCandidate } from "./turn_page.tsx";

export type Known = { view: CandidateView; place: Placement; tasks: Task[] };

/** What a page of a candidate does to what it shows: puts in what an action answered, or asks again. */
export type Change = { set: (view: CandidateView) => void; reload: () => void };

async function load(candidate: string, signal: AbortSignal): Promise<Known | Wait> {
  try {
    const { view } = await api.candidate.getCandidate({ candidate }, { signal });
    if (!view) throw new Error("no candidate in the answer");
    const [place, tasks] = await Promise.all([onePlacement(view.placementId, signal), ownTasks(signal)]);
    return { view, place, tasks: tasks.filter((task) => task.candidate === candidate) };
  } catch (error) {
    const wait = waitOf(error);
    if (wait) return wait;
    throw error;
  }
}

function NotYet({ wait }: { wait: Wait }) {
  if (wait === "contact") return <OtherContact />;
  return (
    <>
      <Alert>
        {tr(
          "Kandidaten komen één voor één. Er wacht er nog een die eerder kwam. Beslis eerst over die kandidaat; dan zie je deze.",
          "Candidates come one by one. Another one came earlier. Decide on that candidate first; then you see this one.",
        )}
      </Alert>
      <NextCandidate text={tr("Naar de eerste kandidaat", "To the first candidate")} />
    </>
  );
}

/** What happens now that the company need not do. */
function afterwards(state: ProposalState): string {
  switch (state) {
    case ProposalState.ACCEPTED:
      return tr("Je hebt ja gezegd. Nu kiest de student. Daarna geeft de school de naam en het contact vrij.", "You said yes. Now the student chooses. The school then releases the name and the contact.");
    case ProposalState.CONFIRMED:
      return tr("De student zei ook ja. De school geeft nu de naam en het contact vrij. Je krijgt een bericht.", "The student said yes as well. The school now releases the name and the contact. You get a message.");
    case ProposalState.REJECTED:
      return tr("Je bezwaar is vastgelegd. De student hoort van de school dat het geen plek werd.", "Your objection was recorded. The student hears from the school that it became no place.");
    case ProposalState.EXPIRED_COMPANY:
      return tr("Er kwam geen antwoord op tijd. De student zoekt verder. Open je plek weer als er nog ruimte is.", "No answer came in time. The student looks on. Open your place again if there is still room.");
    case ProposalState.DECLINED:
    case ProposalState.EXPIRED_STUDENT:
      return tr("De student komt niet. De plaats is weer vrij voor een volgende kandidaat.", "The student does not come. The seat is free again for a next candidate.");
    case ProposalState.DROPPED_AFTER_RELEASE:
      return tr("Je hebt laten weten dat de student niet komt. De school kijkt ernaar. Tot dan blijft de plaats bezet.", "You said that the student does not come. The school looks at it. Until then the seat stays taken.");
    case ProposalState.COMPLETED:
      return tr("De stage is afgerond. Dank je wel! Is er weer plek? Open hem dan bij je plekken.", "The internship is completed. Thank you! Is there room again? Then open it among your places.");
    default:
      return tr("Dit voorstel is voorbij. Je hoeft niets te doen.", "This proposal is over. There is nothing to do.");
  }
}

function Shows({ known, change }: { known: Known; change: Change }) {
  const catalog = useCatalog();
  const [first] = useState(known.view.state);
  const { view, place } = known;
  const { state } = view;
  const isMet = state === ProposalState.RELEASED || state === ProposalState.PLACED || state === ProposalState.STARTED;
  if (isMet) return <Met known={known} change={change} />;
  return (
    <>
      {!sameCriteria(view, place) && (
        <Alert>{tr("Je hebt de criteria van deze plek veranderd nadat deze kandidaat kwam. Voor deze kandidaat tellen de criteria van toen.", "You changed the criteria of this place after this candidate came. For this candidate those of then count.")}</Alert>
      )}
      <CandidateCard view={view} catalog={catalog.data} />
      {state === ProposalState.APPROVED ? (
        <Decide view={view} change={change} />
      ) : (
        <Arrive when={state !== first}>
          <Section title={tr("Hoe het verder gaat", "What comes next")}>
            <P>{afterwards(state)}</P>
            <NextCandidate text={tr("Verder", "Go on")} />
          </Section>
        </Arrive>
      )}
    </>
  );
}

function lead(known: Known): string {
  const { view, place } = known;
  const by = view.state === ProposalState.APPROVED && view.dueTime ? tr(` Beslis voor ${due(view.dueTime)}.`, ` Decide by ${due(view.dueTime)}.`) : "";
  return `${placeName(place)}.${by}`;
}

export function CandidatePage({ params }: { params: Params }) {
  const id = params.candidate ?? "";
  const found = useLoad((signal) => load(id, signal), [id]);
  const known = typeof found.data === "object" ? found.data : undefined;
  return (
    <Page title={tr("Kandidaat", "Candidate")} lead={known && lead(known)} back={<Link href="/bedrijf/kandidaten">{tr("‹ Kandidaten", "‹ Candidates")}</Link>}>
      <Shown of={found}>{(data) => (typeof data === "string" ? <NotYet wait={data} /> : <Shows known={data} change={{ set: (view) => found.set({ ...data, view }), reload: found.reload }} />)}</Shown>
    </Page>
  );
}
