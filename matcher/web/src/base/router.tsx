// Pages by path. Ids in a path are random; nothing in it says who somebody is.
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

export type Params = Record<string, string>;
export type Route = { path: string; page: ComponentType<{ params: Params }> };

const listeners = new Set<() => void>();
let leaveQuestion: (() => boolean) | null = null;
let before = "";
let abandoned = false;

function moved(): void {
  for (const tell of listeners) tell();
}

addEventListener("popstate", () => {
  before = "";
  moved();
});

/** `replace`: the page that is left is not one to come back to. */
export function go(path: string, replace = false): void {
  if (leaveQuestion && !leaveQuestion()) return;
  leaveQuestion = null;
  before = location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", path);
  moved();
  scrollTo(0, 0);
}

/** The page from which this one was come to, within this visit; empty where it was not by a link or button of ours. */
export const cameFrom = (): string => before;

/** While something was entered that is not sent: the browser asks before the page is left. */
export function useUnsaved(unsaved: boolean, question: string): void {
  useEffect(() => {
    if (!unsaved) return;
    const ask = () => confirm(question);
    const stay = (event: BeforeUnloadEvent) => abandoned || event.preventDefault();
    leaveQuestion = ask;
    addEventListener("beforeunload", stay);
    return () => {
      if (leaveQuestion === ask) leaveQuestion = null;
      removeEventListener("beforeunload", stay);
    };
  }, [unsaved, question]);
}

/** Begins again with nothing of before: what was entered is somebody else's, and nobody is asked to stay with it. */
export function startOver(): void {
  abandoned = true;
  location.reload();
}

export function usePath(): string {
  const [path, set] = useState(location.pathname);
  useEffect(() => {
    const tell = () => set(location.pathname);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
  return path;
}

/** "/rondes/:id" against "/rondes/0af…": its parameters, or null. */
export function match(pattern: string, path: string): Params | null {
  const want = pattern.split("/");
  const have = path.replace(/(.)\/$/, "$1").split("/");
  if (want.length !== have.length) return null;
  const params: Params = {};
  for (const [i, part] of want.entries()) {
    const given = have[i] ?? "";
    if (part.startsWith(":")) params[part.slice(1)] = decodeURIComponent(given);
    else if (part !== given) return null;
  }
  return params;
}

export function findRoute(routes: readonly Route[], path: string): { route: Route; params: Params } | null {
  for (const route of routes) {
    const params = match(route.path, path);
    if (params) return { route, params };
  }
  return null;
}

/** A link within the application; with a modifier or another button the browser does what it always does. */
export function Link({ href, children, onClick, ...rest }: JSX.AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      class="nl-link"
      {...rest}
      href={href}
      onClick={(event) => {
        onClick?.(event);
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
        event.preventDefault();
        go(href);
      }}
    >
      {children}
    </a>
  );
}
