// Reporting discrimination, and coming back to a report. For everybody: with a session, with a code of the school, or with nothing.
import "~/styles/report.css";
import type { Route } from "~/base/router.tsx";
import { BackPage } from "./back.tsx";
import { IntroPage } from "./intro.tsx";
import { SentPage } from "./sent.tsx";
import { StepPage } from "./step.tsx";

export const routes: readonly Route[] = [
  { path: "/melden", page: IntroPage },
  { path: "/melden/stap/:step", page: StepPage },
  { path: "/melden/klaar", page: SentPage },
  { path: "/melden/terug", page: BackPage },
];
