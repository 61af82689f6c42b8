// Signing in, the first password, a new password, and one's own account.
import type { Route } from "~/base/router.tsx";
import { AccountPage } from "./account.tsx";
import { ForgottenPage, InvitationPage, LoginPage, ResetPage } from "./login.tsx";

export const routes: readonly Route[] = [
  { path: "/inloggen", page: LoginPage },
  { path: "/invitation", page: InvitationPage },
  { path: "/reset", page: ResetPage },
  { path: "/wachtwoord", page: ForgottenPage },
  { path: "/account", page: AccountPage },
];
