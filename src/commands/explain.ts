import { suggestion } from '../configuration/nearest.ts';
import { quoted } from '../configuration/problem.ts';
import type { Configuration } from '../configuration/read.ts';
import type { Settings } from '../configuration/settings.ts';
import { oneLine } from '../log/escape.ts';
import { refusalOf } from '../monitor/process_name.ts';
import { type Explanation, explain } from '../service/explanation.ts';
import { resolveNames } from './resolve_names.ts';
import type { Screen } from './screen.ts';
import { tableLines } from './table.ts';

export interface Explained {
  readonly explanation: Explanation | undefined;
  /** Why there is none, or what is worth a look. */
  readonly problems: readonly string[];
}

/** Explains the settings of the process that a name or an ID stands for. */
export async function explainWord(
  word: string,
  settings: Settings,
  configuration: Pick<Configuration, 'originOf'>,
): Promise<Explained> {
  const { names, problems } = await resolveNames([word], settings, () => true);
  const [name] = names;
  if (name === undefined) {
    return { explanation: undefined, problems };
  }
  const refusal = refusalOf(name);
  if (refusal !== undefined) {
    return { explanation: undefined, problems: [`${quoted(name)} is refused: ${refusal}`] };
  }
  const hint = settings.processes.has(name) ? '' : suggestion(name, settings.processes.keys());
  return {
    explanation: await explain(name, settings, configuration),
    problems: hint === '' ? [] : [`no section [process.${name}]${hint}`],
  };
}

/** An explanation for people. */
export function explanationLines({ settings, resolution }: Explanation, screen: Screen): string[] {
  const { strategy, subject, command, why } = resolution;
  const what = subject === undefined ? strategy : `${strategy} ${subject}`;
  const rest = [why, strategy === 'unknown' ? '' : command].filter((text) => text !== '');
  return [
    ...tableLines(
      [{ title: 'KEY' }, { title: 'VALUE' }, { title: 'FROM' }],
      settings.map(({ key, value, from }) => [key, value, from]),
      screen,
    ),
    '',
    oneLine(`Restart now: ${[what, ...rest].join(': ')}`),
  ];
}
