// What must happen now, as one clear action; what else is possible lies folded below it.
import type { ComponentChildren } from "preact";
import { type Case, CaseEvent, CaseState } from "~gen/stagematch/v1/case_pb.ts";
import { api } from "~/base/api.ts";
import { due } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { Alert, Card, Details, P, Section } from "~/ui/parts.tsx";
import { CaseAsk } from "./case_ask.tsx";
import { CaseReview, CaseSecond } from "./case_close.tsx";
import { CaseDecide, CaseEnd } from "./case_decide.tsx";
import { StepForm } from "./case_step_form.tsx";
import { CaseTake } from "./case_take.tsx";
import { runs } from "./case_words.ts";

type Props = { of: Case; set: (next: Case) => void };

/* A step that MoveCase takes. */
function Move({ of, set, event, ...texts }: Props & { event: CaseEvent; label: string; help?: string; button: string; said: string; needed?: boolean; kind?: "primary" | "secondary" }) {
  return <StepForm {...texts} send={async (requestId, text) => (await api.case.moveCase({ requestId, caseId: of.caseId, version: of.version, event, text })).case} set={set} />;
}

function Handling({ of, set }: Props) {
  const can = (event: CaseEvent) => of.moves.some((move) => move.event === event);
  switch (of.state) {
    case CaseState.RECEIVED:
      return (
        <>
          <P>{tr("Praat met wie het meldde en kijk of de feiten compleet zijn: wat, waar, wanneer, wie was erbij.", "Talk with who reported and see whether the facts are complete: what, where, when, who was there.")}</P>
          <Move of={of} set={set} event={CaseEvent.VERIFIED} label={tr("Wat je hebt nagekeken", "What you looked into")} button={tr("De feiten zijn compleet", "The facts are complete")} said={tr("Nu hoor je het bedrijf.", "Now you hear the company.")} />
        </>
      );
    case CaseState.VERIFIED:
      return (
        <>
          <P>{tr("Hoor het bedrijf: stel je vragen. Pas daarna besluit je.", "Hear the company: ask your questions. Only then you decide.")}</P>
          <CaseAsk of={of} set={set} />
        </>
      );
    case CaseState.WEDERHOOR:
      return can(CaseEvent.WENT_ON) ? (
        <>
          <Alert tone="warning">{tr("Het bedrijf antwoordde niet binnen de termijn. Je kunt nog eens vragen, of verdergaan zonder antwoord. Dat wordt genoteerd.", "The company did not answer within the term. You can ask again, or go on without an answer. That is recorded.")}</Alert>
          <Move of={of} set={set} event={CaseEvent.WENT_ON} label={tr("Wat je deed om een antwoord te krijgen", "What you did to get an answer")} button={tr("Ga verder zonder antwoord", "Go on without an answer")} said={tr("Nu beoordeel je de zaak.", "Now you assess the case.")} />
        </>
      ) : (
        <Alert>{tr(`Het bedrijf heeft tot ${due(of.dueTime)} om te antwoorden. Het krijgt halverwege een herinnering. Je hoeft nu niets te doen.`, `The company has until ${due(of.dueTime)} to answer. It is reminded halfway. There is nothing to do now.`)}</Alert>
      );
    case CaseState.ASSESSMENT:
      return (
        <>
          <P>{tr("Lees hieronder wat beide kanten zeggen en besluit.", "Read below what both sides say, and decide.")}</P>
          <CaseDecide of={of} set={set} />
        </>
      );
    case CaseState.MEASURE:
      return (
        <>
          <P>{tr("Spreek maatregelen af; ze staan hieronder. Ben je klaar, ga dan verder.", "Agree measures; they are below. When you are done, go on.")}</P>
          <Move of={of} set={set} event={CaseEvent.MEASURES_AGREED} label={tr("Wat is afgesproken", "What was agreed")} button={tr("De maatregelen zijn afgesproken", "The measures are agreed")} said={tr("Nu koppel je terug.", "Now you give feedback.")} />
        </>
      );
    case CaseState.FORWARDED:
      return <Move of={of} set={set} event={CaseEvent.SBB_ANSWERED} label={tr("Wat SBB antwoordde", "What SBB answered")} button={tr("SBB heeft geantwoord", "SBB has answered")} said={tr("Nu koppel je terug.", "Now you give feedback.")} />;
    case CaseState.FEEDBACK:
      return <Move of={of} set={set} event={CaseEvent.FEEDBACK_GIVEN} needed label={tr("Wat je hebt verteld, en aan wie", "What you told, and whom")} help={tr("Vertel het ook aan wie het meldde.", "Tell who reported, too.")} button={tr("Ik heb teruggekoppeld", "I gave feedback")} said={tr("Nu kijk je of het goed blijft.", "Now you look whether it stays right.")} />;
    case CaseState.AFTERCARE:
      return <Move of={of} set={set} event={CaseEvent.CLOSING_PROPOSED} label={tr("Hoe gaat het nu met wie het betrof?", "How are those doing whom it concerned?")} button={tr("Stel voor om te sluiten", "Propose to close")} said={tr("Een tweede behandelaar kijkt mee.", "A second behandelaar looks.")} />;
    default:
      return null;
  }
}

function More({ of, set }: Props) {
  const can = (event: CaseEvent) => of.moves.some((move) => move.event === event);
  const parts: { key: string; summary: string; part: ComponentChildren }[] = [
    {
      key: "ask",
      summary: tr("Stel het bedrijf (nog) een vraag", "Ask the company (another) question"),
      part: can(CaseEvent.ASKED) && of.state !== CaseState.VERIFIED && <CaseAsk of={of} set={set} kind="secondary" />,
    },
    {
      key: "sbb",
      summary: tr("Stuur de zaak naar SBB", "Forward the case to SBB"),
      part: can(CaseEvent.FORWARDED) && (
        <Move of={of} set={set} event={CaseEvent.FORWARDED} kind="secondary" label={tr("Waarom naar SBB", "Why to SBB")} help={tr("Maak eerst hieronder het dossier en stuur het naar het meldpunt van SBB. Leg hier vast dat je dat deed.", "First make the dossier below and send it to SBB’s desk. Record here that you did.")} button={tr("Het dossier is naar SBB", "The dossier went to SBB")} said={tr("De zaak is bij SBB.", "The case is with SBB.")} />
      ),
    },
    {
      key: "note",
      summary: tr("Schrijf een aantekening", "Write a note"),
      part: can(CaseEvent.NOTED) && <Move of={of} set={set} event={CaseEvent.NOTED} kind="secondary" needed label={tr("Aantekening", "Note")} button={tr("Bewaar de aantekening", "Keep the note")} said={tr("Bewaard.", "Kept.")} />,
    },
    { key: "end", summary: tr("Stop de zaak zonder besluit", "End the case without a decision"), part: can(CaseEvent.ENDING_PROPOSED) && <CaseEnd of={of} set={set} /> },
    {
      key: "take",
      summary: of.handledByMe ? tr("Meld een band met het bedrijf", "Declare a tie with the company") : tr("Neem de zaak over", "Take the case over"),
      part: of.handled && can(CaseEvent.TAKEN) && <CaseTake of={of} set={set} kind="secondary" />,
    },
  ];
  return (
    <>
      {parts
        .filter((one) => one.part)
        .map((one) => (
          <Details key={one.key} summary={one.summary}>
            {one.part}
          </Details>
        ))}
    </>
  );
}

function Now({ of, set }: Props) {
  const can = (event: CaseEvent) => of.moves.some((move) => move.event === event);
  if (can(CaseEvent.SECOND_AGREED)) return <CaseReview of={of} set={set} />;
  if (of.state === CaseState.CLOSING && can(CaseEvent.SECOND_ASKED))
    return (
      <>
        <Alert>{tr("Een andere behandelaar moet akkoord gaan. Dat kun jij niet zelf zijn.", "Another behandelaar must agree. That cannot be you.")}</Alert>
        <CaseSecond of={of} set={set} />
      </>
    );
  if (!of.handled && can(CaseEvent.TAKEN)) return <CaseTake of={of} set={set} />;
  if (of.handledByMe) return <Handling of={of} set={set} />;
  return <P>{tr("Een collega behandelt deze zaak. Je kunt meelezen.", "A colleague handles this case. You can read along.")}</P>;
}

export function CaseNext({ of, set }: Props) {
  if (!runs(of.state)) return null;
  return (
    <div class="sm-noprint">
      <Section title={tr("Wat er nu moet gebeuren", "What must happen now")}>
        <Card>
          <Now of={of} set={set} />
        </Card>
        <More of={of} set={set} />
      </Section>
    </div>
  );
}
