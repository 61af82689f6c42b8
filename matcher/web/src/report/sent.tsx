// After sending: the code to come back with, shown this once; and files, for whoever has some.
import { useEffect, useState } from "preact/hooks";
import type { ReportFile } from "~gen/stagematch/v1/report_pb.ts";
import { tr } from "~/base/language.ts";
import { go, Link } from "~/base/router.tsx";
import { Alert, Button, Card, Loading, P, Page, Section } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { sentCode } from "./draft.ts";
import { AddFiles } from "./files.tsx";
import { QuickExit } from "./quick_exit.tsx";

export function SentPage() {
  const code = sentCode();
  const [files, set] = useState<ReportFile[]>([]);
  useEffect(() => {
    if (!code) go("/melden", true);
  }, [code]);
  if (!code) return <Loading />;
  const copy = () => void navigator.clipboard.writeText(code).then(() => say(tr("De code is gekopieerd.", "The code was copied.")), () => say(tr("Kopiëren lukte niet. Schrijf de code over.", "Copying failed. Write the code down.")));
  return (
    <Page title={tr("Je melding is verstuurd", "Your report was sent")} lead={tr("Goed dat je dit vertelt. Iemand van je school leest het en antwoordt je hier.", "It is good that you tell this. Somebody at your school reads it and answers you here.")}>
      <QuickExit />
      <Section title={tr("Bewaar deze code", "Keep this code")}>
        <Card>
          <output class="sm-report__code">{code}</output>
        </Card>
        <Alert tone="warning">{tr("Je ziet deze code maar één keer. Alleen met deze code kun je terug naar je melding. Wij kunnen hem niet opzoeken.", "You see this code only once. Only with this code can you return to your report. We cannot look it up.")}</Alert>
        <div class="sm-row">
          <Button kind="primary" onClick={copy}>
            {tr("Kopieer de code", "Copy the code")}
          </Button>
          <Button onClick={() => print()}>{tr("Print de code", "Print the code")}</Button>
        </div>
        <P>{tr("Wil je niet dat iemand ziet dat je hebt gemeld? Bewaar de code dan niet in een gedeelde telefoon of computer.", "Do you not want anybody to see that you reported? Then do not keep the code on a shared phone or computer.")}</P>
      </Section>
      <Section title={tr("Heb je bestanden erbij?", "Do you have files?")}>
        <P>{tr("Een foto van een bericht, een brief: het hoeft niet.", "A picture of a message, a letter: you do not have to.")}</P>
        <AddFiles code={code} files={files} added={(file) => set((before) => [...before, file])} />
      </Section>
      <Section title={tr("En nu?", "And now?")}>
        <P>{tr("Kom over een paar werkdagen terug met je code. Dan zie je het antwoord, en kun je meer vertellen.", "Come back in a few working days with your code. Then you see the answer, and can tell more.")}</P>
        <Link href="/melden/terug">{tr("Terug naar mijn melding", "Back to my report")}</Link>
      </Section>
    </Page>
  );
}
