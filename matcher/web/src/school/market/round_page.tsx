// One round, live: where it is, what it gave, what to do next.
import { useState } from "preact/hooks";
import { type Round, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad, useWatch } from "~/base/load.ts";
import { Link, type Params } from "~/base/router.tsx";
import { roundWord } from "~/base/words.ts";
import { Alert, Badge, Button, DataList, Details, Page, Section, Shown } from "~/ui/parts.tsx";
import { RoundExports } from "./round_exports.tsx";
import { RoundFigures } from "./round_figures.tsx";
import { GuidedRun } from "./round_guided.tsx";
import { Lots } from "./round_lots.tsx";
import { CancelRound, NextStep } from "./round_next.tsx";
import { failureText, modeText, roundEnded, roundMeaning, roundPath } from "./round_words.ts";
import { schoolText, useOwnSchools } from "./scope.ts";

function Timeline({ round }: { round: Round }) {
  const ended = round.state === RoundState.CANCELLED || round.state === RoundState.FAILED;
  const states = ended ? [...roundPath.slice(0, 1), round.state] : roundPath;
  const at = states.indexOf(round.state);
  return (
    <ol class="sm-timeline" aria-label={tr("Verloop van de ronde", "Course of the round")}>
      {states.map((state, i) => {
        const now = i === at;
        const done = i < at || (now && state === RoundState.CLOSED);
        return (
          <li key={state} class={`sm-timeline__step${done ? " sm-timeline__step--done" : now && ended ? " sm-timeline__step--failed" : now ? " sm-timeline__step--now" : ""}`} aria-current={now ? "step" : undefined}>
            <div>
              <div class={now ? undefined : "sm-quiet"}>
                {now ? <strong>{roundWord(state).text}</strong> : roundWord(state).text}
                <span class="sm-hidden">{done && !now ? tr(" (klaar)", " (done)") : now ? tr(" (nu)", " (now)") : ""}</span>
              </div>
              {now && <div>{roundMeaning(state)}</div>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

function Facts({ round }: { round: Round }) {
  const catalog = useCatalog();
  const mono = (value: string) => <span class="sm-mono">{value}</span>;
  return (
    <Details summary={tr("Gegevens van de ronde", "Details of the round")}>
      <DataList
        items={[
          [tr("Scholen", "Schools"), round.schools.map((school) => schoolText(catalog.data, school)).join(", ")],
          [tr("Opleidingen", "Studies"), round.qualifications.map((code) => qualificationText(catalog.data, code)).join(", ")],
          [tr("Beslissen", "Deciding"), modeText(round.mode)],
          [tr("Gemaakt", "Made"), moment(round.createTime)],
          ...(round.beacon ? [[tr("Getal van buiten", "Number from outside"), round.beacon] as const] : []),
          ...(round.inputDigest ? [[tr("Vingerafdruk van de gegevens", "Fingerprint of the data"), mono(round.inputDigest)] as const] : []),
          ...(round.entriesRoot ? [[tr("Vingerafdruk van de rijen", "Fingerprint of the rows"), mono(round.entriesRoot)] as const] : []),
          ...(round.seed ? [[tr("Loting", "Lottery"), mono(round.seed)] as const] : []),
        ]}
      />
    </Details>
  );
}

/* An answer that comes late must not hide what the stream told since. */
const newer = (before: Round | undefined, next: Round) => (before && before.roundId === next.roundId && before.version > next.version ? before : next);

export function RoundPage({ params }: { params: Params }) {
  const roundId = params.id ?? "";
  const own = useOwnSchools();
  const [told, setTold] = useState<Round>();
  const asked = useLoad(async (signal) => (await api.round.getRound({ roundId }, { signal })).round, [roundId]);
  const changed = (round: Round) => setTold((before) => newer(before, round));
  const { live } = useWatch(
    (afterSeq, signal) => api.round.watchRound({ roundId, afterSeq }, { signal, timeoutMs: 0 }),
    (event) => event.round && changed(event.round),
    [roundId],
  );
  const round = told ?? asked.data;
  const state = round && roundWord(round.state);
  return (
    <Page
      title={round?.name ?? tr("Ronde", "Round")}
      back={<Link href="/school/rondes">{tr("Rondes", "Rounds")}</Link>}
      lead={
        round && (
          <span class="sm-row">
            {state && <Badge tone={state.tone}>{state.text}</Badge>}
            <span class="sm-quiet">{live && !roundEnded(round.state) ? tr("Deze pagina loopt vanzelf mee.", "This page follows by itself.") : ""}</span>
          </span>
        )
      }
    >
      <Shown of={{ ...asked, data: round }}>{(now) => <RoundBody round={now} changed={changed} own={own} />}</Shown>
    </Page>
  );
}

function RoundBody({ round, changed, own }: { round: Round; changed: (round: Round) => void; own: readonly string[] }) {
  const [bySteps, setBySteps] = useState(false);
  const allOwn = round.schools.every((school) => own.includes(school));
  const guided = allOwn && !bySteps;
  const hasLots = round.state === RoundState.OPEN || round.state === RoundState.SEALED;
  const isPublic = round.state >= RoundState.SEALED && round.state !== RoundState.CANCELLED;
  return (
    <>
      {round.state === RoundState.FAILED && (
        <Alert tone="error">
          <div class="sm-stack">
            <p class="nl-paragraph">{failureText(round)}</p>
            <p class="nl-paragraph sm-quiet">
              {tr("Code voor de beheerder:", "Code for the operator:")} <span class="sm-mono">{round.failure}</span>
            </p>
            <Link href="/school/rondes/nieuw">{tr("Begin een nieuwe ronde", "Begin another round")}</Link>
          </div>
        </Alert>
      )}
      {guided && <GuidedRun round={round} changed={changed} />}
      <NextStep round={round} changed={changed} guided={guided} />
      {allOwn && round.state < RoundState.REVEALED && (
        <div>
          <Button kind="subtle" onClick={() => setBySteps(!bySteps)}>
            {bySteps ? tr("Toch in één keer", "In one go after all") : tr("Liever stap voor stap", "Rather step by step")}
          </Button>
        </div>
      )}
      {hasLots && !guided && <Lots round={round} changed={changed} steps />}
      {round.studentCount > 0n && <RoundFigures round={round} />}
      <Section title={tr("Verloop", "Course")}>
        <Timeline round={round} />
        <Facts round={round} />
        {isPublic && (
          <p class="nl-paragraph">
            <Link href={`/rondes/${round.roundId}`}>{tr("Wat iedereen van deze ronde kan zien", "What everybody can see of this round")}</Link>
          </p>
        )}
      </Section>
      {round.state === RoundState.PUBLISHED && <RoundExports round={round} />}
      {!hasLots && round.state > RoundState.SEALED && !roundEnded(round.state) && (
        <Details summary={tr("Loten van de scholen", "Lots of the schools")}>
          <Lots round={round} changed={changed} steps={false} />
        </Details>
      )}
      <CancelRound round={round} changed={changed} />
    </>
  );
}
