// The student's pages.
import "~/styles/student.css";
import type { Route } from "~/base/router.tsx";
import { HomePage } from "./home.tsx";
import { ProfilePage } from "./profile.tsx";
import { PlacesPage } from "./places.tsx";
import { ProofPage } from "./proof.tsx";
import { ProposalPage } from "./proposal.tsx";
import { ProposalsPage } from "./proposals.tsx";
import { CardPage } from "./card.tsx";
import { OriginPage } from "./origin.tsx";
import { StopPage } from "./stop.tsx";

export const routes: readonly Route[] = [
  { path: "/student", page: HomePage },
  { path: "/student/profiel", page: ProfilePage },
  { path: "/student/plekken", page: PlacesPage },
  { path: "/student/voorstellen", page: ProposalsPage },
  { path: "/student/voorstellen/:id", page: ProposalPage },
  { path: "/student/voorstellen/:id/kennismaking", page: CardPage },
  { path: "/student/controle", page: ProofPage },
  { path: "/student/herkomst", page: OriginPage },
  { path: "/student/stoppen", page: StopPage },
];
