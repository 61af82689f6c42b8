// The frame around every page: who is signed in, where one can go, language, help.
import type { ComponentChildren } from "preact";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Role } from "~gen/stagematch/v1/common_pb.ts";
import { language, setLanguage, tr } from "~/base/language.ts";
import { Link, usePath } from "~/base/router.tsx";
import type { SessionState } from "~/base/session.ts";
import { useKeys } from "./keys.ts";
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
    case Role.VERTROUWENSPERSOON:
    case Role.BEHANDELAAR:
      return "/signalering";
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
        { href: "/melden", text: tr("Meld iets", "Report") },
      ];
    case Role.OPERATOR:
      return [
        { href: "/beheer", text: tr("Accounts", "Accounts") },
        { href: "/beheer/berichten", text: tr("Berichten", "Messages") },
        { href: "/beheer/monitor", text: tr("Monitor", "Monitor") },
        { href: "/beheer/erkenningen", text: tr("Erkenningen", "Recognitions") },
      ];
    case Role.VERTROUWENSPERSOON:
    case Role.BEHANDELAAR:
      return [
        { href: "/signalering", text: tr("Taken", "Tasks") },
        { href: "/signalering/signalen", text: tr("Signalen", "Signals") },
        { href: "/signalering/monitor", text: tr("Cijfers", "Figures") },
        { href: "/signalering/meldingen", text: tr("Meldingen", "Reports") },
        { href: "/signalering/zaken", text: tr("Zaken", "Cases") },
        { href: "/signalering/groepen", text: tr("Groepen", "Groups") },
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

/* What the header holds beside its menu's items. */
function Tools({ session, signOut }: { session: SessionState; signOut: () => void }) {
  const known = session.kind === "signed-in" || session.kind === "over" ? session.session : null;
  const other = language() === "nl" ? "en" : "nl";
  return (
    <div class="sm-tools">
      <button type="button" class="nl-button nl-button--subtle" lang={other} onClick={() => setLanguage(other)}>
        {other === "en" ? "English" : "Nederlands"}
      </button>
      {known ? (
        <>
          <Link class="nl-link sm-tools__name" href="/account">
            {known.name || tr("Mijn account", "My account")}
          </Link>
          <button type="button" class="nl-button nl-button--subtle" onClick={signOut}>
            {tr("Uitloggen", "Sign out")}
          </button>
        </>
      ) : (
        session.kind === "none" && <Link href="/inloggen">{tr("Inloggen", "Sign in")}</Link>
      )}
    </div>
  );
}

const oneLine = "sm-header__row--one-line";

/* Whether all fits in one line depends on the role, the language and the size of letters: it is tried. */
function useOneLine(row: RefObject<HTMLDivElement>, on: readonly unknown[]): void {
  useLayoutEffect(() => {
    const element = row.current;
    if (!element) return;
    const look = () => {
      element.classList.add(oneLine);
      const end = element.getBoundingClientRect().right - parseFloat(getComputedStyle(element).paddingInlineEnd);
      element.classList.toggle(oneLine, (element.lastElementChild?.getBoundingClientRect().right ?? 0) <= end + 1);
    };
    look();
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, on);
}

/* In one line where there is room; otherwise behind a button. Escape, a click elsewhere and going somewhere close it again. */
function Menu({ path, children }: { path: string; children: ComponentChildren }) {
  const [open, set] = useState(false);
  const menu = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => set(false), [path]);
  useLayoutEffect(() => {
    if (!open) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      set(false);
      button.current?.focus();
    };
    const outside = (event: Event) => menu.current?.contains(event.target as Node) || set(false);
    addEventListener("keydown", onKey);
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    return () => {
      removeEventListener("keydown", onKey);
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
    };
  }, [open]);
  return (
    <div class="sm-menu" ref={menu}>
      <button ref={button} type="button" class="nl-button nl-button--secondary sm-menu__button" aria-expanded={open} aria-controls="menu" onClick={() => set(!open)}>
        {tr("Menu", "Menu")}
      </button>
      {/* A link to the page that is there already goes nowhere, and closes it as well. */}
      <div id="menu" class={`sm-menu__content${open ? " sm-menu__content--open" : ""}`} onClick={(event) => (event.target as Element).closest("a") && set(false)}>
        {children}
      </div>
    </div>
  );
}

export function Frame({ session, signOut, children }: { session: SessionState; signOut: () => void; children: ComponentChildren }) {
  const path = usePath();
  useKeys();
  const items = navigation(session);
  const at = here(items, path);
  const known = session.kind === "signed-in" || session.kind === "over" ? session.session : null;
  const row = useRef<HTMLDivElement>(null);
  useOneLine(row, [items.length, language(), known?.name, session.kind]);
  return (
    <>
      <a class="nl-skip-link nl-skip-link--visible-on-focus" href="#inhoud">
        {tr("Naar de inhoud", "To the content")}
      </a>
      <Offline />
      <header class="sm-header">
        <div class="sm-wide sm-header__row" ref={row}>
          <Link class="sm-brand" href={known ? homeOf(known.role) : "/"}>
            <img class="sm-brand__mark" src="/icon.svg" alt="" width={28} height={28} />
            <span class="sm-brand__name">Stagematch</span>
          </Link>
          <Menu path={path}>
            {items.length > 0 && (
              <nav class="sm-nav" aria-label={tr("Hoofdmenu", "Main menu")}>
                {items.map((item) => (
                  <Link key={item.href} class="sm-nav__link" href={item.href} aria-current={item.href === at ? "page" : undefined}>
                    {item.text}
                  </Link>
                ))}
              </nav>
            )}
            <Tools session={session} signOut={signOut} />
          </Menu>
          <Link class="nl-link sm-header__help" href="/hulp">
            {tr("Vraag hulp", "Ask for help")}
          </Link>
        </div>
      </header>
      <main id="inhoud" class="sm-main sm-wide" tabIndex={-1}>
        {children}
      </main>
      <footer class="sm-footer">
        <ul class="sm-footer__links sm-wide">
          {[
            ["/uitleg", tr("Hoe het werkt", "How it works")],
            ["/melden", tr("Discriminatie melden", "Report discrimination")],
            ["/rondes", tr("Openbare rondes", "Public rounds")],
            ["/monitor", tr("Monitor", "Monitor")],
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
