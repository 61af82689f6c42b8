// Form fields: a label, what helps, what is wrong, and the control, tied together for everybody's reader.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

type FieldProps = { label: string; help?: ComponentChildren; error?: string | undefined };

type Ids = { id: string; describedBy: string | undefined; invalid: boolean };

export function Field({ label, help, error, children }: FieldProps & { children: (ids: Ids) => ComponentChildren }) {
  const id = useId();
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class={`utrecht-form-field utrecht-form-field--text${error ? " utrecht-form-field--invalid" : ""}`}>
      <div class="utrecht-form-field__label">
        <label class="utrecht-form-label" for={id}>
          {label}
        </label>
      </div>
      {help && (
        <div class="utrecht-form-field-description sm-quiet" id={`${id}-help`}>
          {help}
        </div>
      )}
      {error && (
        <div class="utrecht-form-field__error-message sm-error" id={`${id}-error`}>
          {error}
        </div>
      )}
      <div class="utrecht-form-field__input">{children({ id, describedBy: described || undefined, invalid: Boolean(error) })}</div>
    </div>
  );
}

type Changed = (value: string) => void;

export function TextField({
  label,
  help,
  error,
  value,
  onValue,
  ...rest
}: FieldProps & { value: string; onValue: Changed } & Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "value" | "label">) {
  return (
    <Field label={label} help={help} error={error}>
      {({ id, describedBy, invalid }) => (
        <input
          {...rest}
          id={id}
          class={`utrecht-textbox utrecht-textbox--html-input${invalid ? " utrecht-textbox--invalid" : ""}`}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export function TextArea({ label, help, error, value, onValue, rows = 4, maxLength }: FieldProps & { value: string; onValue: Changed; rows?: number; maxLength?: number }) {
  return (
    <Field label={label} help={help} error={error}>
      {({ id, describedBy, invalid }) => (
        <textarea
          id={id}
          rows={rows}
          maxLength={maxLength}
          class={`utrecht-textarea utrecht-textarea--html-textarea${invalid ? " utrecht-textarea--invalid" : ""}`}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
    </Field>
  );
}

export type Choice = { value: string; label: string; help?: ComponentChildren };

export function SelectField({ label, help, error, value, onValue, choices }: FieldProps & { value: string; onValue: Changed; choices: readonly Choice[] }) {
  return (
    <Field label={label} help={help} error={error}>
      {({ id, describedBy, invalid }) => (
        <select
          id={id}
          class={`utrecht-select utrecht-select--html-select${invalid ? " utrecht-select--invalid" : ""}`}
          aria-describedby={describedBy}
          aria-invalid={invalid || undefined}
          value={value}
          onChange={(event) => onValue(event.currentTarget.value)}
        >
          {choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

export function CheckBox({ label, help, checked, onChecked, disabled }: { label: ComponentChildren; help?: ComponentChildren; checked: boolean; onChecked: (checked: boolean) => void; disabled?: boolean }) {
  return (
    <label class="sm-choice">
      <input type="checkbox" class="utrecht-checkbox utrecht-checkbox--html-input" checked={checked} disabled={disabled} onChange={(event) => onChecked(event.currentTarget.checked)} />
      <span>
        <span>{label}</span>
        {help && <span class="sm-quiet">{help}</span>}
      </span>
    </label>
  );
}

/** One of a few, all in sight. */
export function RadioGroup({ label, help, error, value, onValue, choices }: FieldProps & { value: string; onValue: Changed; choices: readonly Choice[] }) {
  const name = useId();
  return (
    <fieldset class="sm-fieldset" aria-describedby={error ? `${name}-error` : undefined}>
      <legend class="utrecht-form-label">{label}</legend>
      {help && <div class="sm-quiet">{help}</div>}
      {error && (
        <div class="sm-error" id={`${name}-error`}>
          {error}
        </div>
      )}
      {choices.map((choice) => (
        <label class="sm-choice" key={choice.value}>
          <input
            type="radio"
            class="utrecht-radio-button utrecht-radio-button--html-input"
            name={name}
            value={choice.value}
            checked={value === choice.value}
            onChange={() => onValue(choice.value)}
          />
          <span>
            <span>{choice.label}</span>
            {choice.help && <span class="sm-quiet">{choice.help}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/* The control of the first field that says what is wrong. */
const firstWrong = (form: HTMLFormElement) => form.querySelector(".sm-error")?.closest("fieldset, .utrecht-form-field")?.querySelector<HTMLElement>("input, select, textarea");

/** A form that is sent once: Enter and the button do the same, and nothing reloads. What is wrong gets the focus, once it is drawn. */
export function Form({ onSubmit, children, label }: { onSubmit: () => void; children: ComponentChildren; label?: string }) {
  return (
    <form
      class="sm-stack"
      noValidate
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        const form = event.currentTarget;
        onSubmit();
        setTimeout(() => firstWrong(form)?.focus());
      }}
    >
      {children}
    </form>
  );
}
