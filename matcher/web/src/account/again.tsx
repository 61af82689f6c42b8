// The session ended while a page is open: sign in again on top of it, and nothing that was entered is lost.
import { useState } from "preact/hooks";
import { api } from "~/base/api.ts";
import { tr } from "~/base/language.ts";
import { useAction } from "~/base/load.ts";
import { startOver } from "~/base/router.tsx";
import { sessionNow, signedIn } from "~/base/session.ts";
import { Form, TextField } from "~/ui/fields.tsx";
import { Button, Dialog, Outcome, P } from "~/ui/parts.tsx";
import { signOut } from "./session.ts";

export function SignInAgain() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const before = sessionNow();
  const login = useAction(async () => {
    const { session } = await api.auth.login({ email, password });
    if (!session) return;
    // Another account: nothing of the page below is theirs.
    if (before.kind === "over" && before.session.accountId !== session.accountId) startOver();
    signedIn(session);
  });
  return (
    <Dialog open title={tr("Log opnieuw in", "Sign in again")} close={() => void signOut()}>
      <P>{tr("Je sessie is voorbij. Wat je had ingevuld, staat er nog.", "Your session is over. What you entered is still there.")}</P>
      <Form onSubmit={() => void login.run()}>
        <TextField label={tr("E-mailadres", "E-mail address")} type="email" autocomplete="username" value={email} onValue={setEmail} />
        <TextField label={tr("Wachtwoord", "Password")} type="password" autocomplete="current-password" value={password} onValue={setPassword} />
        <Outcome of={login} />
        <div class="sm-row">
          <Button kind="primary" type="submit" busy={login.busy}>
            {tr("Inloggen", "Sign in")}
          </Button>
          <Button onClick={() => void signOut()}>{tr("Stoppen", "Stop")}</Button>
        </div>
      </Form>
    </Dialog>
  );
}
