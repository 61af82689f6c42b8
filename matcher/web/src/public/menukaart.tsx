// The menukaart: what schools and companies can do against discrimination, what it takes, and how well it is known to work.
import { useState } from "preact/hooks";
import { SignalRule } from "~gen/stagematch/v1/signal_pb.ts";
import { type Measure, MeasureEffect } from "~gen/stagematch/v1/measure_pb.ts";
import { api } from "~/base/api.ts";
import { count } from "~/base/format.ts";
import { language, tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { ruleCode, ruleText } from "~/review/signal_words.ts";
import { SelectField } from "~/ui/fields.tsx";
import { Badge, Card, DataList, Empty, P, Page, Shown } from "~/ui/parts.tsx";

const words: Record<string, readonly [string, string]> = {
  company: ["bedrijf", "company"],
  school: ["school", "school"],
  student: ["student", "student"],
  low: ["weinig", "little"],
  medium: ["gemiddeld", "medium"],
  high: ["veel", "much"],
  strong: ["goed onderbouwd", "well supported"],
  promising: ["veelbelovend", "promising"],
  plausible: ["aannemelijk, nog weinig onderzoek", "plausible, little research yet"],
  none: ["geen onderzoek: het is een grens, geen aanpak", "no research: it is a limit, not an approach"],
  kennismaking: ["kennismaking", "getting acquainted"],
  ontwikkeling: ["ontwikkeling", "development"],
  matching: ["matching", "matching"],
  nazorg: ["nazorg", "aftercare"],
};
const word = (code: string) => tr(...(words[code] ?? [code, code]));

/* The rules by their codes, in the words of the signals that they raise. */
const codes = ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R11"];
const everyRule = Object.values(SignalRule).filter((rule): rule is SignalRule => typeof rule === "number");
const ruleName = (code: string): string => {
  const rule = everyRule.find((one) => ruleCode(one) === code);
  return rule === undefined ? code : ruleText(rule);
};

function One({ of }: { of: Measure }) {
  return (
    <li>
      <Card>
        <div class="sm-card__head">
          <h2 class="nl-heading nl-heading--level-3">{language() === "nl" ? of.titleNl : of.titleEn}</h2>
          {of.effect !== MeasureEffect.AGREEMENT && <Badge tone="warning">{tr("Laatste stap", "Last resort")}</Badge>}
        </div>
        <P>{language() === "nl" ? of.textNl : of.textEn}</P>
        <DataList
          items={[
            [tr("Voor wie", "For whom"), of.forWhom.split(" ").map(word).join(", ")],
            [tr("Moeite", "Effort"), word(of.effort)],
            [tr("Werkt het?", "Does it work?"), word(of.evidence)],
            [tr("Fase", "Phase"), of.phases.map(word).join(", ")],
            ...(of.rules.length > 0 ? [[tr("Past bij", "Fits"), of.rules.map(ruleName).join("; ")] as const] : []),
            [tr("Bron", "Source"), of.source],
          ]}
        />
      </Card>
    </li>
  );
}

function Chosen({ measures }: { measures: readonly Measure[] }) {
  const [whom, setWhom] = useState("");
  const [rule, setRule] = useState("");
  const shown = measures.filter((one) => (!whom || one.forWhom.split(" ").includes(whom)) && (!rule || one.rules.includes(rule)));
  return (
    <>
      <div class="sm-row sm-noprint">
        <SelectField
          label={tr("Voor wie?", "For whom?")}
          value={whom}
          onValue={setWhom}
          choices={[{ value: "", label: tr("Iedereen", "Everybody") }, ...["company", "school", "student"].map((code) => ({ value: code, label: word(code) }))]}
        />
        <SelectField
          label={tr("Waar loop je tegenaan?", "What do you run into?")}
          value={rule}
          onValue={setRule}
          choices={[{ value: "", label: tr("Alles", "Everything") }, ...codes.map((code) => ({ value: code, label: ruleName(code) }))]}
        />
      </div>
      <p class="nl-paragraph" role="status">
        {count(shown.length, tr("maatregel", "measure"), tr("maatregelen", "measures"))}
      </p>
      {shown.length === 0 ? (
        <Empty>
          <P>{tr("Hier past geen maatregel bij. Kies iets ruimers.", "No measure fits this. Choose something wider.")}</P>
        </Empty>
      ) : (
        <ul class="sm-cards sm-cards--grid">
          {shown.map((one) => (
            <One key={one.code} of={one} />
          ))}
        </ul>
      )}
    </>
  );
}

export function MenukaartPage() {
  const loaded = useLoad((signal) => api.measure.listMeasures({}, { signal }).then((answer) => answer.measures), []);
  return (
    <Page
      title={tr("Menukaart", "Menukaart")}
      lead={tr("Wat je kunt doen tegen stagediscriminatie: wat het is, wat het kost, en hoe goed we weten dat het werkt.", "What can be done against discrimination in internships: what it is, what it takes, and how well it is known to work.")}
    >
      <Shown of={loaded}>{(measures) => <Chosen measures={measures} />}</Shown>
    </Page>
  );
}
