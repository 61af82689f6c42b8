// A table of many rows: only those in sight are in the page. Works with the keyboard and tells readers how many there are.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export type VirtualColumn<T> = { name: string; width: string; cell: (row: T) => ComponentChildren; number?: boolean };

const rowPx = 48;
const beyond = 8;

/* Each row is a grid of its own: they line up because none becomes wider for what stands in it. */
function least(width: string): string {
  const said = /^minmax\(([^,]+),/.exec(width)?.[1] ?? width;
  return said.endsWith("fr") || said === "auto" ? "0px" : said;
}

/** `columns[].width`: as in grid-template-columns. `open`: Enter or a click on a row. Rows are all of one height. */
export function VirtualTable<T>({
  caption,
  columns,
  rows,
  rowKey,
  open,
  selected,
}: {
  caption: string;
  columns: readonly VirtualColumn<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  open?: (row: T) => void;
  selected?: (row: T) => boolean;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ top: 0, height: 600 });
  const [active, setActive] = useState(0);
  const wantsFocus = useRef(false);
  useEffect(() => {
    box.current?.style.setProperty("--sm-columns", columns.map((column) => column.width).join(" "));
    box.current?.style.setProperty("--sm-columns-least", `calc(${columns.map((column) => least(column.width)).join(" + ")})`);
  }, [columns]);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const look = () => setView({ top: element.scrollTop, height: element.clientHeight });
    look();
    const watch = new ResizeObserver(look);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(view.top / rowPx) - beyond);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / rowPx) + beyond);
  const current = Math.min(active, Math.max(0, rows.length - 1));
  useEffect(() => {
    const row = wantsFocus.current ? box.current?.querySelector<HTMLElement>(`[data-row="${current}"]`) : null;
    if (!row) return; // a row far away is drawn only once the list has scrolled there
    wantsFocus.current = false;
    row.focus({ preventScroll: true });
  }, [current, first, last]);
  const move = (to: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, to));
    const element = box.current;
    if (element) {
      const top = next * rowPx;
      const head = rowPx;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + rowPx + head > element.scrollTop + element.clientHeight) element.scrollTop = top + rowPx + head - element.clientHeight;
    }
    wantsFocus.current = true;
    setActive(next);
  };
  const onKey = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor(view.height / rowPx) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -rows.length, End: rows.length };
    const step = steps[event.key];
    if (step !== undefined && (event.target as HTMLElement).dataset.row !== undefined) {
      event.preventDefault();
      move(current + step);
    } else if (event.key === "Enter" && (event.target as HTMLElement).dataset.row !== undefined) {
      const row = rows[current];
      if (row !== undefined) open?.(row);
    }
  };
  const shown = rows.slice(first, last);
  return (
    <div
      ref={box}
      class="sm-table sm-table--virtual"
      role="grid"
      aria-label={caption}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}
      onKeyDown={onKey}
    >
      <div class="sm-table__head" role="rowgroup">
        <div role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <div role="columnheader" key={column.name} class={column.number ? "sm-number" : undefined}>
              {column.name}
            </div>
          ))}
        </div>
      </div>
      <Space height={rows.length * rowPx}>
        {shown.map((row, i) => (
          <Row key={rowKey(row)} index={first + i} current={first + i === current} selected={selected?.(row)} open={open && (() => open(row))} focus={() => setActive(first + i)}>
            {columns.map((column) => (
              <div role="gridcell" key={column.name} class={column.number ? "sm-number" : undefined}>
                {column.cell(row)}
              </div>
            ))}
          </Row>
        ))}
      </Space>
    </div>
  );
}

/* Styles are set on the element: the page allows no style attribute. */
function Space({ height, children }: { height: number; children: ComponentChildren }) {
  const space = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (space.current) space.current.style.blockSize = `${height}px`;
  }, [height]);
  return (
    <div class="sm-table__space" role="rowgroup" ref={space}>
      {children}
    </div>
  );
}

function Row({
  index,
  current,
  selected,
  open,
  focus,
  children,
}: {
  index: number;
  current: boolean;
  selected: boolean | undefined;
  open: (() => void) | undefined;
  focus: () => void;
  children: ComponentChildren;
}) {
  const row = (element: HTMLDivElement | null) => {
    if (element) element.style.insetBlockStart = `${index * rowPx}px`;
  };
  return (
    <div ref={row} role="row" data-row={index} aria-rowindex={index + 2} aria-selected={selected} tabIndex={current ? 0 : -1} onFocus={focus} onDblClick={open}>
      {children}
    </div>
  );
}
