import { ordinaryValue, verbatimValue } from './ini_lines.ts';
import { PROCESS_KEYS, SECTIONS } from './keys.ts';
import { MASK, maskSecrets } from './mask.ts';
import { DEFAULT_NAME, PROCESS_SECTION, type Settings, settingsOf } from './settings.ts';
import type { Key, Keys } from './value_kinds.ts';

/** The effective settings by section and key, secrets masked: what `check-config --show` prints. */
export function shownSettings(settings: Settings): Record<string, Record<string, string>> {
  const { password } = settings.database;
  const shown: Record<string, Record<string, string>> = {};
  for (const [section, keys] of Object.entries(SECTIONS)) {
    const values = settings[section as keyof typeof SECTIONS];
    shown[section] = shownSection(keys, values, password);
  }
  if (settings.database.password_file && shown.database) {
    shown.database.password = ''; // it came from there
  }
  const processes = [[DEFAULT_NAME, settings.processDefault] as const, ...settings.processes];
  for (const [name, values] of processes) {
    shown[PROCESS_SECTION + name] = shownSection(PROCESS_KEYS, values, password);
  }
  return shown;
}

/** The same of one process, its system name filled in. */
export function shownProcess(settings: Settings, name: string): Record<string, string> {
  return shownSection(PROCESS_KEYS, settingsOf(settings, name), settings.database.password);
}

/** The same as the text of a configuration file that means the same, masked secrets apart. */
export function showSettings(settings: Settings): string {
  return Object.entries(shownSettings(settings))
    .map(([section, values]) => {
      const keys: Keys = SECTIONS[section as keyof typeof SECTIONS] ?? PROCESS_KEYS;
      const lines = Object.entries(values).map(([name, value]) =>
        `${name} = ${written(value, keys[name])}`.trimEnd(),
      );
      return `[${section}]\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

function shownSection(
  keys: Keys,
  values: Readonly<Record<string, unknown>>,
  databasePassword: string,
): Record<string, string> {
  const pairs = Object.entries(keys)
    .filter(([name]) => values[name] !== undefined)
    .map(([name, key]) => [name, shownValue(key, String(values[name]), databasePassword)]);
  return Object.fromEntries(pairs);
}

function shownValue(key: Key<unknown>, value: string, databasePassword: string): string {
  if (key.secret) {
    return value === '' ? '' : MASK;
  }
  return key.verbatim ? maskSecrets(value, databasePassword) : value;
}

/** Quotes a value where it would not read back as itself. */
function written(value: string, key: Key<unknown> | undefined): string {
  const readBack = key?.verbatim ? verbatimValue : ordinaryValue;
  const escaped = value.replace(/[;#\\]/g, '\\$&');
  const forms = [value, `"${value}"`, `'${value}'`, escaped, `"${escaped}"`];
  const isWhole = (form: string) => !form.endsWith('\\') && readBack(form.trim()) === value;
  return forms.find(isWhole) ?? value;
}
