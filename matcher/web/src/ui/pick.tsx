// Picks out of a long closed list by typing a part of its name. What was found are buttons below: nothing opens or covers.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { tr } from "~/base/language.ts";
import { found, type Item } from "~/base/search.ts";

const shown = 6;

/** `taken`: values that are no longer offered. `free`: what was typed may be taken as it is, where nothing of the list fits. */
export function Pick({
  label,
  help,
  items,
  taken,
  onPick,
  free,
}: {
  label: string;
  help?: ComponentChildren;
  items: readonly Item[];
  taken: readonly string[];
  onPick: (value: string) => void;
  free?: (typed: string) => boolean;
}) {
  const id = useId();
  const [typed, setTyped] = useState("");
  const [said, say] = useState("");
  const hits = found(items, typed, taken);
  const asIs = hits.length === 0 && free?.(typed.trim()) && !taken.includes(typed.trim()) ? typed.trim() : "";
  const take = (value: string, name: string) => {
    setTyped("");
    say(tr(`${name} staat erbij.`, `${name} was added.`));
    onPick(value);
  };
  const first = hits[0];
  return (
    <div class="sm-pick">
      <label class="utrecht-form-label" for={id}>
        {label}
      </label>
      {help && (
        <div class="sm-quiet" id={`${id}-help`}>
          {help}
        </div>
      )}
      <input
        id={id}
        type="search"
        class="utrecht-textbox utrecht-textbox--html-input"
        autocomplete="off"
        aria-describedby={help ? `${id}-help` : undefined}
        value={typed}
        onInput={(event) => {
          setTyped(event.currentTarget.value);
          say("");
        }}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault(); // it picks, and sends no form
          if (first) take(first.value, first.label);
          else if (asIs) take(asIs, asIs);
        }}
      />
      {typed.trim() !== "" && (
        <ul class="sm-pick__found" aria-label={tr("Gevonden", "Found")}>
          {hits.slice(0, shown).map((item) => (
            <li key={item.value}>
              <button type="button" class="sm-pick__item" onClick={() => take(item.value, item.label)}>
                <span aria-hidden="true">+</span> {item.label}
              </button>
            </li>
          ))}
          {asIs && (
            <li>
              <button type="button" class="sm-pick__item" onClick={() => take(asIs, asIs)}>
                <span aria-hidden="true">+</span> {asIs}
              </button>
            </li>
          )}
        </ul>
      )}
      <div class="sm-quiet" role="status">
        {typed.trim() === "" ? said : countText(hits.length, asIs !== "")}
      </div>
    </div>
  );
}

function countText(count: number, asIs: boolean): string {
  if (count === 0) return asIs ? "" : tr("Niets gevonden. Probeer een ander woord.", "Nothing found. Try another word.");
  if (count > shown) return tr(`${count} gevonden. Typ meer om te kiezen.`, `${count} found. Type more to choose.`);
  return tr(`${count} gevonden.`, `${count} found.`);
}
