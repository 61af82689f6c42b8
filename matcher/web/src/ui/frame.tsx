// The frame around every page: who is signed in, where one can go, language, help.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { language, setLanguage, tr } from "~/base/language.ts";
import { Link, usePath } from "~/base/router.tsx";
import type { SessionState } from "~/base/session.ts";
import { Toasts } from "./toast.tsx";

type NavItem = { href: string; text: string };

export function homeOf(role: Role): string {
  switch (role) {
    case Role.COMPANY:
      return "/bedrijf";
    case Role.STUDENT:
      return "/student";
    case Role.OPERATOR:
      return "/beheer";
    default:
      return "/school";
  }
}

function navigation(session: SessionState): NavItem[] {
  if (session.kind !== "signed-in" && session.kind !== "over") return [];
  switch (session.session.role) {
    case Role.COORDINATOR:
      return [
        { href: "/school", text: tr("Taken", "Tasks") },
        { href: "/school/studenten", text: tr("Studenten", "Students") },
        { href: "/school/voorstellen", text: tr("Voorstellen", "Proposals") },
        { href: "/school/rondes", text: tr("Rondes", "Rounds") },
        { href: "/school/plekken", text: tr("Plekken", "Places") },
        { href: "/school/bedrijven", text: tr("Bedrijven", "Companies") },
        { href: "/school/collegas", text: tr("Collega’s", "Colleagues") },
      ];
    case Role.COMPANY:
      return [
        { href: "/bedrijf", text: tr("Taken", "Tasks") },
        { href: "/bedrijf/plekken", text: tr("Plekken", "Places") },
        { href: "/bedrijf/kandidaten", text: tr("Kandidaten", "Candidates") },
        { href: "/bedrijf/cijfers", text: tr("Cijfers", "Figures") },
      ];
    case Role.STUDENT:
      return [
        { href: "/student", text: tr("Overzicht", "Overview") },
        { href: "/student/profiel", text: tr("Profiel", "Profile") },
        { href: "/student/plekken", text: tr("Plekken", "Places") },
        { href: "/student/voorstellen", text: tr("Voorstellen", "Proposals") },
      ];
    case Role.OPERATOR:
      return [
        { href: "/beheer", text: tr("Accounts", "Accounts") },
        { href: "/beheer/berichten", text: tr("Berichten", "Notices") },
      ];
    default:
      return [{ href: "/school", text: tr("Taken", "Tasks") }];
  }
}

/** The item that the path lies under: the longest that it begins with. */
function here(items: readonly NavItem[], path: string): string {
  const fits = items.filter((item) => path === item.href || path.startsWith(`${item.href}/`));
  return fits.reduce((best, item) => (item.href.length > best.length ? item.href : best), "");
}

function Offline() {
  const [offline, set] = useState(!navigator.onLine);
  useEffect(() => {
    const look = () => set(!navigator.onLine);
    addEventListener("online", look);
    addEventListener("offline", look);
    return () => {
      removeEventListener("online", look);
      removeEventListener("offline", look);
    };
  }, []);
  return (
    <div role="status">
      {offline && <div class="sm-offline">{tr("Geen internet. Wat je invult blijft staan; versturen kan zodra je weer verbinding hebt.", "You are offline. What you enter is kept; send it once you are connected.")}</div>}
    </div>
  );
}

export function Frame({ session, signOut, children }: { session: SessionState; signOut: () => void; children: ComponentChildren }) {
  const path = usePath();
  const items = navigation(session);
  const at = here(items, path);
  const known = session.kind === "signed-in" || session.kind === "over" ? session.session : null;
  const other = language() === "nl" ? "en" : "nl";
  return (
    <>
      <a class="nl-skip-link nl-skip-link--visible-on-focus" href="#inhoud">
        {tr("Naar de inhoud", "To the content")}
      </a>
      <Offline />
      <header class="sm-header">
        <div class="sm-wide sm-header__row">
          <Link class="sm-brand" href={known ? homeOf(known.role) : "/"}>
            <img class="sm-brand__mark" src="/icon.svg" alt="" width={28} height={28} />
            Stagematch
          </Link>
          <nav class="sm-nav" aria-label={tr("Hoofdmenu", "Main menu")}>
            {items.map((item) => (
              <Link key={item.href} class="sm-nav__link" href={item.href} aria-current={item.href === at ? "page" : undefined}>
                {item.text}
              </Link>
            ))}
          </nav>
          <div class="sm-tools">
            <button type="button" class="nl-button nl-button--subtle" lang={other} onClick={() => setLanguage(other)}>
              {other === "en" ? "English" : "Nederlands"}
            </button>
            <Link href="/hulp">{tr("Vraag hulp", "Ask for help")}</Link>
            {known ? (
              <>
                <Link href="/account">{known.name || tr("Mijn account", "My account")}</Link>
                <button type="button" class="nl-button nl-button--subtle" onClick={signOut}>
                  {tr("Uitloggen", "Sign out")}
                </button>
              </>
            ) : (
              session.kind === "none" && <Link href="/inloggen">{tr("Inloggen", "Sign in")}</Link>
            )}
          </div>
        </div>
      </header>
      <main id="inhoud" class="sm-main sm-wide" tabIndex={-1}>
        {children}
      </main>
      <footer class="sm-footer">
        <ul class="sm-footer__links sm-wide">
          {[
            ["/uitleg", tr("Hoe het werkt", "How it works")],
            ["/rondes", tr("Openbare rondes", "Public rounds")],
            ["/toegankelijkheid", tr("Toegankelijkheid", "Accessibility")],
            ["/privacy", tr("Privacy", "Privacy")],
            ["/algoritme", tr("Algoritme", "Algorithm")],
            ["/api", tr("Voor ontwikkelaars", "For developers")],
          ].map(([href = "", text]) => (
            <li key={href}>
              <Link href={href}>{text}</Link>
            </li>
          ))}
        </ul>
      </footer>
      <Toasts />
    </>
  );
}
