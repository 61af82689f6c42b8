// Where the application begins: which page a path is, and who may see it. Areas are loaded when they are first needed.
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { language, tr, useLanguage } from "./base/language.ts";
import { findRoute, go, type Route, usePath } from "./base/router.tsx";
import { noSession, useSession } from "./base/session.ts";
import { Frame, homeOf } from "./ui/frame.tsx";
import { ErrorNote, Loading, Page, P } from "./ui/parts.tsx";

type Area = { routes: readonly Route[] };

const areas: readonly { prefix: string; load: () => Promise<Area> }[] = [
  { prefix: "/school", load: () => import("./school/area.tsx") },
  { prefix: "/bedrijf", load: () => import("./company/area.tsx") },
  { prefix: "/student", load: () => import("./student/area.tsx") },
  { prefix: "/signalering", load: () => import("./review/area.tsx") },
  { prefix: "/beheer", load: () => import("./operator/area.tsx") },
  { prefix: "/melden", load: () => import("./report/area.tsx") },
  { prefix: "/inloggen", load: () => import("./account/area.tsx") },
  { prefix: "/account", load: () => import("./account/area.tsx") },
  { prefix: "/invitation", load: () => import("./account/area.tsx") },
  { prefix: "/reset", load: () => import("./account/area.tsx") },
  { prefix: "/wachtwoord", load: () => import("./account/area.tsx") },
];
const publicArea = () => import("./public/area.tsx");
const signedInOnly = ["/school", "/bedrijf", "/student", "/beheer", "/signalering", "/account"];

const within = (path: string, prefix: string) => path === prefix || path.startsWith(`${prefix}/`);

function areaOf(path: string): () => Promise<Area> {
  return areas.find((area) => within(path, area.prefix))?.load ?? publicArea;
}

function NotFound() {
  return (
    <Page title={tr("Deze pagina is er niet", "This page does not exist")}>
      <P>{tr("Misschien is de link oud, of hoort hij bij een ander account.", "The link may be old, or belong to another account.")}</P>
    </Page>
  );
}

function Content({ path }: { path: string }) {
  const load = areaOf(path);
  const [area, setArea] = useState<{ of: typeof load; area?: Area; error?: unknown }>({ of: load });
  const [turn, again] = useState(0);
  useEffect(() => {
    let here = true;
    load().then(
      (loaded) => here && setArea({ of: load, area: loaded }),
      (error: unknown) => here && setArea({ of: load, error }),
    );
    return () => void (here = false);
  }, [load, turn]);
  if (area.error !== undefined && area.of === load) return <ErrorNote error={area.error} retry={() => again((n) => n + 1)} />;
  if (!area.area || area.of !== load) return <Loading />;
  const found = findRoute(area.area.routes, path);
  if (!found) return <NotFound />;
  const Shown = found.route.page;
  return <Shown key={path} params={found.params} />;
}

function App() {
  useLanguage();
  const path = usePath();
  const session = useSession();
  const needsSession = signedInOnly.some((prefix) => within(path, prefix));
  // What asks the service is not part of the first page: only whoever may be signed in loads it.
  useEffect(() => {
    if (session.kind === "unknown") void import("./account/session.ts").then((account) => account.findSession(), noSession);
  }, []);
  useEffect(() => {
    if (needsSession && session.kind === "none") go("/inloggen", true);
    if (path === "/" && session.kind === "signed-in") go(homeOf(session.session.role), true);
  }, [needsSession, session.kind, path]);
  const signOut = () => void import("./account/session.ts").then((account) => account.signOut());
  return (
    <Frame session={session} signOut={signOut}>
      {needsSession && (session.kind === "unknown" || session.kind === "none") ? <Loading /> : <Content path={path} />}
      {session.kind === "over" && <SignInAgain />}
    </Frame>
  );
}

/* The page stays as it is below; only the dialog is loaded. */
function SignInAgain() {
  const [dialog, set] = useState<{ Dialog: () => preact.JSX.Element } | null>(null);
  useEffect(() => void import("./account/again.tsx").then((module) => set({ Dialog: module.SignInAgain })), []);
  return dialog && <dialog.Dialog />;
}

document.documentElement.lang = language();
const root = document.getElementById("app");
if (root) {
  root.textContent = "";
  render(<App />, root);
}
