// The levels that the school attests. What a student contests is decided here: kept, or changed.
import { useState } from "preact/hooks";
import type { SkillLevel } from "~gen/stagematch/v1/common_pb.ts";
import type { Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { skillText, useCatalog } from "~/base/catalog.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Form, SelectField } from "~/ui/fields.tsx";
import { Badge, Button, Card, Outcome, P, Section, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

export function levelText(level: number): string {
  const names = [tr("geen", "none"), tr("beginner", "beginner"), tr("basis", "basic"), tr("voldoende", "sufficient"), tr("goed", "good"), tr("uitstekend", "excellent")];
  return `${level} (${names[level] ?? ""})`;
}

type Props = { stagevraag: Stagevraag; changed: (stagevraag: Stagevraag) => void };

export function Levels({ stagevraag, changed }: Props) {
  const catalog = useCatalog().data;
  const skills = stagevraag.profile?.skills ?? [];
  const contested = stagevraag.contestedSkills;
  return (
    <Section title={tr("Niveaus", "Levels")}>
      {contested.map((skill) => (
        <Contest key={skill} stagevraag={stagevraag} skill={skill} level={skills.find((one) => one.skill === skill)?.level ?? 0} changed={changed} />
      ))}
      {skills.length === 0 ? (
        <P>{tr("Er zijn geen vaardigheden ingevuld.", "No skills were filled in.")}</P>
      ) : (
        <Table
          caption={tr("Vaardigheden en niveaus", "Skills and levels")}
          rows={skills}
          rowKey={(one: SkillLevel) => one.skill}
          columns={[
            { name: tr("Vaardigheid", "Skill"), cell: (one) => skillText(catalog, one.skill) },
            { name: tr("Niveau", "Level"), cell: (one) => levelText(one.level) },
            { name: tr("Betwist", "Contested"), cell: (one) => contested.includes(one.skill) && <Badge tone="warning">{tr("Student is het niet eens", "Student disagrees")}</Badge> },
          ]}
        />
      )}
    </Section>
  );
}

function Contest({ stagevraag, skill, level, changed }: Props & { skill: string; level: number }) {
  const catalog = useCatalog().data;
  const [given, setGiven] = useState(String(level));
  const action = useAction(async (requestId, chosen: number) => {
    const answer = await api.student.resolveContest({ requestId, stagevraagId: stagevraag.stagevraagId, skill, level: chosen });
    say(chosen === level ? tr("Het niveau blijft zoals het was.", "The level stays as it was.") : tr("Het niveau is aangepast.", "The level was changed."));
    if (answer.stagevraag) changed(answer.stagevraag);
  });
  const name = skillText(catalog, skill);
  return (
    <Card>
      <P>
        <strong>{tr(`De student vindt het niveau van "${name}" niet goed.`, `The student thinks that the level of "${name}" is wrong.`)}</strong> {tr("Praat erover, kijk naar het bewijs en beslis.", "Talk about it, look at the proof, and decide.")}
      </P>
      <Form onSubmit={() => void action.run(Number(given))} label={name}>
        <SelectField
          label={tr("Niveau dat vanaf nu geldt", "Level that holds from now on")}
          help={tr(`Nu staat er ${levelText(level)}.`, `It is ${levelText(level)} now.`)}
          value={given}
          onValue={setGiven}
          choices={[0, 1, 2, 3, 4, 5].map((value) => ({ value: String(value), label: levelText(value) }))}
        />
        <Outcome of={action} />
        <div>
          <Button kind="primary" type="submit" busy={action.busy}>
            {Number(given) === level ? tr("Houd dit niveau", "Keep this level") : tr("Pas het niveau aan", "Change the level")}
          </Button>
        </div>
      </Form>
    </Card>
  );
}
