// One task: what is asked, about whom, until when, and where it is done.
import { useState } from "preact/hooks";
import { TaskKind, type Task } from "~gen/stagematch/v1/task_pb.ts";
import { ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { reasonText, schoolText, skillText, useAllReasons, useCatalog } from "~/base/catalog.ts";
import { due } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { proposalWord, taskText } from "~/base/words.ts";
import { Badge, Button, Card, DataList, Shown } from "~/ui/parts.tsx";
import { placementName, usePlacements, useRounds } from "./cached.ts";
import { momentText } from "./check_in_words.ts";
import { useNames } from "./names.ts";
import { completable, reviewPath, taskPath } from "./tasks.ts";

type Props = { task: Task; late: boolean; coordinator: boolean; complete: () => void };

export function TaskRow({ task, late, coordinator, complete }: Props) {
  const done = completable(task.kind);
  const path = coordinator ? taskPath(task) : reviewPath(task);
  return (
    <li>
      <Card>
        <div class="sm-card__head">
          <div>
            <strong>{path ? <Link href={path}>{taskText(task.kind)}</Link> : taskText(task.kind)}</strong>
            {coordinator ? <About task={task} /> : <Detail task={task} />}
          </div>
          <div class="sm-row">
            {late ? <Badge tone="negative">{tr("Te laat", "Overdue")}</Badge> : <span class="sm-quiet">{tr("uiterlijk", "by")} {due(task.dueTime)}</span>}
            {done && <Button onClick={complete}>{tr("Gedaan", "Done")}</Button>}
          </div>
        </div>
        {!coordinator && task.proposalId && <ReviewText task={task} />}
      </Card>
    </li>
  );
}

/* The subjects of a task by name: a coördinator may read all of them. */
function About({ task }: { task: Task }) {
  const { name } = useNames(task.stagevraagId ? [task.stagevraagId] : []);
  const placement = usePlacements(task.placementId ? [task.placementId] : [])(task.placementId);
  const round = useRounds(task.roundId && !task.stagevraagId && !task.placementId ? [task.roundId] : [])(task.roundId);
  const parts = [task.stagevraagId && name(task.stagevraagId), placementName(placement), !task.stagevraagId && !task.placementId && round?.name].filter(Boolean);
  return (
    <div>
      {parts.length > 0 && <div>{parts.join(" · ")}</div>}
      <Detail task={task} />
    </div>
  );
}

function Detail({ task }: { task: Task }) {
  const text = useDetail(task);
  return text ? <div class="sm-quiet">{text}</div> : null;
}

function useDetail(task: Task): string {
  const catalog = useCatalog().data;
  const reasons = useAllReasons().data;
  switch (task.kind) {
    case TaskKind.CHECK_IN:
    case TaskKind.RED_ANSWER:
      return momentText(task.detail);
    case TaskKind.CONTESTED_LEVEL:
      return skillText(catalog, task.detail);
    case TaskKind.REVIEW_REASON: {
      const reason = reasons?.find((one) => one.code === task.detail);
      return reason ? reasonText(reason) : task.detail;
    }
    case TaskKind.NONCE:
      return schoolText(catalog, task.detail);
    case TaskKind.ESCALATION: {
      const state = ProposalState[task.detail.toUpperCase() as keyof typeof ProposalState];
      return state ? proposalWord(state).text : "";
    }
    default:
      return "";
  }
}

/* For a reviewer: what was decided, and the words that came with it, when asked for: reading them is written down. */
function ReviewText({ task }: { task: Task }) {
  const [open, setOpen] = useState(false);
  if (!open)
    return (
      <div>
        <Button onClick={() => setOpen(true)}>{tr("Lees wat er is opgeschreven", "Read what was written")}</Button>
      </div>
    );
  return <ReviewRead proposalId={task.proposalId} />;
}

function ReviewRead({ proposalId }: { proposalId: string }) {
  const catalog = useAllReasons().data;
  const read = useLoad(
    async (signal) => {
      const [proposal, text] = await Promise.all([
        api.proposal.getProposal({ proposalId }, { signal }),
        api.identity.getText({ proposalId, kind: "reason" }, { signal }).catch(() => null),
      ]);
      return { proposal: proposal.proposal, text: text?.text ?? "" };
    },
    [proposalId],
  );
  return (
    <Shown of={read}>
      {({ proposal, text }) => {
        const reason = catalog?.find((one) => one.code === proposal?.reason);
        return (
          <DataList
            items={[
              [tr("Plek", "Place"), `${proposal?.companyName ?? ""} (${proposal?.leerplaats ?? ""})`],
              [tr("Wat er gebeurde", "What happened"), proposal ? proposalWord(proposal.state).text : ""],
              [tr("Reden", "Reason"), reason ? reasonText(reason) : (proposal?.reason ?? "")],
              [tr("Toelichting", "Explanation"), text || tr("Er is geen toelichting.", "There is no explanation.")],
            ]}
          />
        );
      }}
    </Shown>
  );
}
