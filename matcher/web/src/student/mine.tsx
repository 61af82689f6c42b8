// The stagevraag that the student's pages are about: most have one; who has several chooses.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Stagevraag, StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { type Loaded, useLoad } from "~/base/load.ts";
import { stagevraagWord } from "~/base/words.ts";
import { SelectField } from "~/ui/fields.tsx";
import { Empty, P, Shown } from "~/ui/parts.tsx";
import { Link } from "~/base/router.tsx";

const lookAgainMs = 30_000;
let chosenId = "";

/** Asks again now and then, while the page is looked at. */
export function usePolled<T>(load: (signal: AbortSignal) => Promise<T>, on: readonly unknown[]): Loaded<T> {
  const loaded = useLoad(load, on);
  const { reload } = loaded;
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && reload();
    const timer = setInterval(look, lookAgainMs);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [reload]);
  return loaded;
}

const stillLooks = ({ state }: Stagevraag) => state === StagevraagState.FREE || state === StagevraagState.PROPOSED;

/** The one that was chosen before, else one that still looks for a place, else the newest. */
function pick(all: readonly Stagevraag[]): Stagevraag | undefined {
  const byStart = [...all].sort((a, b) => (a.profile?.startDate ?? "").localeCompare(b.profile?.startDate ?? ""));
  return all.find((one) => one.stagevraagId === chosenId) ?? byStart.find(stillLooks) ?? byStart.at(-1);
}

const periodOf = ({ profile }: Stagevraag) => (profile ? period(profile.startDate, profile.endDate) : "");

export type Mine = { stagevraag: Stagevraag; reload: () => void };

/** `children` with the student's stagevraag; before that, the choice where there are several. */
export function ForMine({ children }: { children: (mine: Mine) => ComponentChildren }) {
  const all = usePolled(async () => (await api.student.listMyStagevragen({})).stagevragen, []);
  const [, choose] = useState(chosenId);
  return (
    <Shown of={all}>
      {(stagevragen) => {
        const stagevraag = pick(stagevragen);
        if (!stagevraag)
          return (
            <Empty>
              <P>{tr("Je school heeft nog geen stagevraag voor je ingestuurd. Vraag je stagecoördinator wanneer dat gebeurt.", "Your school has not handed in a request for you yet. Ask your coördinator when it will.")}</P>
              <Link href="/hulp">{tr("Wie kan ik bellen?", "Who can I call?")}</Link>
            </Empty>
          );
        return (
          <>
            {stagevragen.length > 1 && (
              <SelectField
                label={tr("Over welke stage gaat het?", "Which internship is this about?")}
                value={stagevraag.stagevraagId}
                onValue={(id) => choose((chosenId = id))}
                choices={stagevragen.map((one) => ({ value: one.stagevraagId, label: `${periodOf(one)} (${stagevraagWord(one.state).text})` }))}
              />
            )}
            {children({ stagevraag, reload: all.reload })}
          </>
        );
      }}
    </Shown>
  );
}
