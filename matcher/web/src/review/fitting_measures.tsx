// What a school can do where a rule shows a pattern: the measures of the menukaart that fit it.
import type { SignalRule } from "~gen/stagematch/v1/signal_pb.ts";
import { api } from "~/base/api.ts";
import { language, tr } from "~/base/language.ts";
import { useLoad } from "~/base/load.ts";
import { Link } from "~/base/router.tsx";
import { P, Section, Shown } from "~/ui/parts.tsx";
import { ruleCode } from "./signal_words.ts";

const shownMost = 5;

export function FittingMeasures({ rule }: { rule: SignalRule }) {
  const code = ruleCode(rule);
  const loaded = useLoad(async () => (await api.measure.listMeasures({ rule: code })).measures.filter((measure) => measure.rules.includes(code)), [code]);
  return (
    <Section title={tr("Wat kun je doen?", "What can you do?")}>
      <P>{tr("Begin met een gesprek. Dit past vaak bij zo’n patroon:", "Begin with a conversation. This often fits such a pattern:")}</P>
      <Shown of={loaded}>
        {(measures) => (
          <ul class="sm-list">
            {measures.slice(0, shownMost).map((measure) => (
              <li key={measure.code}>
                <strong>{language() === "nl" ? measure.titleNl : measure.titleEn}</strong>: {language() === "nl" ? measure.textNl : measure.textEn}
              </li>
            ))}
          </ul>
        )}
      </Shown>
      <P>
        <Link href="/menukaart">{tr("Alle maatregelen, met moeite en bewijs", "All measures, with effort and evidence")}</Link>
      </P>
    </Section>
  );
}
