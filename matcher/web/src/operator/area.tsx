// The operator's pages: accounts, and whether messages arrive. No profile and no identity.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";
import { AccountsPage } from "./accounts.tsx";
import { NoticesPage } from "./notices.tsx";

export const routes: readonly Route[] = [
  { path: "/beheer", page: AccountsPage },
  { path: "/beheer/berichten", page: NoticesPage },
  { path: "/beheer/monitor", page: lazy(async () => (await import("./monitor.tsx")).MonitorTermsPage) },
  { path: "/beheer/erkenningen", page: lazy(async () => (await import("./recognitions.tsx")).RecognitionsPage) },
];
