// The question about origin: only where the school asks it, always optional, and taken back as easily as given. Nobody is shown the answer.
import { useState } from "preact/hooks";
import { Origin } from "~gen/stagematch/v1/group_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { CheckBox, Form, RadioGroup } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

const choices = () => [
  { value: String(Origin.NETHERLANDS), label: tr("Nederland", "The Netherlands") },
  { value: String(Origin.EUROPE), label: tr("Een ander land in Europa", "Another country in Europe") },
  { value: String(Origin.OUTSIDE_EUROPE), label: tr("Een land buiten Europa", "A country outside Europe") },
];

function Why() {
  return (
    <Section title={tr("Waarom deze vraag?", "Why this question?")}>
      <P>
        {tr(
          "Studenten met een migratieachtergrond worden vaker afgewezen. Je school wil zien of dat bij bedrijven gebeurt, en er iets aan doen. Daarvoor moeten we van veel studenten weten waar hun familie vandaan komt.",
          "Students with a migration background are refused more often. Your school wants to see whether companies do that, and act on it. For that we need to know of many students where their family is from.",
        )}
      </P>
      <ul class="sm-list">
        <li>{tr("Je hoeft niet te antwoorden. Het verandert niets aan je kans op een plek.", "You need not answer. It changes nothing about your chance of a place.")}</li>
        <li>{tr("Niemand ziet je antwoord: je school niet, geen bedrijf, en wij ook niet.", "Nobody sees your answer: not your school, no company, and neither do we.")}</li>
        <li>{tr("Je antwoord wordt versleuteld bewaard en alleen opgeteld met dat van veel anderen.", "Your answer is kept encrypted, and only counted together with those of many others.")}</li>
        <li>{tr("Je kunt je antwoord altijd weghalen.", "You can take your answer away at any time.")}</li>
      </ul>
    </Section>
  );
}

function Question({ origin, changed }: { origin: Origin; changed: () => void }) {
  const [value, setValue] = useState(origin ? String(origin) : "");
  const [consent, setConsent] = useState(origin !== Origin.UNSPECIFIED);
  const [tried, setTried] = useState(false);
  const save = useAction((requestId: string, chosen: Origin) => api.group.setMyOrigin({ requestId, origin: chosen, consent: true }));
  const withdraw = useAction((requestId: string) => api.group.withdrawMyOrigin({ requestId }));
  const send = async () => {
    setTried(true);
    if (!value || !consent || !(await save.run(Number(value)))) return;
    changed();
    say(tr("Dank je. Je antwoord is versleuteld bewaard.", "Thank you. Your answer is kept encrypted."));
  };
  const takeBack = async () => {
    if (!(await withdraw.run())) return;
    setValue("");
    setConsent(false);
    setTried(false);
    changed();
    say(tr("Je antwoord is weg.", "Your answer is gone."));
  };
  return (
    <Section title={tr("Jouw antwoord", "Your answer")}>
      {origin !== Origin.UNSPECIFIED && <Alert tone="ok">{tr("Je hebt geantwoord. Alleen jij ziet dit.", "You have answered. Only you see this.")}</Alert>}
      <Form label={tr("Vraag over herkomst", "Question about origin")} onSubmit={() => void send()}>
        <RadioGroup
          label={tr("Waar ben je geboren? Ben je in Nederland geboren: waar is je moeder of vader geboren, als dat een ander land is?", "Where were you born? If in the Netherlands: where was your mother or father born, if that is another country?")}
          error={tried && !value ? tr("Kies een antwoord, of ga terug zonder te antwoorden.", "Choose an answer, or go back without answering.") : undefined}
          value={value}
          onValue={setValue}
          choices={choices()}
        />
        <CheckBox label={tr("Ik vind het goed dat mijn antwoord hiervoor wordt gebruikt.", "I agree that my answer is used for this.")} checked={consent} onChecked={setConsent} />
        {tried && value && !consent && <Alert tone="error">{tr("Zonder toestemming bewaren we niets. Zet het vinkje, of ga terug zonder te antwoorden.", "Without consent we keep nothing. Tick the box, or go back without answering.")}</Alert>}
        <Outcome of={save} />
        <Outcome of={withdraw} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={save.busy}>
            {tr("Bewaar mijn antwoord", "Keep my answer")}
          </Button>
          {origin !== Origin.UNSPECIFIED && (
            <Button busy={withdraw.busy} onClick={() => void takeBack()}>
              {tr("Haal mijn antwoord weg", "Take my answer away")}
            </Button>
          )}
        </div>
      </Form>
    </Section>
  );
}

export function OriginPage() {
  const mine = useLoad(() => api.group.getMyOrigin({}), []);
  return (
    <Page title={tr("Een vraag die je mag overslaan", "A question that you may skip")} back={<Link href="/student">{tr("← Overzicht", "← Overview")}</Link>}>
      <Shown of={mine}>
        {(answer) =>
          answer.asked ? (
            <>
              <Why />
              <Question origin={answer.origin} changed={mine.reload} />
            </>
          ) : (
            <Alert>{tr("Je school stelt deze vraag niet. Er is niets van je bewaard.", "Your school does not ask this question. Nothing of you is kept.")}</Alert>
          )
        }
      </Shown>
    </Page>
  );
}

/** Links to the question, where it is put. */
export function OriginLink() {
  const mine = useLoad(() => api.group.getMyOrigin({}), []);
  if (!mine.data?.asked) return null;
  return (
    <li>
      <Link href="/student/herkomst">{tr("Help je school discriminatie te zien (mag je overslaan)", "Help your school see discrimination (you may skip this)")}</Link>
    </li>
  );
}
