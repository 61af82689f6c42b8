// What takes the place of what had the focus: the focus goes to its first heading, so that nobody is left nowhere.
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** `when` false: it was there from the beginning, and the page's own heading has the focus. */
export function Arrive({ when = true, children }: { when?: boolean; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const heading = when ? box.current?.querySelector<HTMLElement>("h2, h3") : null;
    if (!heading) return;
    heading.tabIndex = -1;
    heading.focus();
  }, []);
  return (
    <div class="sm-stack" ref={box}>
      {children}
    </div>
  );
}
