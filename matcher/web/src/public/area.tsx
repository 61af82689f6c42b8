// The pages that need no account. Each is loaded when somebody goes there; only the first one comes at once.
import "~/styles/public.css";
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";
import { HomePage } from "./home.tsx";

export const routes: readonly Route[] = [
  { path: "/", page: HomePage },
  { path: "/uitleg", page: lazy(() => import("./explanation.tsx").then((module) => module.ExplanationPage)) },
  { path: "/rondes", page: lazy(() => import("./rounds.tsx").then((module) => module.RoundsPage)) },
  { path: "/rondes/:id", page: lazy(() => import("./round.tsx").then((module) => module.RoundPage)) },
  { path: "/toegankelijkheid", page: lazy(() => import("./accessibility.tsx").then((module) => module.AccessibilityPage)) },
  { path: "/privacy", page: lazy(() => import("./privacy.tsx").then((module) => module.PrivacyPage)) },
  { path: "/algoritme", page: lazy(() => import("./algorithm.tsx").then((module) => module.AlgorithmPage)) },
  { path: "/monitor", page: lazy(() => import("~/monitor/public_page.tsx").then((module) => module.MonitorPage)) },
  { path: "/monitor/:term", page: lazy(() => import("~/monitor/public_page.tsx").then((module) => module.MonitorPage)) },
  { path: "/hulp", page: lazy(() => import("./help.tsx").then((module) => module.HelpPage)) },
  { path: "/menukaart", page: lazy(() => import("./menukaart.tsx").then((module) => module.MenukaartPage)) },
  { path: "/api", page: lazy(() => import("./manual.tsx").then((module) => module.ManualPage)) },
];
