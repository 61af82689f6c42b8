// API tokens of the caller: made once and shown once, listed, revoked.
import { useState } from "preact/hooks";
import type { ApiToken } from "~gen/stagematch/v1/account_pb.ts";
import { api } from "~/base/api.ts";
import { moment } from "~/base/format.ts";
import { tr } from "~/base/language.ts";
import { useAction, useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { AskFirst } from "~/ui/ask.tsx";
import { Form, SelectField, TextField } from "~/ui/fields.tsx";
import { Alert, Button, Dialog, Outcome, P, Section, Shown, Table } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

const validDays = [30, 90, 180, 365];

/** The secret is in this dialog alone: closed, it is gone. */
function NewToken({ close }: { close: () => void }) {
  const [label, setLabel] = useState("");
  const [days, setDays] = useState("90");
  const [tried, setTried] = useState(false);
  const [secret, setSecret] = useState("");
  const create = useAction(async (requestId) => setSecret((await api.account.createApiToken({ requestId, label: label.trim(), validDays: Number(days) })).token));
  const copy = useAction(async () => {
    await navigator.clipboard.writeText(secret);
    say(tr("Gekopieerd.", "Copied."));
  });
  return (
    <Dialog open title={secret ? tr("Dit is je sleutel", "This is your key") : tr("Nieuwe koppeling", "New connection")} close={close}>
      {secret ? (
        <>
          <Alert tone="warning">{tr("Je ziet deze sleutel alleen nu. Zet hem meteen in je systeem. Wie hem heeft, kan alles wat jij kunt.", "You see this key only now. Put it into your system at once. Whoever has it can do all that you can.")}</Alert>
          <TextField label={tr("Sleutel", "Key")} value={secret} onValue={() => undefined} readOnly onFocus={(event) => event.currentTarget.select()} />
          <div class="sm-row">
            <Button kind="primary" onClick={() => void copy.run()}>
              {tr("Kopieer de sleutel", "Copy the key")}
            </Button>
            <Button onClick={close}>{tr("Klaar, ik heb hem", "Done, I have it")}</Button>
          </div>
        </>
      ) : (
        <Form
          onSubmit={() => {
            setTried(true);
            if (label.trim()) void create.run();
          }}
        >
          <TextField
            label={tr("Waarvoor is hij?", "What is it for?")}
            help={tr("Bijvoorbeeld: studentsysteem, elke nacht.", "For instance: student system, every night.")}
            error={tried && !label.trim() ? tr("Geef de koppeling een naam.", "Give the connection a name.") : undefined}
            maxLength={100}
            value={label}
            onValue={setLabel}
          />
          <SelectField label={tr("Hoe lang werkt hij?", "How long does it work?")} value={days} onValue={setDays} choices={validDays.map((n) => ({ value: String(n), label: tr(`${n} dagen`, `${n} days`) }))} />
          <Outcome of={create} />
          <div class="sm-row">
            <Button kind="primary" type="submit" busy={create.busy}>
              {tr("Maak de sleutel", "Make the key")}
            </Button>
            <Button onClick={close}>{tr("Annuleren", "Cancel")}</Button>
          </div>
        </Form>
      )}
    </Dialog>
  );
}

function Revoke({ token, close, done }: { token: ApiToken; close: () => void; done: () => void }) {
  const revoke = useAction(async (requestId) => {
    await api.account.revokeApiToken({ requestId, tokenId: token.tokenId });
    say(tr("De koppeling is gestopt.", "The connection was ended."));
    done();
  });
  return (
    <AskFirst open title={tr("Koppeling stoppen?", "End the connection?")} close={close} action={revoke} yes={tr("Stop de koppeling", "End the connection")} danger>
      <P>{tr(`Wat nu ‘${token.label}’ gebruikt, kan dan niets meer. Dat kun je niet terugdraaien; wel een nieuwe maken.`, `What uses “${token.label}” now can do nothing more. You cannot undo that, but you can make another.`)}</P>
    </AskFirst>
  );
}

export function Tokens() {
  const tokens = useLoad(async (signal) => (await api.account.listApiTokens({}, { signal })).apiTokens, []);
  const [making, make] = useState(false);
  const [ending, end] = useState<ApiToken | null>(null);
  return (
    <Section title={tr("Koppelingen met andere systemen", "Connections with other systems")}>
      <P>
        {tr("Een ander systeem kan met een sleutel namens jou werken, bijvoorbeeld om studenten aan te leveren. ", "Another system can work on your behalf with a key, for instance to hand in students. ")}
        <Link href="/api">{tr("Voor ontwikkelaars", "For developers")}</Link>
      </P>
      <Shown of={tokens}>
        {(all) =>
          all.length === 0 ? (
            <P>{tr("Er zijn geen koppelingen.", "There are no connections.")}</P>
          ) : (
            <Table
              caption={tr("Lijst van koppelingen", "List of connections")}
              rows={all}
              rowKey={(token) => token.tokenId}
              columns={[
                { name: tr("Waarvoor", "What for"), cell: (token) => token.label },
                { name: tr("Werkt tot", "Works until"), cell: (token) => moment(token.expireTime) },
                {
                  name: tr("Stoppen", "End"),
                  cell: (token) => (
                    <Button danger aria-label={tr(`Stop ${token.label}`, `End ${token.label}`)} onClick={() => end(token)}>
                      {tr("Stop", "End")}
                    </Button>
                  ),
                },
              ]}
            />
          )
        }
      </Shown>
      <div>
        <Button onClick={() => make(true)}>{tr("Maak een koppeling", "Make a connection")}</Button>
      </div>
      {making && (
        <NewToken
          close={() => {
            make(false);
            tokens.reload();
          }}
        />
      )}
      {ending && (
        <Revoke
          token={ending}
          close={() => end(null)}
          done={() => {
            end(null);
            tokens.reload();
          }}
        />
      )}
    </Section>
  );
}
