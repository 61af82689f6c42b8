// The privacy statement: which data, who sees what when, how long, and what one may ask.
import { tr } from "~/base/language.ts";
import { Link } from "~/base/router.tsx";
import { Details, P, Page, Section, Table } from "~/ui/parts.tsx";
import { Contacts } from "./contacts.tsx";

type Row = { who: string; sees: string; when: string };

const rows = (): Row[] => [
  {
    who: tr("Het deel dat koppelt", "The part that matches"),
    sees: tr("wat je zoekt en kunt, je postcodegebied en je lijst; geen naam", "what you look for and can do, your postcode area and your list; no name"),
    when: tr("altijd", "always"),
  },
  {
    who: tr("Je school", "Your school"),
    sees: tr("alles wat zij zelf inleverde, de voorstellen en de uitkomst. Elke keer dat iemand je naam opvraagt, wordt dat vastgelegd", "everything it handed in, the proposals and the result. Every time somebody reads your name it is recorded"),
    when: tr("altijd", "always"),
  },
  {
    who: tr("Een bedrijf", "A company"),
    sees: tr("een kandidaat zonder naam: opleiding, wat past, en per gewogen eis eronder, erop of erboven", "a candidate without a name: study programme, what fits, and for each weighted criterion below, at or above"),
    when: tr("als het om een besluit gevraagd wordt", "when it is asked to decide"),
  },
  {
    who: tr("Datzelfde bedrijf", "That same company"),
    sees: tr("je naam, e-mail en telefoon, en de tekst waarmee jij akkoord ging", "your name, e-mail and telephone, and the text that you agreed with"),
    when: tr("pas na jouw ja en de vrijgave door je school; het eindigt als de plek niet doorgaat", "only after your yes and your school's release; it ends when the place is off"),
  },
  {
    who: tr("Andere studenten, scholen en bedrijven", "Other students, schools and companies"),
    sees: tr("niets", "nothing"),
    when: tr("nooit", "never"),
  },
  {
    who: tr("Het publiek", "The public"),
    sees: tr("aantallen van minstens vijf en vingerafdrukken, niets over één persoon", "counts of at least five and fingerprints, nothing of one person"),
    when: tr("vanaf het openen van een ronde", "from the opening of a round"),
  },
  {
    who: tr("De beheerder", "The operator"),
    sees: tr("of alles werkt; geen profiel en geen naam", "whether everything works; no profile and no name"),
    when: tr("altijd", "always"),
  },
];

function Data() {
  return (
    <Section title={tr("Welke gegevens", "Which data")}>
      <ul class="sm-list">
        <li>{tr("Wie je bent: naam, geboortedatum, geslacht, e-mail, telefoon, postcode en studentnummer, voor zover je school ze inlevert. Versleuteld, in een apart deel: de kluis.", "Who you are: name, birth date, sex, e-mail, telephone, postcode and student number, as far as your school hands them in. Encrypted, in a separate part: the vault.")}</li>
        <li>{tr("Wat je zoekt en kunt: opleiding, periode, uren, dagen, postcodegebied, afstand, vaardigheden, interesses, je lijst en wat je overslaat. Onder een willekeurig nummer.", "What you look for and can do: study programme, period, hours, days, postcode area, distance, skills, interests, your list and what you leave out. Under a random number.")}</li>
        <li>{tr("Of je extra begeleiding nodig hebt: alleen ja of nee, nooit waarom.", "Whether you need support: yes or no only, never why.")}</li>
        <li>{tr("Wat er besloten is, door wie, wanneer en met welke reden.", "What was decided, by whom, when and for which reason.")}</li>
        <li>{tr("Je antwoorden op de vragen hoe het gaat.", "Your answers to the questions how it goes.")}</li>
      </ul>
      <P>{tr("Wat we niet willen weten: geboorteland, nationaliteit, geloof. Staat het in een bestand van je school, dan gooien we die kolom weg zonder te lezen.", "What we do not want to know: country of birth, nationality, belief. Where a school's file has it, we drop that column without reading.")}</P>
    </Section>
  );
}

function Terms() {
  return (
    <Section title={tr("Hoe lang", "How long")}>
      <ul class="sm-list">
        <li>{tr("Je school is verantwoordelijk en bepaalt hoe lang je gegevens blijven. Voor gegevens van wie solliciteert is vier weken na afloop gebruikelijk, tot een jaar als je daarmee akkoord bent. Vraag je school naar haar termijn.", "Your school is responsible and decides how long your data stay. For applicants' data four weeks after the procedure is customary, up to a year with your consent. Ask your school for its term.")}</li>
        <li>{tr("Wissen kan: dan vernietigen we ook de sleutel waarmee je gegevens waren versleuteld. Wat in een reservekopie staat, is dan niet meer te lezen.", "Erasure is possible: then the key with which your data were encrypted is destroyed too. What stands in a backup can then no longer be read.")}</li>
        <li>{tr("In het logboek van besluiten blijft staan dát er iets besloten is, maar niet meer over wie.", "The ledger of decisions keeps that something was decided, but no longer about whom.")}</li>
        <li>{tr("Een melding van discriminatie is versleuteld met een eigen sleutel. Alleen de vertrouwenspersoon, en met jouw akkoord de behandelaar, leest haar; elke keer wordt vastgelegd. Na het sluiten wordt ze gewist zodra de termijn van je school voorbij is.", "A report of discrimination is encrypted with a key of its own. Only the confidential adviser, and with your consent the case handler, reads it; each time is recorded. After it was closed it is erased once your school's term is over.")}</li>
        <li>{tr("Zolang een zaak loopt kan de school het wissen tegenhouden.", "While a case is open the school can hold the erasure.")}</li>
      </ul>
    </Section>
  );
}

function Rights() {
  return (
    <Section title={tr("Jouw rechten (AVG)", "Your rights (GDPR)")}>
      <ul class="sm-list">
        <li>{tr("Inzien: je profiel, je voorstellen en wat een bedrijf van je zag, staan in je eigen overzicht.", "Access: your profile, your proposals and what a company saw of you are in your own overview.")}</li>
        <li>{tr("Verbeteren: zeg het je stagecoördinator. Een niveau kun je hier zelf betwisten.", "Correction: tell your coördinator. A level you can contest here yourself.")}</li>
        <li>{tr("Wissen, beperken, bezwaar maken en meenemen: vraag het je school.", "Erasure, restriction, objection and portability: ask your school.")}</li>
        <li>{tr("Een mens beslist (artikel 22): zonder je school en zonder jouw ja gaat geen plaatsing door.", "A person decides (article 22): without your school and your yes no placement goes through.")}</li>
        <li>{tr("Klagen kan bij je school, bij haar functionaris gegevensbescherming en bij de Autoriteit Persoonsgegevens.", "You can complain to your school, to its data protection officer and to the Autoriteit Persoonsgegevens.")}</li>
      </ul>
      <Contacts kinds={["school"]} />
    </Section>
  );
}

export function PrivacyPage() {
  return (
    <Page title={tr("Privacy", "Privacy")} lead={tr("Wat we van je weten, wie het ziet en wanneer. Kort en eerlijk.", "What we know of you, who sees it and when. Short and honest.")}>
      <Section title={tr("Waarvoor en op welke grond", "What for, and on which ground")}>
        <P>{tr("We gebruiken je gegevens om een stage of leerbaan voor je te vinden, om te begeleiden, en om te laten zien dat het eerlijk ging. Je school is verantwoordelijk (de verwerkingsverantwoordelijke). Zij legt in haar eigen privacyverklaring uit op welke grond van de AVG zij dit doet. Wie deze dienst voor haar draait, is verwerker.", "We use your data to find an internship or apprenticeship for you, to guide you, and to show that it went fairly. Your school is responsible (the controller). It explains in its own privacy statement on which ground of the GDPR it does so. Whoever runs this service for it is the processor.")}</P>
      </Section>
      <Data />
      <Section title={tr("Wie ziet wat, en wanneer", "Who sees what, and when")}>
        <Table
          caption={tr("Wie wat van je ziet", "Who sees what of you")}
          columns={[
            { name: tr("Wie", "Who"), cell: (row) => row.who },
            { name: tr("Ziet", "Sees"), cell: (row) => row.sees },
            { name: tr("Wanneer", "When"), cell: (row) => row.when },
          ]}
          rows={rows()}
          rowKey={(row) => row.who}
        />
      </Section>
      <Terms />
      <Rights />
      <Section title={tr("Deze site zelf", "This site itself")}>
        <P>{tr("Er is één cookie: om ingelogd te blijven. Die kan door geen script gelezen worden. In je browser bewaren we verder alleen welke taal je koos. Er zijn geen advertenties, geen meters en geen onderdelen van andere sites.", "There is one cookie: to stay signed in. No script can read it. Besides, your browser keeps only which language you chose. There are no advertisements, no trackers and no parts of other sites.")}</P>
        <Details summary={tr("Hoe is het beveiligd?", "How is it secured?")}>
          <P>{tr("Wie je bent en wat je kunt staan in twee databases met eigen sleutels, bij twee programma's die elkaars gegevens niet kunnen lezen. Het doorgeven van je naam kan alleen als je school het vraagt én de plek bevestigd is.", "Who you are and what you can do stand in two databases with keys of their own, with two programs that cannot read each other's data. Your name is passed on only where your school asks for it and the place is confirmed.")}</P>
          <P>
            <Link href="/algoritme">{tr("Meer over het algoritme", "More about the algorithm")}</Link>
          </P>
        </Details>
      </Section>
    </Page>
  );
}
