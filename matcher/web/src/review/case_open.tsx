// Opening a case. What it rests on comes along in the address (random ids); the rest is a few words, for the school's reviewers alone.
import { useState } from "preact/hooks";
import { api } from "~/base/api.ts";
import { schoolText, useCatalog } from "~/base/catalog.ts";
import { count } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { go, Link, useUnsaved } from "~/base/router.tsx";
import { useSession } from "~/base/session.ts";
import { Form, SelectField, TextArea, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Outcome, P, Page } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

/** `?bedrijf=100077736&melding=<id>&signaal=<id>&punt=<id>&voorstel=<id>`, each as often as there are. */
export function draftOf(search: string) {
  const given = new URLSearchParams(search);
  const ids = (name: string) => given.getAll(name).filter((id) => /^[0-9a-f]{32}$/.test(id));
  return {
    school: given.get("school") ?? "",
    leerbedrijf: given.get("bedrijf") ?? "",
    reportIds: ids("melding"),
    signalIds: ids("signaal"),
    pointIds: ids("punt"),
    proposalIds: ids("voorstel"),
  };
}

type Draft = ReturnType<typeof draftOf>;

function RestsOn({ draft }: { draft: Draft }) {
  const parts = [
    draft.reportIds.length > 0 && count(draft.reportIds.length, tr("melding", "report"), tr("meldingen", "reports")),
    draft.signalIds.length > 0 && count(draft.signalIds.length, tr("signaal", "signal"), tr("signalen", "signals")),
    draft.pointIds.length > 0 && count(draft.pointIds.length, tr("aandachtspunt", "aandachtspunt"), tr("aandachtspunten", "aandachtspunten")),
    draft.proposalIds.length > 0 && count(draft.proposalIds.length, tr("besluit", "decision"), tr("besluiten", "decisions")),
  ].filter(Boolean);
  return parts.length > 0 ? (
    <Alert>{tr(`De zaak rust op: ${parts.join(", ")}. Dat wordt bevroren zoals het nu is.`, `The case rests on: ${parts.join(", ")}. It is frozen as it is now.`)}</Alert>
  ) : (
    <P quiet>{tr("Je opent deze zaak zonder melding, signaal of besluit. Schrijf dan hieronder op wat er aan de hand is.", "You open this case without a report, signal or decision. Then write down below what is the matter.")}</P>
  );
}

export function OpenCasePage() {
  const session = useSession();
  const catalog = useCatalog().data;
  const [draft] = useState(() => draftOf(location.search));
  const scope = session.kind === "signed-in" || session.kind === "over" ? session.session.scope : [];
  const [school, setSchool] = useState(draft.school);
  const [leerbedrijf, setLeerbedrijf] = useState(draft.leerbedrijf);
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const linked = draft.reportIds.length + draft.signalIds.length + draft.pointIds.length + draft.proposalIds.length > 0;
  const chosen = school || scope[0] || "";
  const good = /^[A-Za-z0-9._-]{1,20}$/.test(leerbedrijf) && (linked || text.trim() !== "");
  const open = useAction(async (requestId, given: { school: string; leerbedrijf: string; text: string }) => {
    const { case: opened } = await api.case.openCase({ requestId, ...draft, ...given });
    go(`/signalering/zaken/${opened?.caseId ?? ""}`, true);
    say(tr("De zaak is geopend.", "The case is open."));
  });
  useUnsaved(text !== "" && !open.busy && !open.done, tr("Wat je schreef is nog niet verstuurd. Toch weg?", "What you wrote is not sent yet. Leave all the same?"));
  return (
    <Page
      title={tr("Open een zaak", "Open a case")}
      lead={tr("Een zaak is geen oordeel. Je zoekt uit wat er is gebeurd en hoort beide kanten.", "A case is no verdict. You look into what happened and hear both sides.")}
      back={<Link href="/signalering/zaken">{tr("‹ Zaken", "‹ Cases")}</Link>}
    >
      <RestsOn draft={draft} />
      <Form
        onSubmit={() => {
          setTried(true);
          if (good) void open.run({ school: chosen, leerbedrijf, text });
        }}
      >
        {scope.length > 1 && (
          <SelectField label={tr("School", "School")} value={chosen} onValue={setSchool} choices={scope.map((brin) => ({ value: brin, label: schoolText(catalog, brin) }))} />
        )}
        <TextField
          label={tr("Nummer van het leerbedrijf", "Number of the company")}
          help={tr("Het nummer bij SBB, zoals 100077736.", "The number at SBB, such as 100077736.")}
          error={tried && !/^[A-Za-z0-9._-]{1,20}$/.test(leerbedrijf) ? tr("Vul het nummer in.", "Enter the number.") : undefined}
          value={leerbedrijf}
          onValue={setLeerbedrijf}
        />
        <TextArea
          label={tr("Wat is er aan de hand?", "What is the matter?")}
          help={tr("Alleen behandelaren van je school lezen dit. Het bedrijf ziet het niet.", "Only behandelaren of your school read this. The company does not see it.")}
          error={tried && !linked && !text.trim() ? tr("Schrijf op wat er aan de hand is.", "Write down what is the matter.") : undefined}
          value={text}
          onValue={setText}
          rows={6}
          maxLength={4000}
        />
        <Outcome of={open} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={open.busy}>
            {tr("Open de zaak", "Open the case")}
          </Button>
          <Button onClick={() => go("/signalering/zaken")}>{tr("Terug", "Back")}</Button>
        </div>
      </Form>
    </Page>
  );
}
