// One candidate, as the company sees it, and the company's decision entered by the school.
import { useState } from "preact/hooks";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { CheckInAnswer, CheckInMoment, type CandidateView, ProposalState } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { useCatalog } from "~/base/catalog.ts";
import { due } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { cameFrom, Link, type Params } from "~/base/router.tsx";
import { moments, questions } from "~/market/check_in_text.ts";
import { ColourChoice } from "~/market/colour_choice.tsx";
import { onePlacement, ownCandidates, placeName } from "~/market/own.ts";
import { Refuse } from "~/market/refuse.tsx";
import { findTurn, waiting, waitOf } from "~/market/turn.ts";
import { CandidateCard } from "~/ui/candidate.tsx";
import { Form, SelectField } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { OnBehalf } from "./on_behalf.tsx";

type PartProps = { view: CandidateView; place: Placement; set: (view: CandidateView) => void };

/* The two answers that a company may give: yes at once, no with a reason. */
function Answer({ view, set, kind }: Omit<PartProps, "place"> & { kind: "object" | "drop" }) {
  const [refusing, refuse] = useState(false);
  const before = kind === "object";
  const agree = useAction(async (requestId) => {
    const request = { requestId, candidate: view.candidate, version: view.version };
    const answer = before ? await api.candidate.agreeToCandidate(request) : await api.candidate.placeCandidate(request);
    if (answer.view) set(answer.view);
    say(before ? tr("Namens het bedrijf ingestemd.", "Agreed on behalf of the company.") : tr("Namens het bedrijf geplaatst.", "Placed on behalf of the company."));
  });
  if (refusing) return <Refuse kind={kind} view={view} set={set} close={() => refuse(false)} />;
  return (
    <>
      <Outcome of={agree} />
      <div class="sm-row">
        <Button kind="primary" busy={agree.busy} onClick={() => void agree.run()}>
          {before ? tr("Het bedrijf stemt in", "The company agrees") : tr("De student komt", "The student comes")}
        </Button>
        <Button onClick={() => refuse(true)}>{before ? tr("Het bedrijf heeft bezwaar", "The company objects") : tr("De student komt niet", "The student does not come")}</Button>
      </div>
    </>
  );
}

function CheckInForm({ view, set }: Omit<PartProps, "place">) {
  const none = questions.map(() => CheckInAnswer.UNSPECIFIED);
  const left = moments.filter((one) => !view.checkIns.some((checkIn) => checkIn.moment === one.moment));
  const [chosen, setMoment] = useState<CheckInMoment>(CheckInMoment.WEEK_2);
  const moment = left.some((one) => one.moment === chosen) ? chosen : left[0]?.moment;
  const [answers, setAnswers] = useState(none);
  const [tried, setTried] = useState(false);
  const send = useAction(async (requestId) => {
    const answer = await api.candidate.answerCompanyCheckIn({ requestId, candidate: view.candidate, moment: moment ?? CheckInMoment.UNSPECIFIED, answers });
    if (answer.view) set(answer.view);
    setAnswers(none);
    setTried(false);
    say(tr("De antwoorden van het bedrijf zijn ingevoerd.", "The company's answers were entered."));
  });
  if (left.length === 0) return <P>{tr("Het bedrijf heeft alle vragen beantwoord.", "The company answered all questions.")}</P>;
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (!answers.includes(CheckInAnswer.UNSPECIFIED)) void send.run();
      }}
    >
      <SelectField label={tr("Welk moment?", "Which moment?")} value={String(moment)} onValue={(value) => setMoment(Number(value))} choices={left.map((one) => ({ value: String(one.moment), label: one.text() }))} />
      {questions.map((question, at) => (
        <ColourChoice
          key={question.text()}
          question={question}
          value={answers[at] ?? CheckInAnswer.UNSPECIFIED}
          onValue={(answer) => setAnswers(answers.map((old, i) => (i === at ? answer : old)))}
          error={tried && answers[at] === CheckInAnswer.UNSPECIFIED ? tr("Kies een antwoord.", "Choose an answer.") : undefined}
        />
      ))}
      <Outcome of={send} />
      <div>
        <Button kind="primary" type="submit" busy={send.busy}>
          {tr("Voer de antwoorden in", "Enter the answers")}
        </Button>
      </div>
    </Form>
  );
}

function Shows({ view, place, set }: PartProps) {
  const catalog = useCatalog();
  const waits = view.dueTime ? tr(` Beslissen kan tot ${due(view.dueTime)}.`, ` To be decided by ${due(view.dueTime)}.`) : "";
  return (
    <>
      <CandidateCard view={view} catalog={catalog.data} />
      {view.state === ProposalState.APPROVED && (
        <Section title={tr("Wat zegt het bedrijf?", "What does the company say?")}>
          <OnBehalf company={place.companyName} />
          <P>{tr("Lees het bedrijf de kaart hierboven voor. Noem geen naam: die komt pas na de vrijgave.", "Read the card above to the company. Name nobody: the name comes only after release.") + waits}</P>
          <Answer view={view} set={set} kind="object" />
        </Section>
      )}
      {view.state === ProposalState.RELEASED && (
        <Section title={tr("Na de kennismaking", "After the introduction")}>
          <OnBehalf company={place.companyName} />
          <Answer view={view} set={set} kind="drop" />
        </Section>
      )}
      {view.state === ProposalState.STARTED && (
        <Section title={tr("Check-in van het bedrijf", "The company's check-in")}>
          <OnBehalf company={place.companyName} />
          <CheckInForm view={view} set={set} />
        </Section>
      )}
      {![ProposalState.APPROVED, ProposalState.RELEASED, ProposalState.STARTED].includes(view.state) && <Alert>{tr("Het bedrijf hoeft nu niets te doen.", "The company has nothing to do now.")}</Alert>}
    </>
  );
}

/** `first`: whose turn it is at the same place, where we may see that one. */
type Found = { view: CandidateView; place: Placement } | { first: string };

async function firstBefore(candidate: string, signal: AbortSignal): Promise<string> {
  const all = await ownCandidates(signal);
  const placementId = all.find((one) => one.candidate === candidate)?.placementId;
  const others = waiting(all.filter((one) => one.placementId === placementId && one.candidate !== candidate), []);
  return (await findTurn(others, (other) => api.candidate.getCandidate({ candidate: other }, { signal }))).candidate ?? "";
}

async function load(candidate: string, signal: AbortSignal): Promise<Found> {
  try {
    const { view } = await api.candidate.getCandidate({ candidate }, { signal });
    if (!view) throw new Error("no candidate in the answer");
    return { view, place: await onePlacement(view.placementId, signal) };
  } catch (error) {
    if (waitOf(error)) return { first: await firstBefore(candidate, signal) };
    throw error;
  }
}

export function BehalfCandidatePage({ params }: { params: Params }) {
  const id = params.candidate ?? "";
  const found = useLoad((signal) => load(id, signal), [id]);
  const known = found.data && "view" in found.data ? found.data : undefined;
  // Whoever came from the proposal goes on there.
  const [from] = useState(cameFrom);
  const proposal = from.startsWith("/school/voorstellen/") ? from : "";
  return (
    <Page
      title={tr("Kandidaat, namens het bedrijf", "Candidate, on behalf of the company")}
      lead={known && `${placeName(known.place)}, ${known.place.companyName}`}
      back={proposal ? <Link href={proposal}>{tr("Terug naar het voorstel", "Back to the proposal")}</Link> : <Link href="/school/bedrijven/kandidaten">{tr("Kandidaten", "Candidates")}</Link>}
    >
      <Shown of={found}>
        {(data) =>
          "first" in data ? (
            <Alert>
              {tr("Kandidaten komen één voor één. Voor deze plek wacht een ander die eerder kwam. Daarna is deze aan de beurt. ", "Candidates come one by one. Another one came earlier for this place. This one comes after that. ")}
              {data.first && <Link href={`/school/bedrijven/kandidaten/${data.first}`}>{tr("Naar de kandidaat die eerst komt", "To the candidate who comes first")}</Link>}
            </Alert>
          ) : (
            <Shows {...data} set={(view) => found.set({ ...data, view })} />
          )
        }
      </Shown>
    </Page>
  );
}
