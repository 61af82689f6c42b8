// Group statistics for a school's reviewers: the switch with its DPIA, and the statuses, which are all that ever leaves the vault.
import { useState } from "preact/hooks";
import { type GroupFinding, GroupLevel, GroupStatus, type GroupStatistics } from "~gen/stagematch/v1/group_pb.ts";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { api } from "~/base/api.ts";
import { day } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { Form, TextField } from "~/ui/fields.tsx";
import { Alert, Badge, Button, Dialog, Empty, Outcome, P, Page, Section, Shown, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

const levelNames: Partial<Record<GroupLevel, () => string>> = {
  [GroupLevel.COMPANY]: () => tr("Leerbedrijf", "Company"),
  [GroupLevel.CONCERN]: () => tr("Concern (KvK)", "Concern (KvK)"),
  [GroupLevel.REGION]: () => tr("Sector en regio", "Sector and region"),
};

const statusNames: Partial<Record<GroupStatus, () => string>> = {
  [GroupStatus.SIGNAL]: () => tr("patroon dat een gesprek verdient", "pattern that merits review"),
  [GroupStatus.OBSERVE]: () => tr("kan toeval zijn, kijk mee", "may be chance, keep watching"),
  [GroupStatus.NONE]: () => tr("geen patroon gevonden", "no pattern found"),
};

const tones: Partial<Record<GroupStatus, "negative" | "warning">> = { [GroupStatus.SIGNAL]: "negative", [GroupStatus.OBSERVE]: "warning" };

function Findings({ findings, asOf }: { findings: readonly GroupFinding[]; asOf: string }) {
  return (
    <Section title={tr("Uitkomst", "Outcome")}>
      {asOf ? <P>{tr(`Stand van ${day(asOf)}. Tot het volgende halfjaar voorbij is, verandert hier niets.`, `As of ${day(asOf)}. Until the next half-year has ended nothing changes here.`)}</P> : null}
      {findings.length === 0 ? (
        <Empty>
          <P>{tr("Te weinig gegevens. Dat zegt niet dat alles goed gaat.", "Too little data. That does not say that all is well.")}</P>
        </Empty>
      ) : (
        <Table
          caption={tr("Eenheden met genoeg gegevens", "Units with enough data")}
          columns={[
            { name: tr("Wat", "What"), cell: (finding) => levelNames[finding.level]?.() ?? "" },
            { name: tr("Wie", "Who"), cell: (finding) => finding.unit },
            { name: tr("Uitkomst", "Outcome"), cell: (finding) => <Badge tone={tones[finding.status] ?? "neutral"}>{statusNames[finding.status]?.() ?? ""}</Badge> },
          ]}
          rows={findings}
          rowKey={(finding) => `${finding.level} ${finding.unit}`}
        />
      )}
      <Alert>
        {tr(
          "Wie hier niet staat, heeft te weinig gegevens. Een uitkomst is geen oordeel: hij zegt waar een gesprek nodig is. Aantallen en kansen tonen we niet, omdat daaruit te lezen is wie er is afgewezen.",
          "Whoever is not here has too little data. An outcome is no verdict: it says where a conversation is needed. Counts and degrees of certainty are not shown, because they would tell who was rejected.",
        )}
      </Alert>
    </Section>
  );
}

function Statuses({ school }: { school: string }) {
  const list = useLoad(() => api.group.listGroupStatuses({ school }), [school]);
  return <Shown of={list}>{(answer) => <Findings findings={answer.findings} asOf={answer.asOf} />}</Shown>;
}

function Switch({ statistics, changed }: { statistics: GroupStatistics; changed: () => void }) {
  const [reference, setReference] = useState("");
  const [tried, setTried] = useState(false);
  const [sure, ask] = useState(false);
  const action = useAction((requestId: string, enabled: boolean, dpiaReference: string) => api.group.setGroupStatistics({ requestId, school: statistics.school, enabled, dpiaReference }));
  const valid = reference.trim().length >= 3;
  const send = async (enabled: boolean) => {
    if (!(await action.run(enabled, reference.trim()))) return;
    ask(false);
    changed();
    say(enabled ? tr("Groepsstatistiek staat aan.", "Group statistics are on.") : tr("Groepsstatistiek staat uit. De antwoorden zijn gewist.", "Group statistics are off. The answers were deleted."));
  };
  if (statistics.enabled)
    return (
      <Section title={tr("Instelling", "Setting")}>
        <P>
          {tr(`Staat aan sinds ${day(statistics.changedOn)}, op grond van DPIA`, `On since ${day(statistics.changedOn)}, on the ground of DPIA`)} <strong>{statistics.dpiaReference}</strong>.
        </P>
        <div>
          <Button onClick={() => (action.clear(), ask(true))}>{tr("Zet uit", "Switch off")}</Button>
        </div>
        <Dialog open={sure} close={() => ask(false)} title={tr("Groepsstatistiek uitzetten?", "Switch group statistics off?")}>
          <P>{tr("Alle antwoorden van studenten van deze school worden meteen gewist. Terugdraaien kan niet: studenten moeten het opnieuw zelf zeggen.", "All answers of this school's students are deleted at once. This cannot be undone: students must say it anew themselves.")}</P>
          <Outcome of={action} />
          <div class="sm-row">
            <Button kind="primary" danger busy={action.busy} onClick={() => void send(false)}>
              {tr("Ja, zet uit en wis", "Yes, switch off and delete")}
            </Button>
            <Button onClick={() => ask(false)}>{tr("Nee, laat aan", "No, leave it on")}</Button>
          </div>
        </Dialog>
      </Section>
    );
  return (
    <Section title={tr("Instelling", "Setting")}>
      <P>{tr("Groepsstatistiek staat uit. Zet het alleen aan als je school er een DPIA voor heeft gedaan. Studenten mogen dan zelf zeggen waar hun familie vandaan komt. Niemand ziet hun antwoord.", "Group statistics are off. Switch them on only when your school has made a DPIA for it. Students may then say where their family is from. Nobody sees their answer.")}</P>
      <Form
        label={tr("Groepsstatistiek aanzetten", "Switch group statistics on")}
        onSubmit={() => {
          setTried(true);
          if (valid) void send(true);
        }}
      >
        <TextField
          label={tr("Kenmerk van de DPIA", "Reference of the DPIA")}
          help={tr("Bijvoorbeeld het documentnummer. Dit komt in het logboek.", "For example the document number. It goes into the ledger.")}
          error={tried && !valid ? tr("Vul het kenmerk in, minstens 3 tekens.", "Fill in the reference, at least 3 characters.") : undefined}
          value={reference}
          onValue={setReference}
          maxLength={64}
        />
        <Outcome of={action} />
        <div>
          <Button kind="primary" type="submit" busy={action.busy}>
            {tr("Zet aan", "Switch on")}
          </Button>
        </div>
      </Form>
    </Section>
  );
}

function OfSchool({ school }: { school: string }) {
  const loaded = useLoad(async () => (await api.group.getGroupStatistics({ school })).statistics!, [school]);
  const state = useSession();
  const may = state.kind === "signed-in" && state.session.role === Role.BEHANDELAAR;
  return (
    <Shown of={loaded}>
      {(statistics) => (
        <>
          {statistics.enabled && <Statuses school={school} />}
          {may ? <Switch key={String(statistics.enabled)} statistics={statistics} changed={loaded.reload} /> : !statistics.enabled && <Alert>{tr("Je school gebruikt geen groepsstatistiek.", "Your school does not use group statistics.")}</Alert>}
        </>
      )}
    </Shown>
  );
}

export function GroupStatisticsPage() {
  const state = useSession();
  const schools = state.kind === "signed-in" ? state.session.scope : [];
  return (
    <Page
      title={tr("Groepsstatistiek", "Group statistics")}
      lead={tr("Worden studenten met een achtergrond buiten Europa vaker afgewezen, bij gelijke geschiktheid?", "Are students with a background outside Europe rejected more often, at equal qualifications?")}
      back={<Link href="/signalering">{tr("← Overzicht", "← Overview")}</Link>}
    >
      {schools.map((school) => (
        <OfSchool key={school} school={school} />
      ))}
    </Page>
  );
}
