// Before somebody reports: what it is, who reads it, that nothing has to be done, and where else one can go.
import { tr } from "~/base/language.ts";
import { go, Link } from "~/base/router.tsx";
import { Alert, Button, P, Page, Section, Shown } from "~/ui/parts.tsx";
import { change, useForm, useReporter } from "./draft.ts";
import { QuickExit } from "./quick_exit.tsx";
import { RouteList } from "./route_list.tsx";

export function IntroPage() {
  const form = useForm();
  const { signedIn } = useReporter();
  const begin = () => {
    change({ begun: true });
    go("/melden/stap/1");
  };
  return (
    <Page
      title={tr("Discriminatie melden", "Report discrimination")}
      lead={tr("Is er iets gebeurd dat niet oké is? Hier kun je het je school vertellen. Je hoeft niet zeker te weten of het discriminatie is.", "Did something happen that is not okay? Here you can tell your school. You do not have to be sure that it is discrimination.")}
    >
      <QuickExit />
      <Section title={tr("Dit moet je weten", "What you need to know")}>
        <ul class="sm-list">
          <li>{tr("Melden hoeft niet. Je mag altijd stoppen.", "You do not have to report. You can stop at any time.")}</li>
          <li>
            {tr(
              "Alleen de vertrouwenspersoon of de behandelaar van je school leest je melding. Niet je stagecoördinator en niet het bedrijf.",
              "Only the confidential adviser or the case handler of your school reads your report. Not your coördinator, and not the company.",
            )}
          </li>
          <li>
            {signedIn
              ? tr("Je bent ingelogd. Je kiest zelf of de lezer je naam ziet.", "You are signed in. You choose whether the reader sees your name.")
              : tr("Je hebt geen account nodig. Je hoeft je naam niet te geven.", "You need no account. You do not have to give your name.")}
          </li>
          <li>{tr("Na het versturen krijg je een code. Daarmee kun je terugkomen en het antwoord lezen.", "After sending you get a code. With it you can come back and read the answer.")}</li>
          <li>{tr("Er gebeurt niets met een bedrijf zonder dat jij dat goed vindt.", "Nothing is done about a company unless you agree.")}</li>
        </ul>
        <Alert tone="warning">{tr("Is er nu gevaar? Bel 112.", "Are you in danger now? Call 112.")}</Alert>
        <div class="sm-row">
          <Button kind="primary" onClick={begin}>
            {tr("Begin met melden", "Start your report")}
          </Button>
          <Link href="/melden/terug">{tr("Ik heb al gemeld en heb een code", "I reported before and have a code")}</Link>
        </div>
      </Section>
      <Section title={tr("Waar kun je nog meer heen?", "Where else can you go?")}>
        <P>{tr("Je kunt ook naar een van deze plekken gaan. Het een sluit het ander niet uit.", "You can also go to one of these places. One does not exclude the other.")}</P>
        <Shown of={form}>{(loaded) => <RouteList routes={loaded.routes} />}</Shown>
      </Section>
    </Page>
  );
}
