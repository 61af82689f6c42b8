import type { Route } from "~/base/router.tsx";

export const routes: readonly Route[] = [];
