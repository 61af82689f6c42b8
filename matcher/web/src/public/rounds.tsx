// Asks for a round: who was told of one has its number.
import { useState } from "preact/hooks";
import { tr } from "~/base/language.ts";
import { go } from "~/base/router.tsx";
import { Form, TextField } from "~/ui/fields.tsx";
import { Button, P, Page, Section } from "~/ui/parts.tsx";
import { roundIdIn } from "./round_id.ts";

export function RoundsPage() {
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const id = roundIdIn(text);
  const submit = () => {
    setTried(true);
    if (id) go(`/rondes/${id}`);
  };
  return (
    <Page title={tr("Openbare rondes", "Public rounds")} lead={tr("Van elke ronde is een deel openbaar. Zo kan iedereen nagaan dat de loting eerlijk was.", "A part of every round is public. So everyone can check that the lottery was fair.")}>
      <Form onSubmit={submit}>
        <TextField
          label={tr("Nummer of link van de ronde", "Number or link of the round")}
          help={tr("32 tekens, 0 tot 9 en a tot f. Je vindt het in je eigen overzicht of bij je school.", "32 characters, 0 to 9 and a to f. You find it in your own overview or at your school.")}
          error={tried && !id ? tr("Dit is geen nummer van een ronde. Kopieer het hele nummer of de hele link.", "This is no number of a round. Copy the whole number or the whole link.") : undefined}
          value={text}
          onValue={setText}
          autocomplete="off"
          spellcheck={false}
        />
        <div>
          <Button kind="primary" type="submit">
            {tr("Bekijk de ronde", "See the round")}
          </Button>
        </div>
      </Form>
      <Section title={tr("Waarom is er geen lijst?", "Why is there no list?")}>
        <P>{tr("De scholen bepalen zelf waar zij een ronde aankondigen, bijvoorbeeld op hun website. De dienst houdt geen openbare lijst bij van alle rondes. Wie het nummer heeft, ziet alles wat openbaar is, zonder in te loggen.", "Schools decide where they announce a round, for example on their website. The service keeps no public list of all rounds. Whoever has the number sees everything that is public, without signing in.")}</P>
      </Section>
      <Section title={tr("Wat is er te zien?", "What is there to see?")}>
        <ul class="sm-list">
          <li>{tr("welke scholen en opleidingen meededen, en met welke regels", "which schools and study programmes took part, and by which rules")}</li>
          <li>{tr("de vingerafdrukken die vooraf vastlagen, en de loting die daaruit volgt", "the fingerprints that were fixed in advance, and the lottery that follows")}</li>
          <li>{tr("hoeveel studenten hun eerste, tweede of latere keus kregen (nooit over minder dan vijf studenten)", "how many students got their first, second or later choice (never of fewer than five students)")}</li>
        </ul>
      </Section>
    </Page>
  );
}
