// The pages of somebody who is not signed in yet.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Session } from "~gen/stagematch/v1/auth_pb.ts";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { go, Link } from "~/base/router.tsx";
import { signedIn, useSession } from "~/base/session.ts";
import { Form, TextField } from "~/ui/fields.tsx";
import { homeOf } from "~/ui/frame.tsx";
import { Alert, Button, Outcome, P, Page } from "~/ui/parts.tsx";
import { say } from "~/ui/toast.tsx";

const passwordMin = 12;

function enter(session: Session | undefined): void {
  if (!session) return;
  signedIn(session);
  go(homeOf(session.role), true);
}

export function LoginPage() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const session = useSession();
  const login = useAction(async () => enter((await api.auth.login({ email, password })).session));
  useEffect(() => {
    if (session.kind === "signed-in") go(homeOf(session.session.role), true);
  }, [session.kind]);
  return (
    <Page title={tr("Inloggen", "Sign in")}>
      <Form onSubmit={() => void login.run()}>
        <TextField label={tr("E-mailadres", "E-mail address")} type="email" autocomplete="username" required value={email} onValue={setEmail} />
        <TextField label={tr("Wachtwoord", "Password")} type="password" autocomplete="current-password" required value={password} onValue={setPassword} />
        <Outcome of={login} />
        <div>
          <Button kind="primary" type="submit" busy={login.busy}>
            {tr("Inloggen", "Sign in")}
          </Button>
        </div>
      </Form>
      <div class="sm-stack">
        <P>
          <Link href="/wachtwoord">{tr("Wachtwoord vergeten?", "Forgotten your password?")}</Link>
        </P>
        <P quiet>{tr("Nog geen account? Je school nodigt je uit per e-mail.", "No account yet? Your school invites you by e-mail.")}</P>
      </div>
    </Page>
  );
}

/* The code stands behind # and is taken away at once, so that it stays in no history. */
function useCode(): string {
  const code = useRef(location.hash.replace(/^#/, ""));
  useEffect(() => history.replaceState(null, "", location.pathname), []);
  return code.current;
}

function NewPassword({ send, button }: { send: (password: string) => Promise<void>; button: string }) {
  const [password, setPassword] = useState("");
  const [seen, setSeen] = useState(false);
  const [tried, setTried] = useState(false);
  const short = password.length < passwordMin;
  const action = useAction(() => send(password));
  return (
    <Form
      onSubmit={() => {
        setTried(true);
        if (!short) void action.run();
      }}
    >
      <TextField
        label={tr("Kies een wachtwoord", "Choose a password")}
        help={tr("12 tekens of meer. Een paar gewone woorden achter elkaar is sterk en makkelijk te onthouden.", "12 characters or more. A few ordinary words in a row are strong and easy to remember.")}
        error={tried && short ? tr(`Nog ${passwordMin - password.length} tekens erbij.`, `${passwordMin - password.length} more characters.`) : undefined}
        type={seen ? "text" : "password"}
        autocomplete="new-password"
        value={password}
        onValue={setPassword}
      />
      <div>
        <Button aria-pressed={seen} onClick={() => setSeen(!seen)}>
          {seen ? tr("Verberg wachtwoord", "Hide password") : tr("Laat wachtwoord zien", "Show password")}
        </Button>
      </div>
      <Outcome of={action} />
      <div>
        <Button kind="primary" type="submit" busy={action.busy}>
          {button}
        </Button>
      </div>
    </Form>
  );
}

function NoCode() {
  return <Alert tone="warning">{tr("Deze link is niet volledig. Open hem vanuit het bericht dat je kreeg, of kopieer de hele regel.", "This link is not complete. Open it from the message that you got, or copy the whole line.")}</Alert>;
}

/* Of a company's contact, whom a school has to check first, no session begins: it has no end. */
function AccountMade() {
  return (
    <>
      <Alert tone="ok" live>
        {tr("Je account is gemaakt. De school belt of mailt nog om te kijken of jij bij dit bedrijf hoort. Je krijgt een bericht; daarna kun je inloggen.", "Your account was made. The school still calls or mails to see that you belong to this company. You get a message; you can then sign in.")}
      </Alert>
      <P>
        <Link href="/inloggen">{tr("Naar inloggen", "To sign in")}</Link>
      </P>
    </>
  );
}

export function InvitationPage() {
  const code = useCode();
  const [waits, wait] = useState(false);
  const accept = async (password: string) => {
    const { session } = await api.auth.acceptInvitation({ code, password });
    if (session?.expireTime) enter(session);
    else wait(true);
  };
  return (
    <Page title={tr("Welkom bij Stagematch", "Welcome to Stagematch")} lead={waits ? undefined : tr("Kies je wachtwoord. Daarmee log je voortaan in.", "Choose your password. You sign in with it from now on.")}>
      {waits ? <AccountMade /> : code ? <NewPassword button={tr("Account maken", "Make my account")} send={accept} /> : <NoCode />}
    </Page>
  );
}

export function ResetPage() {
  const code = useCode();
  return (
    <Page title={tr("Nieuw wachtwoord", "New password")} lead={tr("Overal waar je nog was ingelogd, word je uitgelogd.", "Wherever you were still signed in, you are signed out.")}>
      {code ? (
        <NewPassword
          button={tr("Wachtwoord opslaan", "Save password")}
          send={async (password) => {
            await api.auth.resetPassword({ code, password });
            say(tr("Je wachtwoord is opgeslagen. Log ermee in.", "Your password was saved. Sign in with it."));
            go("/inloggen", true);
          }}
        />
      ) : (
        <NoCode />
      )}
    </Page>
  );
}

export function ForgottenPage() {
  const [email, setEmail] = useState("");
  const action = useAction(() => api.auth.requestPasswordReset({ email }));
  return (
    <Page title={tr("Wachtwoord vergeten", "Forgotten password")} lead={tr("We sturen je een link waarmee je een nieuw wachtwoord kiest.", "We send you a link with which you choose a new password.")}>
      {action.done ? (
        <Alert tone="ok" live>
          {tr("Is dit adres bij ons bekend, dan komt er zo een bericht. De link werkt een uur.", "If we know this address, a message will come soon. The link works for an hour.")}
        </Alert>
      ) : (
        <Form onSubmit={() => void action.run()}>
          <TextField label={tr("E-mailadres", "E-mail address")} type="email" autocomplete="username" value={email} onValue={setEmail} />
          <Outcome of={action} />
          <div>
            <Button kind="primary" type="submit" busy={action.busy}>
              {tr("Stuur de link", "Send the link")}
            </Button>
          </div>
        </Form>
      )}
    </Page>
  );
}
