// The pages with which a school guides its students: tasks, students, import, proposals. Each is loaded when it is first needed.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";

export const routes: readonly Route[] = [
  { path: "/school", page: lazy(async () => (await import("./home.tsx")).HomePage) },
  { path: "/school/studenten", page: lazy(async () => (await import("./students_page.tsx")).StudentsPage) },
  { path: "/school/studenten/importeren", page: lazy(async () => (await import("./importing/page.tsx")).ImportPage) },
  { path: "/school/studenten/:id", page: lazy(async () => (await import("./student_page.tsx")).StudentPage) },
  { path: "/school/cijfers", page: lazy(async () => (await import("~/monitor/own_page.tsx")).OwnFiguresPage) },
  { path: "/school/voorstellen", page: lazy(async () => (await import("./proposals_page.tsx")).ProposalsPage) },
  { path: "/school/voorstellen/:id", page: lazy(async () => (await import("./proposal_page.tsx")).ProposalPage) },
  { path: "/school/maatregelen", page: lazy(async () => (await import("~/review/measures.tsx")).MeasuresPage) },
  { path: "/school/erkenningen", page: lazy(async () => (await import("~/operator/recognitions.tsx")).RecognitionsPage) },
  { path: "/school/voorstellen/:id/pok", page: lazy(async () => (await import("./pok_page.tsx")).PokPage) },
  { path: "/school/aandachtspunten", page: lazy(async () => (await import("~/review/points.tsx")).PointsPage) },
];
