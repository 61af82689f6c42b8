// The school's pages: guiding students (guidance/), and the market of rounds, places and companies (market/).
import type { Route } from "~/base/router.tsx";
import { routes as guidance } from "./guidance/routes.ts";
import { routes as market } from "./market/routes.ts";

export const routes: readonly Route[] = [...guidance, ...market];
