// Declared criteria: to read, and to declare them. The same for a company and for a school that does it on its behalf.
import type { ComponentChildren } from "preact";
import { skillText, useCatalog } from "~/base/catalog.ts";
import { criteriaMax, type Criteria, type Hard, levels, levelText, minimumText, type Weighted, weights, weightText } from "~/base/criteria.ts";
import { language, tr } from "~/base/language.ts";
import type { Item } from "~/base/search.ts";
import type { GetCatalogResponse } from "~gen/stagematch/v1/operation_pb.ts";
import { type Choice, SelectField } from "./fields.tsx";
import { Button, Details, P, Shown } from "./parts.tsx";
import { Pick } from "./pick.tsx";

const weightNew = 3;
const levelNew = 2;

const isCode = (typed: string) => /^[A-Za-z0-9._-]{1,32}$/.test(typed);

function skillItems(catalog: GetCatalogResponse): Item[] {
  return catalog.skills.map((skill) => ({ value: skill.code, label: language() === "nl" ? skill.textNl : skill.textEn }));
}

/** Why criteria come before candidates; for whoever declares them. */
export function WhyCriteriaFirst() {
  return (
    <Details summary={tr("Waarom eerst criteria?", "Why criteria first?")}>
      <P>
        {tr(
          "Je zegt nu wat een student moet kunnen, voordat je iemand ziet. Zo telt voor iedereen hetzelfde. Je ziet straks één kandidaat per plek, zonder naam, naast jouw eigen criteria.",
          "You say now what a student must be able to do, before you see anybody. So the same counts for everybody. Later you see one candidate a place, without a name, against your own criteria.",
        )}
      </P>
      <P>
        {tr(
          "Vraag alleen wat echt nodig is om te beginnen. Wat een student bij jou kan leren, hoeft die nog niet te kunnen.",
          "Ask only what is really needed to begin. What a student can learn with you need not be known yet.",
        )}
      </P>
    </Details>
  );
}

/** What was declared, to read. */
export function CriteriaList({ criteria, none }: { criteria: Criteria; none?: ComponentChildren }) {
  const catalog = useCatalog();
  const { hardCriteria, weightedCriteria } = criteria;
  if (hardCriteria.length + weightedCriteria.length === 0)
    return <P>{none ?? tr("Geen criteria: elke student van de opleiding past.", "No criteria: every student of the programme fits.")}</P>;
  return (
    <ul class="sm-list">
      {hardCriteria.map((hard) => (
        <li key={`h-${hard.skill}`}>
          <strong>{skillText(catalog.data, hard.skill)}</strong>: {tr("moet", "required")}, {tr("minstens", "at least")} {levelText(hard.level)}
        </li>
      ))}
      {weightedCriteria.map((weighted) => (
        <li key={`w-${weighted.skill}`}>
          <strong>{skillText(catalog.data, weighted.skill)}</strong>: {weightText(weighted.weight)}, {minimumText(weighted.minimumLevel)}
        </li>
      ))}
    </ul>
  );
}

const levelChoices = (): Choice[] => levels.map((level) => ({ value: String(level), label: levelText(level) }));

function weightChoices(now: number): Choice[] {
  const offered: number[] = (weights as readonly number[]).includes(now) ? [...weights] : [...weights, now].sort((a, b) => a - b);
  return offered.map((weight) => ({ value: String(weight), label: `${weightText(weight)} (${weight})` }));
}

function Chosen({ name, remove, children }: { name: string; remove: () => void; children: ComponentChildren }) {
  return (
    <li class="sm-card sm-card--calm sm-stack">
      <div class="sm-chosen">
        <strong>{name}</strong>
        <Button kind="subtle" aria-label={tr(`${name} weghalen`, `Remove ${name}`)} onClick={remove}>
          {tr("Weghalen", "Remove")}
        </Button>
      </div>
      {children}
    </li>
  );
}

type Part<T> = { catalog: GetCatalogResponse; list: Editable<T> };
type Editable<T> = { items: readonly T[]; set: (items: T[]) => void };

const replaced = <T,>(items: readonly T[], at: number, item: T): T[] => items.map((old, i) => (i === at ? item : old));
const without = <T,>(items: readonly T[], at: number): T[] => items.filter((_, i) => i !== at);

function HardPart({ catalog, list }: Part<Hard>) {
  return (
    <fieldset class="sm-fieldset sm-stack">
      <legend class="nl-heading nl-heading--level-3">{tr("Dit moet een student kunnen", "A student must be able to do this")}</legend>
      <P quiet>{tr("Wie dit niet kan, wordt niet met je gematcht.", "Whoever cannot do this is not matched with you.")}</P>
      <ul class="sm-cards">
        {list.items.map((hard, at) => (
          <Chosen key={hard.skill} name={skillText(catalog, hard.skill)} remove={() => list.set(without(list.items, at))}>
            <SelectField
              label={tr("Minstens", "At least")}
              value={String(hard.level)}
              choices={levelChoices()}
              onValue={(value) => list.set(replaced(list.items, at, { ...hard, level: Number(value) }))}
            />
          </Chosen>
        ))}
      </ul>
      {list.items.length < criteriaMax && (
        <Pick
          label={tr("Zoek iets dat moet", "Find what is required")}
          items={skillItems(catalog)}
          taken={list.items.map((hard) => hard.skill)}
          free={catalog.skills.length === 0 ? isCode : undefined}
          onPick={(skill) => list.set([...list.items, { skill, level: levelNew }])}
        />
      )}
    </fieldset>
  );
}

function WeightedPart({ catalog, list }: Part<Weighted>) {
  return (
    <fieldset class="sm-fieldset sm-stack">
      <legend class="nl-heading nl-heading--level-3">{tr("Dit telt mee", "This counts")}</legend>
      <P quiet>
        {tr(
          "Wie hier meer van kan, past beter. Kies je een minimum, dan mag je bezwaar maken als een kandidaat daaronder zit.",
          "Whoever can do more of this fits better. Choose a minimum, and you may object to a candidate who is below it.",
        )}
      </P>
      <ul class="sm-cards">
        {list.items.map((weighted, at) => {
          const set = (change: Partial<Weighted>) => list.set(replaced(list.items, at, { ...weighted, ...change }));
          return (
            <Chosen key={weighted.skill} name={skillText(catalog, weighted.skill)} remove={() => list.set(without(list.items, at))}>
              <SelectField
                label={tr("Hoe zwaar telt het?", "How much does it count?")}
                value={String(weighted.weight)}
                choices={weightChoices(weighted.weight)}
                onValue={(value) => set({ weight: Number(value) })}
              />
              <SelectField
                label={tr("Minimum", "Minimum")}
                value={String(weighted.minimumLevel)}
                choices={[{ value: "0", label: tr("geen minimum: geen bezwaar mogelijk", "no minimum: no objection possible") }, ...levelChoices()]}
                onValue={(value) => set({ minimumLevel: Number(value) })}
              />
            </Chosen>
          );
        })}
      </ul>
      {list.items.length < criteriaMax && (
        <Pick
          label={tr("Zoek iets dat meetelt", "Find what counts")}
          items={skillItems(catalog)}
          taken={list.items.map((weighted) => weighted.skill)}
          free={catalog.skills.length === 0 ? isCode : undefined}
          onPick={(skill) => list.set([...list.items, { skill, weight: weightNew, minimumLevel: 0 }])}
        />
      )}
    </fieldset>
  );
}

/** To declare criteria: `onCriteria` is given all of them at every change. */
export function CriteriaEditor({ criteria, onCriteria }: { criteria: Criteria; onCriteria: (criteria: Criteria) => void }) {
  const catalog = useCatalog();
  return (
    <Shown of={catalog}>
      {(known) => (
        <div class="sm-stack sm-stack--wide">
          <HardPart catalog={known} list={{ items: criteria.hardCriteria, set: (hardCriteria) => onCriteria({ ...criteria, hardCriteria }) }} />
          <WeightedPart catalog={known} list={{ items: criteria.weightedCriteria, set: (weightedCriteria) => onCriteria({ ...criteria, weightedCriteria }) }} />
        </div>
      )}
    </Shown>
  );
}

/** What it means that criteria are changed after they were declared. */
export function CriteriaChanged({ version }: { version: bigint }) {
  return (
    <div class="utrecht-alert utrecht-alert--warning" role="status">
      <div class="utrecht-alert__content">
        <div class="utrecht-alert__message">
          <p class="nl-paragraph">
            {tr(
              `Je verandert de criteria van een plek die al bekend is. Dat wordt versie ${version + 1n}. Voorstellen die er al zijn, houden de oude criteria. Was er al een kandidaat te zien, dan wordt de verandering vastgelegd en kan de school ernaar vragen.`,
              `You change the criteria of a place that was published. This becomes version ${version + 1n}. Proposals that are there already keep the old criteria. If a candidate was shown already, the change is recorded and the school may ask about it.`,
            )}
          </p>
        </div>
      </div>
    </div>
  );
}
