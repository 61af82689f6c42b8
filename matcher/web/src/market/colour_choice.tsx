// One question of a check-in: green, orange or red, as a colour, a word and what it means.
import { useId } from "preact/hooks";
import { CheckInAnswer } from "~gen/stagematch/v1/proposal_pb.ts";
import type { Question } from "./check_in_text.ts";

const colourClass: Partial<Record<CheckInAnswer, string>> = {
  [CheckInAnswer.GREEN]: "sm-colour--green",
  [CheckInAnswer.ORANGE]: "sm-colour--orange",
  [CheckInAnswer.RED]: "sm-colour--red",
};

export function ColourChoice({ question, value, onValue, error }: { question: Question; value: CheckInAnswer; onValue: (answer: CheckInAnswer) => void; error?: string | undefined }) {
  const name = useId();
  return (
    <fieldset class="sm-fieldset" aria-describedby={error ? `${name}-error` : undefined}>
      <legend class="utrecht-form-label">{question.text()}</legend>
      {error && (
        <div class="sm-error" id={`${name}-error`}>
          {error}
        </div>
      )}
      {question.answers.map(({ answer, colour, text }) => (
        <label key={answer} class={`sm-choice sm-colour ${colourClass[answer] ?? ""}`}>
          <input type="radio" class="utrecht-radio-button utrecht-radio-button--html-input" name={name} checked={value === answer} onChange={() => onValue(answer)} />
          <span>
            <strong>{colour()}</strong>
            <span>{text()}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
