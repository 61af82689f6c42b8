// Cases and measures. Each page is loaded when it is first needed.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";

export const routes: readonly Route[] = [
  { path: "/signalering/zaken", page: lazy(async () => (await import("./cases.tsx")).CasesPage) },
  { path: "/signalering/zaken/nieuw", page: lazy(async () => (await import("./case_open.tsx")).OpenCasePage) },
  { path: "/signalering/zaken/:case", page: lazy(async () => (await import("./case_page.tsx")).CasePage) },
  { path: "/signalering/maatregelen", page: lazy(async () => (await import("./measures.tsx")).MeasuresPage) },
];
