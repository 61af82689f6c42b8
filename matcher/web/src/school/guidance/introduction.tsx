// The kennismaking: its day, and the words in which the student is introduced; the student reads them before the company does.
import { useState } from "preact/hooks";
import { ProposalState, type Proposal } from "~gen/stagematch/v1/proposal_pb.ts";
import { api } from "~/base/api.ts";
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { save } from "~/base/csv.ts";
import { day, today } from "~/base/format.ts";
import { toIcs } from "~/base/ics.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { useUnsaved } from "~/base/router.tsx";
import { Form, TextArea, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Card, DataList, Outcome, P, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { useNames } from "./names.ts";
import type { Whole } from "./proposal_page.tsx";
import { ReadText } from "./read_text.tsx";

export function Introduction({ whole, changed }: { whole: Whole; changed: (proposal: Proposal) => void }) {
  const { proposal } = whole;
  const planned = proposal.introduction?.date ?? "";
  const [again, setAgain] = useState(false);
  const may = proposal.state === ProposalState.RELEASED;
  return (
    <Section title={tr("Kennismaking", "Introduction")}>
      {planned && <Planned proposal={proposal} />}
      {may && planned && !again && (
        <div>
          <Button onClick={() => setAgain(true)}>{tr("Plan opnieuw", "Plan again")}</Button>
        </div>
      )}
      {may && (!planned || again) && (
        <Plan
          whole={whole}
          changed={(next) => {
            setAgain(false);
            changed(next);
          }}
        />
      )}
    </Section>
  );
}

function Planned({ proposal }: { proposal: Proposal }) {
  const { introduction } = proposal;
  const date = introduction?.date ?? "";
  const agenda = () =>
    save(
      "kennismaking.ics",
      "text/calendar;charset=utf-8",
      toIcs([
        {
          uid: `${proposal.proposalId}-kennismaking`,
          day: date,
          title: tr(`Kennismaking bij ${proposal.companyName}`, `Introduction at ${proposal.companyName}`),
          text: `${location.origin}/school/voorstellen/${proposal.proposalId}`,
        },
      ]),
    );
  return (
    <Card>
      <DataList
        items={[
          [tr("Dag", "Day"), day(date)],
          [tr("Akkoord van de student", "Student agrees"), introduction?.studentAgreed ? tr("Ja. Het bedrijf kan de tekst lezen.", "Yes. The company can read the text.") : tr("Nog niet. Het bedrijf ziet de tekst nog niet.", "Not yet. The company does not see the text yet.")],
        ]}
      />
      {introduction?.hasText && <ReadText key={String(proposal.version)} subject={proposal.proposalId} kind="introduction" />}
      <div>
        <Button onClick={agenda}>{tr("Zet in mijn agenda", "Add to my calendar")}</Button>
      </div>
    </Card>
  );
}

function Plan({ whole: { proposal, stagevraag }, changed }: { whole: Whole; changed: (proposal: Proposal) => void }) {
  const catalog = useCatalog().data;
  const student = useNames([proposal.stagevraagId]).student(proposal.stagevraagId);
  const [date, setDate] = useState("");
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const late = date !== "" && date < today();
  useUnsaved(text !== "" || date !== "", tr("De kennismaking is nog niet opgeslagen. Toch weg?", "The introduction was not saved yet. Leave all the same?"));
  const action = useAction(async (requestId, onDay: string, words: string) => {
    const answer = await api.proposal.planIntroduction({ requestId, proposalId: proposal.proposalId, version: proposal.version, date: onDay, text: words });
    say(tr("De kennismaking is gepland. De student leest nu de tekst.", "The introduction is planned. The student now reads the text."));
    setDate("");
    setText("");
    if (answer.proposal) changed(answer.proposal);
  });
  const study = stagevraag?.profile ? qualificationText(catalog, stagevraag.profile.qualification).replace(/ \(\d+\)$/, "") : "";
  const standard = tr(
    `Dit is ${student?.identity?.firstName || "onze student"}. ${student?.identity?.firstName || "De student"} volgt de opleiding ${study} en loopt graag stage bij ${proposal.companyName}. Bij de kennismaking leren jullie elkaar kennen en spreken jullie af hoe de eerste week eruitziet. Vragen vooraf? Bel het stagebureau.`,
    `This is ${student?.identity?.firstName || "our student"}, who studies ${study} and would like to work at ${proposal.companyName}. At the introduction you get to know each other and agree on what the first week looks like. Questions before that? Call the school's internship office.`,
  );
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (date && !late && text.trim()) void action.run(date, text.trim());
      }}
    >
      <P>{tr("Kies samen met de student en het bedrijf een dag. Schrijf daarna hoe je de student voorstelt. De student leest de tekst eerst en moet akkoord gaan.", "Choose a day with the student and the company. Then write how you introduce the student, who reads the text first and has to agree.")}</P>
      <TextField
        label={tr("Dag van de kennismaking", "Day of the introduction")}
        type="date"
        min={today()}
        value={date}
        onValue={setDate}
        error={late ? tr("Deze dag is al geweest.", "This day is over.") : tried && !date ? tr("Kies een dag.", "Choose a day.") : undefined}
      />
      <TextArea
        label={tr("Zo stel je de student voor", "How you introduce the student")}
        help={tr("Schrijf alleen wat het bedrijf moet weten. Niets over gezondheid, afkomst of thuis.", "Write only what the company needs to know. Nothing about health, origin or home.")}
        error={tried && !text.trim() ? tr("Schrijf een korte tekst, of gebruik de standaardtekst.", "Write a short text, or use the standard text.") : undefined}
        rows={6}
        maxLength={4000}
        value={text}
        onValue={setText}
      />
      <div>
        <Button onClick={() => setText(standard)}>{tr("Gebruik de standaardtekst", "Use the standard text")}</Button>
      </div>
      <Outcome of={action} />
      {action.error !== undefined && <Alert>{tr("Je tekst staat er nog.", "Your text is still there.")}</Alert>}
      <div>
        <Button kind="primary" type="submit" busy={action.busy}>
          {tr("Plan de kennismaking", "Plan the introduction")}
        </Button>
      </div>
    </Form>
  );
}
