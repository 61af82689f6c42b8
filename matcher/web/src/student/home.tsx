// Where the student is, what to do now, what comes next, and who to call.
import { ProposalState, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { type Task, TaskKind } from "~gen/stagematch/v1/task_pb.ts";
import { api } from "~/base/api.ts";
import { due, period } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { taskText } from "~/base/words.ts";
import { Contacts } from "~/public/contacts.tsx";
import { Alert, Badge, Card, Empty, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { ForMine, type Mine, usePolled } from "./mine.tsx";
import { type Phase, phaseNames, phaseOf } from "./phase.ts";
import { OriginLink } from "./origin.tsx";
import { myProposals, newestOf } from "./proposals.tsx";

function taskPath(task: Task): string {
  return task.proposalId ? `/student/voorstellen/${task.proposalId}` : "/student/profiel";
}

const taskHelp: Partial<Record<TaskKind, () => string>> = {
  [TaskKind.CONFIRM]: () => tr("Er is een plek voor jou. Lees wat het is en kies zelf.", "There is a place for you. Read what it is, and choose for yourself."),
  [TaskKind.AGREE_INTRODUCTION]: () => tr("Het bedrijf leest deze tekst pas als jij het goed vindt.", "The company reads this text only once you agree."),
  [TaskKind.CHECK_IN]: () => tr("Drie vragen. Het duurt een minuut.", "Three questions. It takes a minute."),
};

function Tasks() {
  const tasks = usePolled(async () => (await api.task.listTasks({})).tasks, []);
  return (
    <Section title={tr("Dit moet je nu doen", "What you must do now")}>
      <Shown of={tasks}>
        {(list) =>
          list.length === 0 ? (
            <Empty>
              <P>{tr("Je hoeft nu niets te doen. Is er iets nieuws, dan krijg je een bericht van ons.", "There is nothing to do now. When there is, you get a message from us.")}</P>
            </Empty>
          ) : (
            <ul class="sm-cards">
              {list.map((task) => (
                <li key={task.taskId}>
                  <Card>
                    <div class="sm-card__head">
                      <Link href={taskPath(task)}>
                        <strong>{taskText(task.kind)}</strong>
                      </Link>
                      {task.dueTime && (
                        <Badge tone={task.overdue ? "negative" : "info"}>
                          {task.overdue ? tr("te laat, doe het nu", "overdue, do it now") : tr(`uiterlijk ${due(task.dueTime)}`, `by ${due(task.dueTime)}`)}
                        </Badge>
                      )}
                    </div>
                    {taskHelp[task.kind] && <P quiet>{taskHelp[task.kind]!()}</P>}
                  </Card>
                </li>
              ))}
            </ul>
          )
        }
      </Shown>
    </Section>
  );
}

const phaseTexts = (): string[] => [
  tr("Je school leert je kennen en vult je profiel in. Kijk of alles klopt.", "Your school gets to know you and fills in your profile. See whether it is right."),
  tr("Je leert en kijkt rond. Zet de plekken die je leuk vindt op volgorde.", "You learn and look around. Put the places that you like in order."),
  tr("Het programma zoekt een plek. Je naam doet niet mee. Jij zegt zelf ja of nee.", "The program looks for a place. Your name plays no part. You say yes or no yourself."),
  tr("Je hebt een plek. We vragen een paar keer hoe het gaat, en helpen als het niet goed gaat.", "You have a place. We ask a few times how it goes, and help if it goes badly."),
];

function Path({ phase }: { phase: Phase }) {
  const texts = phaseTexts();
  return (
    <ol class="sm-path">
      {phaseNames().map((name, i) => (
        <li key={name} class={`sm-path__step${i < phase ? " sm-path__step--done" : i === phase ? " sm-path__step--now" : ""}`} aria-current={i === phase ? "step" : undefined}>
          <strong class="sm-path__name">{name}</strong>
          {i === phase && <Badge tone="info">{tr("hier ben je", "you are here")}</Badge>}
          {i < phase && <Badge tone="positive">{tr("klaar", "done")}</Badge>}
          <span class="sm-path__text">{texts[i]}</span>
        </li>
      ))}
    </ol>
  );
}

const roundTexts: Partial<Record<RoundState, () => string>> = {
  [RoundState.OPEN]: () => tr("De ronde is open. Je kunt je profiel en je lijst nog veranderen.", "The round is open. You can still change your profile and your list."),
  [RoundState.SEALED]: () => tr("De ronde is verzegeld: je profiel en je lijst staan nu vast voor deze ronde. De loting volgt.", "The round is sealed: your profile and list are fixed for this round. The lottery follows."),
  [RoundState.REVEALED]: () => tr("De loting is bekend. Nu wordt de match berekend.", "The lottery is known. Now the match is computed."),
  [RoundState.SOLVING]: () => tr("De match wordt nu berekend.", "The match is being computed."),
  [RoundState.VERIFIED]: () => tr("De match is berekend en gecontroleerd. Je school maakt hem straks bekend.", "The match was computed and checked. Your school will publish it soon."),
  [RoundState.PUBLISHING]: () => tr("De uitkomst wordt nu bekendgemaakt.", "The result is being published."),
};

function ofProposal(proposal: Proposal | undefined): string {
  switch (proposal?.state) {
    case ProposalState.PROPOSED:
      return tr("Er is een plek voor je gevonden. Je school kijkt er eerst naar.", "A place was found for you. Your school looks at it first.");
    case ProposalState.APPROVED:
      return tr("Je school is akkoord. Nu kijkt het bedrijf, zonder je naam te zien.", "Your school agrees. Now the company looks, without seeing your name.");
    case ProposalState.ACCEPTED:
      return tr("Het bedrijf is akkoord. Nu ben jij aan de beurt: ja of nee?", "The company agrees. Now it is up to you: yes or no?");
    case ProposalState.CONFIRMED:
      return tr("Je zei ja. Je school geeft nu je naam door aan het bedrijf.", "You said yes. Your school now gives your name to the company.");
    case ProposalState.RELEASED:
      return tr("Het bedrijf weet wie je bent. Je gaat kennismaken.", "The company knows who you are. You are going to meet.");
    case ProposalState.PLACED:
      return tr("De plek is van jou. Je school bevestigt straks dat je begonnen bent.", "The place is yours. Your school will confirm that you began.");
    case ProposalState.STARTED:
      return tr("Je stage loopt. Veel plezier, en zeg het als er iets is.", "Your internship runs. Enjoy it, and say so when something is wrong.");
    case ProposalState.COMPLETED:
      return tr("Je stage is afgerond. Goed gedaan!", "Your internship is completed. Well done!");
    default:
      return "";
  }
}

function Standing({ mine, proposals }: { mine: Mine; proposals: readonly Proposal[] }) {
  const { stagevraag } = mine;
  const profile = stagevraag.profile;
  const mineOnly = newestOf(proposals, stagevraag.stagevraagId);
  const round = useLoad(async () => (stagevraag.roundId ? await api.round.getPublicRound({ roundId: stagevraag.roundId }) : undefined), [stagevraag.roundId]);
  const phase = phaseOf(
    {
      state: stagevraag.state,
      roundId: stagevraag.roundId,
      hasWishes: Boolean(profile?.preferred.length || profile?.excluded.length),
      contested: stagevraag.contestedSkills.length > 0,
    },
    mineOnly?.state,
  );
  const now = ofProposal(mineOnly) || (stagevraag.state === StagevraagState.FREE && round.data ? (roundTexts[round.data.state]?.() ?? "") : "");
  return (
    <Section title={tr("Waar ben je?", "Where are you?")}>
      {profile && <P quiet>{tr(`Stage van ${period(profile.startDate, profile.endDate)}`, `Internship from ${period(profile.startDate, profile.endDate)}`)}</P>}
      {phase === null ? (
        <Alert>{tr("Je zoekt geen plek meer. Wil je toch weer meedoen? Vraag het je stagecoördinator.", "You no longer look for a place. Want to take part again? Ask your coördinator.")}</Alert>
      ) : (
        <>
          {stagevraag.state === StagevraagState.PLACED_ELSEWHERE && <Alert tone="ok">{tr("Je hebt zelf een plek gevonden.", "You found a place yourself.")}</Alert>}
          {now && (
            <Alert tone={mineOnly?.state === ProposalState.ACCEPTED ? "warning" : "info"}>
              {now} {mineOnly && <Link href={`/student/voorstellen/${mineOnly.proposalId}`}>{tr("Bekijk het voorstel", "See the proposal")}</Link>}
            </Alert>
          )}
          {stagevraag.state === StagevraagState.FREE && round.data?.state === RoundState.PUBLISHED && (
            <Alert>
              {tr("Er is nu geen plek voor je. Komt er een plek vrij, dan wordt er opnieuw gezocht.", "There is no place for you now. When one becomes free, the search goes on.")}{" "}
              <Link href="/student/voorstellen">{tr("Waarom?", "Why?")}</Link>
            </Alert>
          )}
          <Path phase={phase} />
        </>
      )}
    </Section>
  );
}

function Ways({ mine }: { mine: Mine }) {
  const looks = mine.stagevraag.state === StagevraagState.FREE || mine.stagevraag.state === StagevraagState.PROPOSED;
  return (
    <Section title={tr("Wat kun je verder doen?", "What else can you do?")}>
      <ul class="sm-list">
        <li>
          <Link href="/student/profiel">{tr("Kijk of je profiel klopt", "See whether your profile is right")}</Link>
        </li>
        {looks && (
          <li>
            <Link href="/student/plekken">{tr("Zet plekken op volgorde", "Put places in order")}</Link>
          </li>
        )}
        {mine.stagevraag.roundId && (
          <li>
            <Link href="/student/controle">{tr("Controleer zelf dat je eerlijk meedoet in de ronde", "Check for yourself that you take part in the round fairly")}</Link>
          </li>
        )}
        <OriginLink />
        {looks && (
          <li>
            <Link href="/student/stoppen">{tr("Ik heb zelf een plek, of ik wil stoppen", "I found a place myself, or I want to stop")}</Link>
          </li>
        )}
      </ul>
    </Section>
  );
}

export function HomePage() {
  return (
    <Page title={tr("Jouw stage", "Your internship")}>
      <ForMine>{(mine) => <Home mine={mine} />}</ForMine>
    </Page>
  );
}

function Home({ mine }: { mine: Mine }) {
  const proposals = usePolled(myProposals, []);
  return (
    <>
      <Tasks />
      <Shown of={proposals}>{(list) => <Standing mine={mine} proposals={list} />}</Shown>
      <Ways mine={mine} />
      <Section title={tr("Wie kan ik bellen?", "Who can I call?")}>
        <Contacts school={mine.stagevraag.school} kinds={["school", "vertrouwenspersoon"]} />
        <P>
          <Link href="/hulp">{tr("Alle hulp, ook bij discriminatie", "All help, also with discrimination")}</Link>
        </P>
      </Section>
    </>
  );
}
