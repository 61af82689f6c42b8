// Signals and aandachtspunten. Each page is loaded when it is first needed.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";

export const routes: readonly Route[] = [
  { path: "/signalering/signalen", page: lazy(async () => (await import("./signals.tsx")).SignalsPage) },
  { path: "/signalering/signalen/:id", page: lazy(async () => (await import("./signal_page.tsx")).SignalPage) },
  { path: "/signalering/aandachtspunten", page: lazy(async () => (await import("./points.tsx")).PointsPage) },
];
