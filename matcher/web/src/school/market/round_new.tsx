// A new round, one choice at a time, each with what it means.
import { useEffect, useState } from "preact/hooks";
import { RoundMode } from "~gen/stagematch/v1/round_pb.ts";
import { PlacementState } from "~gen/stagematch/v1/placement_pb.ts";
import { StagevraagState } from "~gen/stagematch/v1/student_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { go, Link, useUnsaved } from "~/base/router.tsx";
import { Form } from "~/ui/fields.tsx";
import { Button, Outcome, Page, Section, Shown, Steps } from "~/ui/parts.tsx";
import { allStagevragen } from "../guidance/all.ts";
import { BeaconStep, LookStep, ModeStep, type Plan, QualificationStep, WhoStep } from "./round_new_steps.tsx";
import { allPlacements, useOwnSchools } from "./scope.ts";

const stepNames = () => [
  tr("Naam en scholen", "Name and schools"),
  tr("Opleidingen", "Studies"),
  tr("Wie beslist", "Who decides"),
  tr("De loting", "The lottery"),
  tr("Kijk na", "Check"),
];

/** What still lacks before step `at` can be left; empty: nothing. */
export function lacking(plan: Plan, at: number): string {
  if (at === 0 && plan.name.trim() === "") return tr("Geef de ronde een naam.", "Give the round a name.");
  if (at === 0 && plan.schools.length === 0) return tr("Kies ten minste één school.", "Choose at least one school.");
  if (at === 1 && plan.qualifications.length === 0) return tr("Kies ten minste één opleiding.", "Choose at least one study.");
  return "";
}

const loadMarket = async (signal: AbortSignal) => {
  const [stagevragen, placements] = await Promise.all([allStagevragen(signal, StagevraagState.FREE), allPlacements(signal, PlacementState.PUBLISHED)]);
  return { stagevragen, placements };
};

export function NewRoundPage() {
  const own = useOwnSchools();
  const market = useLoad(loadMarket, []);
  const [at, setAt] = useState(0);
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState("");
  const [plan, setPlan] = useState<Plan>({ name: "", schools: own.length === 1 ? own : [], qualifications: [], mode: RoundMode.BLIND, beacon: "" });
  const change = (part: Partial<Plan>) => setPlan((before) => ({ ...before, ...part }));
  const names = stepNames();
  const lack = lacking(plan, at);
  useUnsaved(made === "" && plan.name !== "", tr("Je nieuwe ronde is nog niet gemaakt. Wil je weg van deze pagina?", "Your new round was not made yet. Do you want to leave this page?"));
  const create = useAction(async (requestId) => {
    const { round } = await api.round.createRound({
      requestId,
      name: plan.name.trim(),
      schools: [...plan.schools],
      qualifications: [...plan.qualifications],
      mode: plan.mode,
      mechanism: "stb",
      beaconSource: plan.beacon.trim(),
    });
    if (round) setMade(round.roundId);
  });
  // Behind useUnsaved, which must have let go first.
  useEffect(() => {
    if (made) go(`/school/rondes/${made}`, true);
  }, [made]);
  const move = (to: number) => {
    setTried(to > at && lack !== "");
    if (to > at && lack) return;
    setAt(to);
    scrollTo(0, 0);
  };
  const error = tried ? lack : "";
  return (
    <Page title={tr("Nieuwe ronde", "New round")} back={<Link href="/school/rondes">{tr("Rondes", "Rounds")}</Link>}>
      <Steps steps={names} now={at} />
      <Form onSubmit={() => (at < names.length - 1 ? move(at + 1) : void create.run())}>
        <Section title={names[at] ?? ""}>
          {at === 0 && <WhoStep plan={plan} change={change} error={error} />}
          {at === 1 && <Shown of={market}>{(data) => <QualificationStep plan={plan} change={change} error={error} market={data} />}</Shown>}
          {at === 2 && <ModeStep plan={plan} change={change} />}
          {at === 3 && <BeaconStep plan={plan} change={change} />}
          {at === 4 && <LookStep plan={plan} />}
        </Section>
        <Outcome of={create} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={create.busy}>
            {at < names.length - 1 ? tr("Verder", "Next") : tr("Maak de ronde", "Make the round")}
          </Button>
          {at > 0 && <Button onClick={() => move(at - 1)}>{tr("Terug", "Back")}</Button>}
        </div>
      </Form>
    </Page>
  );
}
