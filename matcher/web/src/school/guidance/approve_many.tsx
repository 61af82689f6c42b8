// Approves many proposals: after the seconds in which it can be undone, a few at a time, each once.
import { useRef, useState } from "preact/hooks";
import type { Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { count, number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { insist, newRequestId, sayError } from "~/base/request.ts";
import { Alert, Button, P, Progress } from "~/ui/parts.tsx";
import { later } from "~/ui/toast.tsx";

export type Replace = (changed: Proposal[]) => void;

const atOnce = 4;

type Props = {
  proposals: readonly Proposal[];
  replace: Replace;
  /** Those that are approved but not sent yet are not shown as waiting. */
  hide: (ids: ReadonlySet<string>) => void;
  clear: () => void;
};

/** What was done of `all`, in any order: each is sent once, `atOnce` at a time. */
async function each<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async () => {
    for (let one = all[next++]; one !== undefined; one = all[next++]) await act(one);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

export function ApproveMany({ proposals, replace, hide, clear }: Props) {
  const [progress, setProgress] = useState<{ done: number; all: number } | null>(null);
  const [failed, setFailed] = useState<{ company: string; why: string }[]>([]);
  // What was loaded may be replaced while this runs: the newest way to put it in.
  const put = useRef(replace);
  put.current = replace;

  const send = async (list: readonly Proposal[]) => {
    const approved: Proposal[] = [];
    const failures: typeof failed = [];
    setProgress({ done: 0, all: list.length });
    await each(list, async ({ proposalId, version, companyName }) => {
      try {
        const answer = await insist(newRequestId(), (requestId) => api.proposal.approveProposal({ requestId, proposalId, version }));
        if (answer.proposal) approved.push(answer.proposal);
      } catch (error) {
        failures.push({ company: companyName, why: sayError(error) });
      }
      setProgress({ done: approved.length + failures.length, all: list.length });
    });
    put.current(approved);
    hide(new Set());
    setProgress(null);
    setFailed(failures);
  };
  const approve = () => {
    const list = [...proposals];
    setFailed([]);
    hide(new Set(list.map((one) => one.proposalId)));
    clear();
    later(
      tr(`${count(list.length, "voorstel", "voorstellen")} goedgekeurd.`, `${count(list.length, "proposal", "proposals")} approved.`),
      () => void send(list),
      () => hide(new Set()),
    );
  };
  return (
    <>
      {proposals.length > 0 && !progress && (
        <div class="sm-row">
          <Button kind="primary" onClick={approve}>
            {tr(`Keur ${count(proposals.length, "voorstel", "voorstellen")} goed`, `Approve ${count(proposals.length, "proposal", "proposals")}`)}
          </Button>
          <P quiet>{tr("Daarna vraagt Stagematch de bedrijven, zonder naam.", "Stagematch then asks the companies, without names.")}</P>
        </div>
      )}
      {progress && <Progress label={tr(`Goedkeuren: ${number(progress.done)} van ${number(progress.all)}`, `Approving: ${number(progress.done)} of ${number(progress.all)}`)} value={progress.done} max={progress.all} />}
      {failed.length > 0 && (
        <Alert tone="warning" live>
          <p class="nl-paragraph">{tr(`${count(failed.length, "voorstel is", "voorstellen zijn")} niet goedgekeurd:`, `${count(failed.length, "proposal was", "proposals were")} not approved:`)}</p>
          <ul class="sm-list">
            {failed.slice(0, 20).map((one, i) => (
              <li key={i}>
                {one.company}: {one.why}
              </li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}
