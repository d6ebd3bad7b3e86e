import type { Configuration } from '../configuration/read.ts';
import { type Settings, settingsOf } from '../configuration/settings.ts';
import { shownProcess } from '../configuration/show.ts';
import { type Resolution, resolve } from '../restart/resolution.ts';

/** One setting of a process as it counts, secrets masked. */
export interface ExplainedSetting {
  readonly key: string;
  readonly value: string;
  readonly from: string;
}

export interface Explanation {
  readonly name: string;
  readonly settings: readonly ExplainedSetting[];
  readonly resolution: Resolution;
}

/** The settings of a process, where each comes from, and what they lead to on this host now. */
export async function explain(
  name: string,
  settings: Settings,
  { originOf }: Pick<Configuration, 'originOf'>,
): Promise<Explanation> {
  const own = settingsOf(settings, name);
  const explained = Object.entries(shownProcess(settings, name)).map(([key, value]) => {
    const { section, line } = originOf(name, key);
    const isOwnName = key === 'system_name' && section === undefined;
    const where = line === undefined ? '' : `, line ${line}`;
    const from = section === undefined ? 'built-in' : `[${section}]${where}`;
    return { key, value, from: isOwnName ? 'its name' : from };
  });
  const secrets = () => [settings.database.password];
  const context = { secrets, ending: new AbortController().signal };
  return {
    name,
    settings: explained,
    resolution: await resolve({ name, settings: own }, context),
  };
}
