// The pages of a leerbedrijf: its places, one candidate after another, and what follows.
import type { Route } from "~/base/router.tsx";
import { lazy } from "~/ui/lazy.tsx";
import { CandidatePage } from "./candidate.tsx";
import { CandidatesPage } from "./candidates.tsx";
import { CheckInPage } from "./check_in.tsx";
import { FiguresPage } from "./figures_page.tsx";
import { HomePage } from "./home.tsx";
import { MeetingPage } from "./meeting.tsx";
import { PlacePage } from "./place.tsx";
import { ChangePlacePage, CopyPlacePage, NewPlacePage } from "./place_pages.tsx";
import { PlacesPage } from "./places.tsx";
import { TurnPage } from "./turn_page.tsx";

export const routes: readonly Route[] = [
  { path: "/bedrijf", page: HomePage },
  { path: "/bedrijf/plekken", page: PlacesPage },
  { path: "/bedrijf/plekken/nieuw", page: NewPlacePage },
  { path: "/bedrijf/plekken/:place", page: PlacePage },
  { path: "/bedrijf/plekken/:place/wijzigen", page: ChangePlacePage },
  { path: "/bedrijf/plekken/:place/kopie", page: CopyPlacePage },
  { path: "/bedrijf/plekken/:place/kandidaat", page: TurnPage },
  { path: "/bedrijf/kandidaten", page: CandidatesPage },
  { path: "/bedrijf/kandidaten/:candidate", page: CandidatePage },
  { path: "/bedrijf/kandidaten/:candidate/kennismaking", page: MeetingPage },
  { path: "/bedrijf/kandidaten/:candidate/vragen/:moment", page: CheckInPage },
  { path: "/bedrijf/vragen", page: lazy(async () => (await import("./cases.tsx")).CasesPage) },
  { path: "/bedrijf/vragen/:case", page: lazy(async () => (await import("./case_answer.tsx")).CaseAnswerPage) },
  { path: "/bedrijf/cijfers", page: FiguresPage },
];
