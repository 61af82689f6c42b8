// Asks for the reason of a decision: one of the closed list for that event, the criterion it rests on, and words where it is "anders".
import { useState } from "preact/hooks";
import type { Reason } from "~gen/stagematch/v1/operation_pb.ts";
import { type ReasonEvent, reasonText, skillText, useCatalog, useReasons } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import type { Action } from "~/base/load.ts";
import { Form, RadioGroup, SelectField, TextArea } from "~/ui/fields.tsx";
import { Button, Dialog, Outcome, Shown } from "~/ui/parts.tsx";
import type { ComponentChildren } from "preact";

export type GivenReason = { reason: string; criterion: string; text: string };

type Props = {
  open: boolean;
  close: () => void;
  title: string;
  event: ReasonEvent;
  /** Skills that a reason may rest on: those of the placement's criteria. */
  criteria?: readonly string[];
  button: string;
  action: Action<[GivenReason]>;
  children?: ComponentChildren;
  /** What else must be filled in before it can be sent, in words. */
  missing?: string | undefined;
};

export function ReasonDialog(props: Props) {
  return (
    <Dialog open={props.open} title={props.title} close={props.close}>
      <ReasonForm {...props} />
    </Dialog>
  );
}

const anders = "anders";

function ReasonForm({ event, criteria = [], button, action, children, close, missing }: Props) {
  const reasons = useReasons(event);
  const catalog = useCatalog().data;
  const [given, setGiven] = useState<GivenReason>({ reason: "", criterion: "", text: "" });
  const [tried, setTried] = useState(false);
  const wrong = (list: readonly Reason[]) => wrongWith(given, list.find((one) => one.code === given.reason));
  return (
    <Shown of={reasons}>
      {(list) => {
        const reason = list.find((one) => one.code === given.reason);
        const errors = tried ? wrong(list) : {};
        return (
          <Form
            onSubmit={() => {
              setTried(true);
              if (!missing && Object.keys(wrong(list)).length === 0) void action.run({ ...given, criterion: reason?.needsCriterion ? given.criterion : "", text: given.reason === anders ? given.text.trim() : "" });
            }}
          >
            {children}
            <RadioGroup
              label={tr("Wat is de reden?", "What is the reason?")}
              error={errors.reason}
              value={given.reason}
              onValue={(code) => setGiven({ ...given, reason: code })}
              choices={list.filter((one) => !one.needsCriterion || criteria.length > 0).map((one) => ({ value: one.code, label: reasonText(one) }))}
            />
            {reason?.needsCriterion && (
              <SelectField
                label={tr("Om welke vaardigheid gaat het?", "Which skill is it about?")}
                error={errors.criterion}
                value={given.criterion}
                onValue={(criterion) => setGiven({ ...given, criterion })}
                choices={[{ value: "", label: tr("Kies er een", "Choose one") }, ...criteria.map((skill) => ({ value: skill, label: skillText(catalog, skill) }))]}
              />
            )}
            {given.reason === anders && (
              <TextArea
                label={tr("Leg uit waarom", "Explain why")}
                help={tr("De vertrouwenspersoon leest dit. Schrijf geen medische of andere gevoelige gegevens op.", "The reviewer reads this. Write no medical or other sensitive details.")}
                error={errors.text}
                value={given.text}
                maxLength={2000}
                onValue={(text) => setGiven({ ...given, text })}
              />
            )}
            {tried && missing && (
              <p class="nl-paragraph sm-error" role="alert">
                {missing}
              </p>
            )}
            <Outcome of={action} />
            <div class="sm-row">
              <Button kind="primary" danger type="submit" busy={action.busy}>
                {button}
              </Button>
              <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
            </div>
          </Form>
        );
      }}
    </Shown>
  );
}

function wrongWith(given: GivenReason, reason: Reason | undefined): { reason?: string; criterion?: string; text?: string } {
  if (!reason) return { reason: tr("Kies een reden.", "Choose a reason.") };
  if (reason.needsCriterion && !given.criterion) return { criterion: tr("Kies de vaardigheid.", "Choose the skill.") };
  if (reason.code === anders && !given.text.trim()) return { text: tr("Schrijf een korte uitleg.", "Write a short explanation.") };
  return {};
}
