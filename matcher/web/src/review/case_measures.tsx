// Measures in a case: which fit it, which were taken, and taking one.
import { useState } from "preact/hooks";
import type { Case } from "~gen/stagematch/v1/case_pb.ts";
import { type ListMeasuresResponse, type Measure, MeasureEffect, MeasureState, type TakenMeasure } from "~gen/stagematch/v1/measure_pb.ts";
import { api } from "~/base/api.ts";
import { day, number } from "~/base/format.ts";
import { language, tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { CheckBox, Form, SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Badge, Button, Card, Details, Outcome, P, Section, Shown } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { measureName, measureTitle, measureWord, useCaseLists } from "./case_words.ts";
import { Movement } from "./movement.tsx";

/** Ten weeks from today: a usual day to look again. */
export const usualFollowUp = (now = new Date()): string => new Date(now.getTime() + 70 * 86_400_000).toISOString().slice(0, 10);

export function TakenOne({ of, lists }: { of: TakenMeasure; lists: ListMeasuresResponse | undefined }) {
  const word = measureWord(of.state, of.effect);
  return (
    <>
      <div class="sm-card__head">
        <strong>{measureName(lists, of.measure)}</strong>
        <div class="sm-row">
          <Badge tone={word.tone}>{word.text}</Badge>
        </div>
      </div>
      {of.effect !== MeasureEffect.AGREEMENT && (
        <P>
          {tr(
            `Toen het inging: ${number(of.endedProposals)} voorstellen beëindigd, ${number(of.pausedPlacements)} plekken gepauzeerd, ${number(of.studentsToTalkTo)} studenten om mee te praten.`,
            `When it began: ${number(of.endedProposals)} proposals ended, ${number(of.pausedPlacements)} places paused, ${number(of.studentsToTalkTo)} students to talk with.`,
          )}
        </P>
      )}
      {of.state === MeasureState.ACTIVE && of.followUpDate && <P>{tr(`Opnieuw kijken op ${day(of.followUpDate)}.`, `Look again on ${day(of.followUpDate)}.`)}</P>}
      <Details summary={tr("Wat er sindsdien veranderde", "What changed since")}>
        <Movement of={of.movement} />
      </Details>
    </>
  );
}

function Take({ of, set, measures }: { of: Case; set: (next: Case) => void; measures: readonly Measure[] }) {
  const [code, setCode] = useState("");
  const [date, setDate] = useState(usualFollowUp);
  const [sure, setSure] = useState(false);
  const [tried, setTried] = useState(false);
  const chosen = measures.find((one) => one.code === code);
  const stops = chosen !== undefined && chosen.effect !== MeasureEffect.AGREEMENT;
  const take = useAction(async (requestId, measure: string, followUpDate: string) => {
    await api.measure.takeMeasure({ requestId, measure, school: of.school, leerbedrijf: of.leerbedrijf, caseId: of.caseId, followUpDate });
    const { case: next } = await api.case.getCase({ caseId: of.caseId });
    if (next) set(next);
    setCode("");
    setSure(false);
  });
  const good = chosen !== undefined && (!stops || sure) && (chosen.effect === MeasureEffect.END || date !== "");
  return (
    <Form
      label={tr("Een maatregel nemen", "Take a measure")}
      onSubmit={() => {
        setTried(true);
        if (good) void take.run(code, chosen.effect === MeasureEffect.END ? "" : date).then((done) => done && (setTried(false), say(tr("De maatregel is genomen.", "The measure is taken."))));
      }}
    >
      <SelectField
        label={tr("Maatregel", "Measure")}
        help={tr("Wat bij het besluit past, staat bovenaan.", "What fits the decision stands on top.")}
        error={tried && !chosen ? tr("Kies een maatregel.", "Choose a measure.") : undefined}
        value={code}
        onValue={setCode}
        choices={[
          { value: "", label: tr("Kies een maatregel", "Choose a measure") },
          ...[...measures].sort((a, b) => Number(b.outcomes.includes(of.outcome)) - Number(a.outcomes.includes(of.outcome))).map((one) => ({ value: one.code, label: measureTitle(one) })),
        ]}
      />
      {chosen && <P quiet>{language() === "nl" ? chosen.textNl : chosen.textEn}</P>}
      {chosen?.effect !== MeasureEffect.END && <TextField type="date" label={tr("Wanneer kijk je opnieuw?", "When do you look again?")} value={date} onValue={setDate} />}
      {stops && (
        <>
          <Alert tone="warning">
            {tr(
              "Dit gaat meteen in. Voorstellen die nog niet geplaatst zijn, stoppen; die studenten zoeken meteen verder. Wie er al is, krijgt een gesprek met de stagecoördinator. Je kunt het later opheffen.",
              "This takes effect at once. Proposals that are not placed end; those students are matched again at once. Who is there already gets a talk with the coördinator. You can lift it later.",
            )}
          </Alert>
          <CheckBox label={tr("Ik weet dit en wil het", "I know this and want it")} checked={sure} onChecked={setSure} />
        </>
      )}
      <Outcome of={take} />
      <div class="sm-row">
        <Button type="submit" busy={take.busy} danger={stops}>
          {tr("Neem de maatregel", "Take the measure")}
        </Button>
      </div>
    </Form>
  );
}

export function CaseMeasures({ of, set, can }: { of: Case; set: (next: Case) => void; can: boolean }) {
  const lists = useCaseLists();
  if (!can && of.measures.length === 0) return null;
  return (
    <Section title={tr("Maatregelen", "Measures")}>
      <Shown of={lists}>
        {(known) => (
          <>
            {of.measures.length > 0 && (
              <ul class="sm-cards">
                {of.measures.map((one) => (
                  <li key={one.measureId}>
                    <Card calm>
                      <TakenOne of={one} lists={known} />
                    </Card>
                  </li>
                ))}
              </ul>
            )}
            {can && (
              <div class="sm-noprint">
                <Card>
                  <Take of={of} set={set} measures={known.measures} />
                </Card>
              </div>
            )}
          </>
        )}
      </Shown>
    </Section>
  );
}
