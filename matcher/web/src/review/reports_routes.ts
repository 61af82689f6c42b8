// Reports, as a school's reviewers read them. Each page is loaded when it is first needed.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";

export const routes: readonly Route[] = [
  { path: "/signalering/meldingen", page: lazy(async () => (await import("./reports.tsx")).ReportsPage) },
  { path: "/signalering/meldingen/codes", page: lazy(async () => (await import("./report_codes.tsx")).ReportCodesPage) },
  { path: "/signalering/meldingen/:id", page: lazy(async () => (await import("./report_page.tsx")).ReportPage) },
];
