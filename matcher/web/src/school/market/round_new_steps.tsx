// The choices of a new round, each explained where it is made.
import { useState } from "preact/hooks";
import type { Placement } from "~gen/stagematch/v1/placement_pb.ts";
import { RoundMode } from "~gen/stagematch/v1/round_pb.ts";
import type { Stagevraag } from "~gen/stagematch/v1/student_pb.ts";
import { qualificationText, useCatalog } from "~/base/catalog.ts";
import { number } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { CheckBox, RadioGroup, TextField } from "~/ui/fields.tsx";
import { Alert, Button, DataList, Details, P } from "~/ui/parts.tsx";
import { Pick } from "~/ui/pick.tsx";
import { modeText } from "./round_words.ts";
import { schoolText, useOwnSchools } from "./scope.ts";
import { supplyOf } from "./supply.ts";

export type Plan = { name: string; schools: readonly string[]; qualifications: readonly string[]; mode: RoundMode; beacon: string };

type StepProps = { plan: Plan; change: (part: Partial<Plan>) => void; error?: string };

const toggled = (list: readonly string[], value: string, on: boolean) => (on ? [...list, value] : list.filter((one) => one !== value));

export function WhoStep({ plan, change, error }: StepProps) {
  const catalog = useCatalog();
  const own = useOwnSchools();
  const others = (catalog.data?.schools ?? []).filter((school) => !own.includes(school.code));
  const [typed, setTyped] = useState("");
  const added = plan.schools.filter((school) => !own.includes(school));
  const addTyped = () => {
    const brin = typed.trim().toUpperCase();
    if (/^[0-9]{2}[A-Z]{2}$/.test(brin) && !plan.schools.includes(brin)) change({ schools: [...plan.schools, brin] });
    setTyped("");
  };
  return (
    <>
      <TextField
        label={tr("Naam van de ronde", "Name of the round")}
        help={tr("Iedereen kan deze naam lezen. Bijvoorbeeld: Zorg, februari 2027.", "Everybody can read this name. For instance: Care, February 2027.")}
        error={error && plan.name.trim() === "" ? error : undefined}
        maxLength={100}
        value={plan.name}
        onValue={(name) => change({ name })}
      />
      <fieldset class="sm-fieldset">
        <legend class="utrecht-form-label">{tr("Welke scholen doen mee?", "Which schools take part?")}</legend>
        <div class="sm-quiet">
          {tr("Met één school ben je het snelst klaar. Met meer scholen delen jullie de plekken eerlijk; elke school doet dan haar eigen stap in de loting.", "With one school you are done soonest. With more you share the places fairly; each school then does its own step in the lottery.")}
        </div>
        {error && plan.schools.length === 0 && <div class="sm-error">{error}</div>}
        {[...own, ...added].map((school) => (
          <CheckBox key={school} label={schoolText(catalog.data, school)} checked={plan.schools.includes(school)} onChecked={(on) => change({ schools: toggled(plan.schools, school, on) })} />
        ))}
      </fieldset>
      <Details summary={tr("Een andere school erbij", "Add another school")}>
        {others.length > 0 ? (
          <Pick
            label={tr("Zoek een school", "Find a school")}
            items={others.map((school) => ({ value: school.code, label: schoolText(catalog.data, school.code) }))}
            taken={plan.schools}
            onPick={(school) => change({ schools: [...plan.schools, school] })}
          />
        ) : (
          <div class="sm-row sm-row--end">
            <TextField label={tr("Brin van de school", "Brin of the school")} help={tr("Twee cijfers en twee letters, zoals 25PT.", "Two digits and two letters, such as 25PT.")} value={typed} onValue={setTyped} />
            <Button onClick={addTyped}>{tr("Voeg toe", "Add")}</Button>
          </div>
        )}
      </Details>
    </>
  );
}

export function QualificationStep({ plan, change, error, market }: StepProps & { market: { stagevragen: readonly Stagevraag[]; placements: readonly Placement[] } }) {
  const catalog = useCatalog();
  const own = useOwnSchools();
  const supply = supplyOf(market.stagevragen, market.placements, plan.schools);
  const foreign = plan.schools.some((school) => !own.includes(school));
  const withBoth = supply.filter((one) => one.students > 0 && one.seats > 0).map((one) => one.qualification);
  return (
    <>
      <P>
        {tr(
          "Kies welke opleidingen meedoen. Erbij staat hoeveel studenten een plek zoeken en hoeveel plekken vrij zijn. Bij het verzegelen telt wat er dan is.",
          "Choose which studies take part. Beside each stands how many students look for a place and how many places are free. What counts is what is there when the round is sealed.",
        )}
      </P>
      {foreign && <Alert>{tr("Van andere scholen weten we hier niet hoeveel studenten zoeken. Die komen erbij.", "Of other schools we do not know here how many students are looking. They come on top.")}</Alert>}
      {error && <div class="sm-error" role="alert">{error}</div>}
      <div class="sm-row">
        <Button onClick={() => change({ qualifications: withBoth })}>{tr("Kies alles met studenten én plekken", "Choose all with both students and places")}</Button>
        <Button kind="subtle" onClick={() => change({ qualifications: [] })}>
          {tr("Kies niets", "Choose none")}
        </Button>
      </div>
      <fieldset class="sm-fieldset">
        <legend class="utrecht-form-label">{tr("Opleidingen", "Studies")}</legend>
        {supply.length === 0 && <P>{tr("Er zoekt nu niemand een plek. Voer eerst studenten in.", "Nobody is looking for a place now. Enter students first.")}</P>}
        {supply.map(({ qualification, students, seats }) => (
          <CheckBox
            key={qualification}
            label={qualificationText(catalog.data, qualification)}
            help={`${number(students)} ${students === 1 ? tr("student zoekt", "student looks") : tr("studenten zoeken", "students look")} · ${number(seats)} ${seats === 1 ? tr("plek vrij", "place free") : tr("plekken vrij", "places free")}`}
            checked={plan.qualifications.includes(qualification)}
            onChecked={(on) => change({ qualifications: toggled(plan.qualifications, qualification, on) })}
          />
        ))}
      </fieldset>
    </>
  );
}

export function ModeStep({ plan, change }: StepProps) {
  return (
    <RadioGroup
      label={tr("Mag het bedrijf nog beslissen?", "Does the company still decide?")}
      value={String(plan.mode)}
      onValue={(value) => change({ mode: Number(value) })}
      choices={[
        {
          value: String(RoundMode.BLIND),
          label: tr("Blind: het bedrijf ziet één kandidaat, zonder naam (aanbevolen)", "Blind: the company sees one candidate, without a name (recommended)"),
          help: tr(
            "Het bedrijf stemt in, of maakt bezwaar met een reden. Het ziet alleen of de student past bij de criteria die het vooraf noemde. De naam komt pas na de vrijgave.",
            "The company agrees, or objects with a reason. It sees only whether the student fits the criteria that it declared before. The name comes only after release.",
          ),
        },
        {
          value: String(RoundMode.DIRECT),
          label: tr("Direct: het bedrijf beslist niet mee", "Direct: the company does not decide"),
          help: tr(
            "Wat de school goedkeurt, gaat meteen naar de student. Spreek dit vooraf af met de bedrijven: zij nemen wie de school stuurt.",
            "What the school approves goes to the student at once. Agree on this with the companies first: they take whom the school sends.",
          ),
        },
      ]}
    />
  );
}

export function BeaconStep({ plan, change }: StepProps) {
  return (
    <>
      <P>
        {tr(
          "Zo wordt verdeeld: iedere student vraagt eerst de plek van eigen voorkeur. Zijn er te veel vragers, dan gaan de studenten voor die het best bij de criteria passen; zijn die gelijk, dan beslist één loting voor de hele ronde. Wie de plek niet krijgt, vraagt de volgende. Een eerlijke voorkeur opgeven is altijd het beste.",
          "This is how places are divided: every student first asks for the place they prefer. Where too many ask, those who fit the criteria best go first; where they are equal, one lottery for the whole round decides. Whoever does not get the place asks for the next. To give one's honest preference is always best.",
        )}
      </P>
      <P quiet>{tr("Vakmensen noemen dit deferred acceptance met één loting (stb). Andere manieren zijn er niet.", "Experts call this deferred acceptance with a single tie-breaking lottery (stb). There are no others.")}</P>
      <P>
        {tr(
          "De loting komt uit de gegevens en uit een geheim getal van elke school. Niemand kan haar vooraf weten of achteraf veranderen.",
          "The lottery comes from the data and a secret number of each school. Nobody can know it before or change it after.",
        )}
      </P>
      <Details summary={tr("Een getal van buiten erbij (niet nodig)", "A number from outside as well (not needed)")} open={plan.beacon !== ""}>
        <TextField
          label={tr("Welke openbare uitslag telt mee?", "Which public draw counts as well?")}
          help={tr(
            "Bijvoorbeeld: de Lotto-trekking van zaterdag 6 februari 2027. Noem een uitslag die nog niet bekend is. Vóór het rekenen vul je die uitslag in. Laat leeg als je dit niet wilt.",
            "For instance: the lottery draw of Saturday 6 February 2027. Name a result that is not known yet. Before solving you enter that result. Leave it empty if you do not want this.",
          )}
          maxLength={200}
          value={plan.beacon}
          onValue={(beacon) => change({ beacon })}
        />
      </Details>
    </>
  );
}

export function LookStep({ plan }: { plan: Plan }) {
  const catalog = useCatalog();
  const own = useOwnSchools();
  return (
    <>
      <DataList
        items={[
          [tr("Naam", "Name"), plan.name],
          [tr("Scholen", "Schools"), plan.schools.map((school) => schoolText(catalog.data, school)).join(", ")],
          [tr("Opleidingen", "Studies"), plan.qualifications.map((code) => qualificationText(catalog.data, code)).join(", ")],
          [tr("Beslissen", "Deciding"), modeText(plan.mode)],
          [tr("Getal van buiten", "Number from outside"), plan.beacon.trim() || tr("geen", "none")],
        ]}
      />
      <Alert>
        {plan.schools.every((school) => own.includes(school))
          ? tr("Na het maken is de ronde een concept. Met één knop ga je dan naar het resultaat.", "Once made the round is a draft. One button then takes you to the result.")
          : tr("Na het maken is de ronde een concept. Open hem, dan legt elke school haar lot vast.", "Once made the round is a draft. Open it, and each school commits to its lot.")}
      </Alert>
    </>
  );
}
