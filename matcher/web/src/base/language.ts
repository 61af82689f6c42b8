// Dutch and English. Both texts of a thing stand side by side where it is shown, so that none can be forgotten.
import { useEffect, useState } from "preact/hooks";

export type Language = "nl" | "en";

const key = "language";
const listeners = new Set<() => void>();
let current: Language = remembered();

function remembered(): Language {
  try {
    return localStorage.getItem(key) === "en" ? "en" : "nl";
  } catch {
    return "nl"; // no storage here: then Dutch, until the page is left
  }
}

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
  try {
    localStorage.setItem(key, next);
  } catch {
    // it holds for this page alone
  }
  document.documentElement.lang = next;
  for (const tell of listeners) tell();
}

/** The text in the language that was chosen. */
export function tr(nl: string, en: string): string {
  return current === "nl" ? nl : en;
}

/** Draws the component again when another language is chosen. */
export function useLanguage(): Language {
  const [now, set] = useState(current);
  useEffect(() => {
    const tell = () => set(current);
    listeners.add(tell);
    return () => void listeners.delete(tell);
  }, []);
  return now;
}
