// The lots of a round: each school commits to its own, and reveals it once the round is sealed.
import { useEffect, useReducer, useState } from "preact/hooks";
import { type NonceCommitment, type Round, RoundState } from "~gen/stagematch/v1/round_pb.ts";
import { api } from "~/base/api.ts";
import { useCatalog } from "~/base/catalog.ts";
import { save } from "~/base/csv.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { Told } from "~/base/request.ts";
import { Form, SelectField, TextArea } from "~/ui/fields.tsx";
import { Alert, Badge, Button, Details, Outcome, P, Section, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";
import { commitmentOf, findNonce, forgetNonce, isSaved, keepNonce, newNonce, nonceFile, nonceOf, noteSaved, onNonces } from "./nonce.ts";
import { schoolText, useOwnSchools } from "./scope.ts";

/** Draws the component again when a lot comes, is saved or goes. */
export function useNonces(): void {
  const [, draw] = useReducer((n: number) => n + 1, 0);
  useEffect(() => onNonces(() => draw(undefined)), []);
}

/** Lots that are in this page and not revealed yet can be saved: if the page is lost, the file is all there is. */
export function SaveNonces({ round }: { round: Round }) {
  const catalog = useCatalog();
  useNonces();
  const schools = round.state === RoundState.OPEN || round.state === RoundState.SEALED ? round.commitments.filter((part) => part.commitment && !part.nonce && nonceOf(round.roundId, part.school)) : [];
  if (schools.length === 0) return null;
  const download = (school: string) => {
    const file = nonceFile(round.name, school, nonceOf(round.roundId, school) ?? "");
    save(file.name, "text/plain;charset=utf-8", file.text);
    noteSaved(round.roundId, school);
  };
  return (
    <Alert tone="warning">
      <div class="sm-stack">
        <p class="nl-paragraph">
          {tr(
            "Het lot staat alleen in deze pagina. Bewaar het, of laat de pagina open tot het onthuld is. Geef het tot dan aan niemand.",
            "The lot is in this page alone. Save it, or keep the page open until it was revealed. Give it to nobody until then.",
          )}
        </p>
        <div class="sm-row">
          {schools.map(({ school }) => (
            <Button key={school} onClick={() => download(school)}>
              {isSaved(round.roundId, school) ? tr("Nog eens bewaren: ", "Save again: ") : tr("Bewaar het lot van ", "Save the lot of ")}
              {schoolText(catalog.data, school)}
            </Button>
          ))}
        </div>
      </div>
    </Alert>
  );
}

/** A lot that was saved is pasted, after the page that made it was lost. */
export function PasteNonce({ round }: { round: Round }) {
  useNonces();
  const catalog = useCatalog();
  const own = useOwnSchools();
  const lost = round.commitments.filter((part) => part.commitment && !part.nonce && own.includes(part.school) && !nonceOf(round.roundId, part.school));
  const [school, setSchool] = useState(lost[0]?.school ?? "");
  const [pasted, setPasted] = useState("");
  const take = useAction(async () => {
    const part = lost.find((one) => one.school === school) ?? lost[0];
    const nonce = findNonce(pasted);
    if (!part || !nonce) throw new Told("Hier staat geen lot in. Plak de hele inhoud van het bestand dat je bewaarde.", "There is no lot in this. Paste the whole content of the file that you saved.");
    if ((await commitmentOf(part.school, nonce)) !== part.commitment)
      throw new Told("Dit lot hoort niet bij deze school en ronde. Kijk of je het goede bestand hebt.", "This lot does not belong to this school and round. See whether you have the right file.");
    keepNonce(round.roundId, part.school, nonce, true);
    setPasted("");
    say(tr("Het lot past. Je kunt het nu onthullen.", "The lot fits. You can reveal it now."));
  });
  if (lost.length === 0) return null;
  return (
    <Details summary={tr("Het lot is weg uit deze pagina", "The lot is gone from this page")} open>
      <Form onSubmit={() => void take.run()}>
        {lost.length > 1 && <SelectField label={tr("Van welke school?", "Of which school?")} value={school} onValue={setSchool} choices={lost.map((part) => ({ value: part.school, label: schoolText(catalog.data, part.school) }))} />}
        <TextArea label={tr("Plak hier het bestand met het lot", "Paste the file with the lot here")} value={pasted} onValue={setPasted} />
        <Outcome of={take} />
        <div>
          <Button type="submit" busy={take.busy}>
            {tr("Gebruik dit lot", "Use this lot")}
          </Button>
        </div>
      </Form>
      <P quiet>
        {tr(
          "Heb je het lot nergens bewaard? Dan is het kwijt. Na de termijn om te onthullen kan de ronde verder zonder: de dienst vervangt het door een getal dat uit de gegevens volgt, en zet er openbaar bij dat het niet onthuld is.",
          "Did you not save the lot anywhere? Then it is lost. After the term for revealing the round can go on without it: the service replaces it by a number that follows from the data, and states in public that it was not revealed.",
        )}
      </P>
    </Details>
  );
}

function lotWord(round: Round, part: NonceCommitment): preact.JSX.Element {
  if (part.withheld) return <Badge tone="warning">{tr("Niet onthuld, vervangen", "Withheld, replaced")}</Badge>;
  if (part.nonce) return <Badge tone="positive">{tr("Onthuld", "Revealed")}</Badge>;
  if (part.commitment) return <Badge tone="info">{round.state >= RoundState.SEALED ? tr("Wacht op onthulling", "Waits to be revealed") : tr("Vastgelegd", "Committed")}</Badge>;
  return <Badge tone="warning">{tr("Nog niet vastgelegd", "Not committed yet")}</Badge>;
}

function OwnStep({ round, part, changed }: { round: Round; part: NonceCommitment; changed: (round: Round) => void }) {
  const commit = useAction(async (requestId) => {
    const nonce = nonceOf(round.roundId, part.school) ?? newNonce();
    keepNonce(round.roundId, part.school, nonce, isSaved(round.roundId, part.school));
    const answer = await api.round.commitNonce({ requestId, roundId: round.roundId, school: part.school, commitment: await commitmentOf(part.school, nonce) });
    if (answer.round) changed(answer.round);
  });
  const reveal = useAction(async (requestId) => {
    const answer = await api.round.revealNonce({ requestId, roundId: round.roundId, school: part.school, nonce: nonceOf(round.roundId, part.school) ?? "" });
    forgetNonce(round.roundId, part.school);
    if (answer.round) changed(answer.round);
  });
  const have = nonceOf(round.roundId, part.school) !== undefined;
  if (part.nonce || (round.state === RoundState.OPEN && part.commitment && have)) return <>{tr("Gedaan", "Done")}</>;
  return (
    <div class="sm-stack">
      {round.state === RoundState.OPEN && (!part.commitment || !have) && (
        <Button busy={commit.busy} onClick={() => void commit.run()}>
          {part.commitment ? tr("Leg een nieuw lot vast", "Commit another lot") : tr("Maak het lot en leg het vast", "Make the lot and commit to it")}
        </Button>
      )}
      {round.state === RoundState.SEALED && !part.nonce && have && (
        <Button kind="primary" busy={reveal.busy} onClick={() => void reveal.run()}>
          {tr("Onthul het lot", "Reveal the lot")}
        </Button>
      )}
      <Outcome of={commit} />
      <Outcome of={reveal} />
    </div>
  );
}

/** Each school of the round with its lot, and the step of one's own. `steps`: whether they are offered one by one. */
export function Lots({ round, changed, steps }: { round: Round; changed: (round: Round) => void; steps: boolean }) {
  const catalog = useCatalog();
  const own = useOwnSchools();
  useNonces();
  return (
    <Section title={tr("Loten van de scholen", "Lots of the schools")}>
      <P>
        {tr(
          "Elke school kiest een geheim getal: haar lot. Eerst wordt de vingerafdruk ervan openbaar, pas na het verzegelen het lot zelf. Zo kan niemand de loting sturen, ook de dienst niet.",
          "Each school chooses a secret number: its lot. First its fingerprint becomes public, and only after sealing the lot itself. So nobody can steer the lottery, not the service either.",
        )}
      </P>
      <Table
        caption={tr("Het lot van elke school", "The lot of each school")}
        rows={round.commitments}
        rowKey={(part) => part.school}
        columns={[
          { name: tr("School", "School"), cell: (part) => schoolText(catalog.data, part.school) },
          { name: tr("Lot", "Lot"), cell: (part) => lotWord(round, part) },
          { name: tr("Vingerafdruk", "Fingerprint"), cell: (part) => <span class="sm-mono">{part.commitment ? `${part.commitment.slice(0, 16)}…` : "–"}</span> },
          ...(steps
            ? [
                {
                  name: tr("Jouw stap", "Your step"),
                  cell: (part: NonceCommitment) =>
                    own.includes(part.school) ? <OwnStep round={round} part={part} changed={changed} /> : !part.commitment || (round.state === RoundState.SEALED && !part.nonce) ? tr("Wacht op deze school", "Waits for this school") : "–",
                },
              ]
            : []),
        ]}
      />
      {steps && <SaveNonces round={round} />}
      {steps && round.state === RoundState.SEALED && <PasteNonce round={round} />}
    </Section>
  );
}
