// One question a page. Going back, with the button or the browser's, finds everything as it was.
import { useEffect, useState } from "preact/hooks";
import type { GetReportFormResponse } from "~gen/stagematch/v1/report_pb.ts";
import { tr } from "~/base/language.ts";
import { go, type Params } from "~/base/router.tsx";
import { Form } from "~/ui/fields.tsx";
import { Alert, Button, Loading, P, Page, Shown } from "~/ui/parts.tsx";
import { CheckStep } from "./check.tsx";
import { useDraft, useForm, useReporter } from "./draft.ts";
import { questions } from "./questions.tsx";
import { QuickExit } from "./quick_exit.tsx";
import { stepsFor } from "./steps.ts";

function Step({ number, form }: { number: number; form: GetReportFormResponse }) {
  const draft = useDraft();
  const reporter = useReporter();
  const [asked, ask] = useState(false);
  const steps = stepsFor(reporter);
  const step = steps[number - 1];
  const astray = !draft.begun || !step;
  useEffect(() => {
    if (astray) go("/melden", true);
  }, [astray]);
  if (astray) return <Loading />;
  const missing = step.missing(draft, form);
  const next = () => (missing ? ask(true) : go(`/melden/stap/${number + 1}`));
  const Question = step.name === "check" ? null : questions[step.name];
  return (
    <Page title={step.title()}>
      <QuickExit />
      <P quiet>{tr(`Vraag ${number} van ${steps.length}`, `Question ${number} of ${steps.length}`)}</P>
      {Question ? (
        <Form onSubmit={next} label={step.title()}>
          <Question form={form} reporter={reporter} error={asked ? missing : ""} />
          {asked && missing && <Alert tone="error">{missing}</Alert>}
          <div class="sm-row">
            <Button type="submit" kind="primary">
              {tr("Verder", "Next")}
            </Button>
            <Button onClick={() => history.back()}>{tr("Terug", "Back")}</Button>
          </div>
        </Form>
      ) : (
        <CheckStep form={form} reporter={reporter} />
      )}
    </Page>
  );
}

export function StepPage({ params }: { params: Params }) {
  const form = useForm();
  return <Shown of={form}>{(loaded) => <Step number={Number(params.step)} form={loaded} />}</Shown>;
}
