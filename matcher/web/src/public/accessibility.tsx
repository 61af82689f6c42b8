// The toegankelijkheidsverklaring: what was tested, what was not, and how to say what does not work.
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { P, Page, Section } from "~/ui/parts.tsx";
import { Contacts } from "./contacts.tsx";

export function AccessibilityPage() {
  return (
    <Page title={tr("Toegankelijkheidsverklaring", "Accessibility statement")} lead={tr("Iedereen moet Stagematch kunnen gebruiken: met muis, toetsenbord, schermlezer, vergroting of telefoon.", "Everyone must be able to use Stagematch: with mouse, keyboard, screen reader, magnification or telephone.")}>
      <Section title={tr("Status", "Status")}>
        <P>{tr("We bouwen naar WCAG 2.2, niveau AA (EN 301 549). Er is nog geen onafhankelijk onderzoek gedaan. Daarom noemen we deze site nog niet “volledig” maar “eerste maatregelen genomen” toegankelijk.", "We build to WCAG 2.2, level AA (EN 301 549). There has been no independent audit yet. So we do not call this site “fully” accessible; its status is “first measures taken”.")}</P>
      </Section>
      <Section title={tr("Wat is getest", "What was tested")}>
        <ul class="sm-list">
          <li>{tr("Pagina's zijn automatisch onderzocht met axe-core in Chromium. Zo'n onderzoek vindt maar een deel van de problemen.", "Pages were examined automatically with axe-core in Chromium. Such an examination finds only a part of the problems.")}</li>
          <li>{tr("Pagina's zijn bekeken op een breed scherm en op de breedte van een telefoon.", "Pages were looked at on a wide screen and at the width of a telephone.")}</li>
          <li>{tr("Alles wat studenten, bedrijven, scholen en beheerders doen is van begin tot eind gespeeld met alleen het toetsenbord.", "All that students, companies, schools and operators do was played from beginning to end with the keyboard alone.")}</li>
          <li>{tr("Lijsten op volgorde zetten kan met knoppen en met het toetsenbord; slepen hoeft nooit.", "Lists are put in order with buttons and with the keyboard; dragging is never needed.")}</li>
          <li>{tr("Er zijn knoppen van minstens 44 pixels, een zichtbare focus, een donkere weergave, en minder beweging als je dat in je systeem hebt gezet.", "There are buttons of at least 44 pixels, a visible focus, a dark display, and less motion where your system asks for it.")}</li>
        </ul>
      </Section>
      <Section title={tr("Wat is nog niet getest", "What was not tested yet")}>
        <ul class="sm-list">
          <li>{tr("Gebruik door mensen met een beperking.", "Use by people with a disability.")}</li>
          <li>{tr("Schermlezers zoals NVDA, JAWS en VoiceOver, door iemand die ze dagelijks gebruikt.", "Screen readers such as NVDA, JAWS and VoiceOver, by somebody who uses them daily.")}</li>
          <li>{tr("Andere browsers dan Chromium.", "Browsers other than Chromium.")}</li>
          <li>{tr("Bestanden die je downloadt, zoals CSV en agenda-afspraken.", "Files that you download, such as CSV and calendar entries.")}</li>
          <li>{tr("Of alle teksten taalniveau B1 hebben. We schrijven zo, maar lieten het niet nakijken door lezers.", "Whether all texts are at language level B1. We write so, but have not had it checked by readers.")}</li>
        </ul>
      </Section>
      <Section title={tr("Werkt iets niet voor jou?", "Does something not work for you?")}>
        <P>{tr("Zeg het het stagebureau van je school. Schrijf erbij welke pagina het was, wat je wilde doen en wat je gebruikt. De school helpt je dan op een andere manier, en geeft het door zodat het opgelost wordt.", "Tell your school's internship office. Say which page it was, what you wanted to do and what you use. The school then helps you in another way, and passes it on so that it is mended.")}</P>
        <Contacts kinds={["school"]} />
        <P>{tr("Kom je er met je school niet uit? Dan kun je terecht bij het College voor de Rechten van de Mens of de Nationale ombudsman.", "You cannot settle it with your school? Then turn to the College voor de Rechten van de Mens or the Nationale ombudsman.")}</P>
        <P>
          <Link href="/hulp">{tr("Alle hulp", "All help")}</Link>
        </P>
      </Section>
    </Page>
  );
}
