// The pages of vertrouwenspersoon and behandelaar: what waits for them, signals, reports, cases, monitor. Each subject has a table of its own.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";
import { routes as cases } from "./cases_routes.ts";
import { routes as reports } from "./reports_routes.ts";
import { routes as signals } from "./signals_routes.ts";

export const routes: readonly Route[] = [
  { path: "/signalering", page: lazy(async () => (await import("~/school/guidance/home.tsx")).HomePage) },
  ...signals,
  { path: "/signalering/groepen", page: lazy(async () => (await import("./group_statistics.tsx")).GroupStatisticsPage) },
  ...reports,
  ...cases,
  { path: "/signalering/monitor", page: lazy(async () => (await import("~/monitor/own_page.tsx")).OwnFiguresPage) },
];
