// The parts that pages are made of. Classes are those of the NL Design System; what it lacks is ours (sm-).
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { sayError } from "~/base/request.ts";
import { tr } from "~/base/language.ts";
import type { Action, Loaded } from "~/base/load.ts";

type Kind = "primary" | "secondary" | "subtle";

export function Button({
  kind = "secondary",
  danger,
  busy,
  children,
  type = "button",
  ...rest
}: Omit<JSX.ButtonHTMLAttributes<HTMLButtonElement>, "kind"> & { kind?: Kind; danger?: boolean; busy?: boolean }) {
  return (
    <button
      {...rest}
      type={type}
      class={`nl-button nl-button--${kind}${danger ? " nl-button--negative" : ""}${busy ? " nl-button--busy" : ""}${rest.disabled ? " nl-button--disabled" : ""}`}
      aria-disabled={busy ? "true" : undefined}
    >
      <span class="nl-button__label">{busy ? tr("Bezig…", "Busy…") : children}</span>
    </button>
  );
}

/** `focusable`: a page moves the focus to it, as it does to the heading of level 1. */
export function Heading({ level, children, id, focusable = level === 1 }: { level: 1 | 2 | 3 | 4; children: ComponentChildren; id?: string; focusable?: boolean }) {
  const Tag = `h${level}` as const;
  return (
    <Tag id={id} class={`nl-heading nl-heading--level-${level}`} tabIndex={focusable ? -1 : undefined}>
      {children}
    </Tag>
  );
}

export function P({ children, lead, quiet }: { children: ComponentChildren; lead?: boolean; quiet?: boolean }) {
  return <p class={`nl-paragraph sm-text${lead ? " sm-lead" : ""}${quiet ? " sm-quiet" : ""}`}>{children}</p>;
}

/** `title`: what the page is, for its heading and the tab; nothing personal. `back`: where it belongs. */
export function Page({ title, lead, back, children }: { title: string; lead?: ComponentChildren; back?: ComponentChildren; children: ComponentChildren }) {
  const head = useRef<HTMLDivElement>(null);
  useEffect(() => {
    document.title = `${title} · Stagematch`;
  }, [title]);
  useEffect(() => head.current?.querySelector("h1")?.focus({ preventScroll: true }), []);
  return (
    <div class="sm-stack sm-stack--wide">
      <div class="sm-stack" ref={head}>
        {back && <nav aria-label={tr("Terug", "Back")}>{back}</nav>}
        <Heading level={1}>{title}</Heading>
        {lead && <P lead>{lead}</P>}
      </div>
      {children}
    </div>
  );
}

export function Section({ title, children, level = 2 }: { title: string; children: ComponentChildren; level?: 2 | 3 }) {
  const id = useId();
  return (
    <section class="sm-stack" aria-labelledby={id}>
      <Heading level={level} id={id}>
        {title}
      </Heading>
      {children}
    </section>
  );
}

export type Tone = "info" | "ok" | "warning" | "error";

export function Alert({ tone = "info", children, live }: { tone?: Tone; children: ComponentChildren; live?: boolean }) {
  return (
    <div class={`utrecht-alert utrecht-alert--${tone}`} role={tone === "error" ? "alert" : live ? "status" : undefined}>
      <div class="utrecht-alert__content">
        <div class="utrecht-alert__message">{children}</div>
      </div>
    </div>
  );
}

export function ErrorNote({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <Alert tone="error">
      <div class="sm-stack">
        <p class="nl-paragraph">{sayError(error)}</p>
        {retry && <Button onClick={retry}>{tr("Probeer opnieuw", "Try again")}</Button>}
      </div>
    </Alert>
  );
}

export function Loading({ what }: { what?: string }) {
  return (
    <div class="sm-loading" role="status">
      {what ?? tr("Even laden…", "Loading…")}
    </div>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="sm-empty sm-stack">{children}</div>;
}

/** What was asked for: a sign that it comes, what went wrong, or what `children` make of it. */
export function Shown<T>({ of, children, what }: { of: Loaded<T>; children: (data: T) => ComponentChildren; what?: string }) {
  if (of.data !== undefined)
    return (
      <>
        {of.error !== undefined && <ErrorNote error={of.error} retry={of.reload} />}
        {children(of.data)}
      </>
    );
  return of.error !== undefined ? <ErrorNote error={of.error} retry={of.reload} /> : <Loading what={what} />;
}

/** How an action went, where it went wrong. */
export function Outcome<A extends unknown[]>({ of }: { of: Action<A> }) {
  return of.error !== undefined ? <ErrorNote error={of.error} /> : null;
}

export type BadgeTone = "neutral" | "info" | "positive" | "warning" | "negative";

export function Badge({ tone = "neutral", children }: { tone?: BadgeTone; children: ComponentChildren }) {
  return <span class={`sm-badge sm-badge--${tone}`}>{children}</span>;
}

export function Card({ children, calm }: { children: ComponentChildren; calm?: boolean }) {
  return <div class={`sm-card sm-stack${calm ? " sm-card--calm" : ""}`}>{children}</div>;
}

export function Steps({ steps, now }: { steps: readonly string[]; now: number }) {
  return (
    <ol class="sm-steps" aria-label={tr("Stappen", "Steps")}>
      {steps.map((step, i) => (
        <li
          key={step}
          class={`sm-steps__step${i < now ? " sm-steps__step--done" : i === now ? " sm-steps__step--now" : ""}`}
          aria-current={i === now ? "step" : undefined}
        >
          {step}
          {i < now && <span class="sm-hidden"> ({tr("klaar", "done")})</span>}
        </li>
      ))}
    </ol>
  );
}

/** `max` unknown: it goes on, nobody knows how long. */
export function Progress({ label, value, max }: { label: string; value?: number; max?: number }) {
  const id = useId();
  return (
    <div class="sm-stack" role="status">
      <span id={id}>{label}</span>
      <progress class="sm-progress" aria-labelledby={id} value={value} max={max} />
    </div>
  );
}

export function Details({ summary, children, open }: { summary: ComponentChildren; children: ComponentChildren; open?: boolean }) {
  return (
    <details class="sm-details" open={open}>
      <summary>{summary}</summary>
      <div class="sm-stack">{children}</div>
    </details>
  );
}

/** Pairs of a name and a value. */
export function DataList({ items }: { items: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="utrecht-data-list utrecht-data-list--rows">
      {items.map(([key, value]) => (
        <div class="utrecht-data-list__item" key={key}>
          <dt class="utrecht-data-list__item-key">{key}</dt>
          <dd class="utrecht-data-list__item-value utrecht-data-list__item-value--html-dd">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

export type Column<T> = { name: string; cell: (row: T) => ComponentChildren; number?: boolean };

export function Table<T>({ caption, columns, rows, rowKey }: { caption: string; columns: readonly Column<T>[]; rows: readonly T[]; rowKey: (row: T) => string }) {
  return (
    <div class="sm-table" tabIndex={0} role="region" aria-label={`${caption} (${tr("tabel", "table")})`}>
      <table class="utrecht-table">
        <caption class="sm-hidden">{caption}</caption>
        <thead class="utrecht-table__header">
          <tr class="utrecht-table__row">
            {columns.map((column) => (
              <th key={column.name} scope="col" class={`utrecht-table__header-cell${column.number ? " sm-number" : ""}`}>
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="utrecht-table__body">
          {rows.map((row) => (
            <tr key={rowKey(row)} class="utrecht-table__row">
              {columns.map((column) => (
                <td key={column.name} class={`utrecht-table__cell${column.number ? " sm-number" : ""}`}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A question before something that matters. Escape and the cancel button close it; focus comes back by itself. */
export function Dialog({ open, title, close, children }: { open: boolean; title: string; close: () => void; children: ComponentChildren }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    if (open && !dialog.current?.open) dialog.current?.showModal();
    if (!open && dialog.current?.open) dialog.current.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="sm-dialog" aria-labelledby={id} onCancel={(event) => (event.preventDefault(), close())}>
      {open && (
        <div class="sm-stack">
          <Heading level={2} id={id}>
            {title}
          </Heading>
          {children}
        </div>
      )}
    </dialog>
  );
}
