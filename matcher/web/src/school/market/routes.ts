// The market: rounds, places, companies and their candidates, colleagues. Each page is loaded when it is first needed.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";

export const routes: readonly Route[] = [
  { path: "/school/rondes", page: lazy(async () => (await import("./rounds.tsx")).RoundsPage) },
  { path: "/school/rondes/nieuw", page: lazy(async () => (await import("./round_new.tsx")).NewRoundPage) },
  { path: "/school/rondes/:id", page: lazy(async () => (await import("./round_page.tsx")).RoundPage) },
  { path: "/school/plekken", page: lazy(async () => (await import("./placements.tsx")).PlacementsPage) },
  { path: "/school/plekken/nieuw", page: lazy(async () => (await import("./placement_edit.tsx")).NewPlacementPage) },
  { path: "/school/plekken/importeren", page: lazy(async () => (await import("./placement_import.tsx")).PlacementImportPage) },
  { path: "/school/plekken/:id", page: lazy(async () => (await import("./placement_page.tsx")).PlacementPage) },
  { path: "/school/plekken/:id/bewerken", page: lazy(async () => (await import("./placement_edit.tsx")).EditPlacementPage) },
  { path: "/school/plekken/:id/kopie", page: lazy(async () => (await import("./placement_edit.tsx")).CopyPlacementPage) },
  { path: "/school/bedrijven", page: lazy(async () => (await import("./companies.tsx")).CompaniesPage) },
  { path: "/school/bedrijven/kandidaten", page: lazy(async () => (await import("./candidates.tsx")).BehalfCandidatesPage) },
  { path: "/school/bedrijven/kandidaten/:candidate", page: lazy(async () => (await import("./candidate_page.tsx")).BehalfCandidatePage) },
  { path: "/school/meldcodes", page: lazy(async () => (await import("~/review/report_codes.tsx")).ReportCodesPage) },
  { path: "/school/collegas", page: lazy(async () => (await import("./colleagues.tsx")).ColleaguesPage) },
];
