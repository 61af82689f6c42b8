// The operator's pages: accounts, and whether messages arrive. No profile and no identity.
import type { Route } from "~/base/router.tsx";
import { AccountsPage } from "./accounts.tsx";
import { NoticesPage } from "./notices.tsx";

export const routes: readonly Route[] = [
  { path: "/beheer", page: AccountsPage },
  { path: "/beheer/berichten", page: NoticesPage },
];
