import { commandWarnings, type GivenCommand } from './command_warnings.ts';
import { consistencyProblems } from './consistency.ts';
import { type Entry, ordinaryValue, splitIniLines, verbatimValue } from './ini_lines.ts';
import { PROCESS_KEYS, SECTIONS } from './keys.ts';
import { maskSecrets } from './mask.ts';
import { suggestion } from './nearest.ts';
import { type OriginOf, originIn } from './origin.ts';
import { type LineOf, type Problem, quoted } from './problem.ts';
import { DEFAULT_NAME, PROCESS_SECTION, type Settings, settle } from './settings.ts';
import { isSafeName, type Key, type Keys, safeName } from './value_kinds.ts';

export interface Parsed {
  readonly settings: Settings;
  /** In the order of the file's lines. */
  readonly problems: readonly Problem[];
  readonly lineOf: LineOf;
  readonly originOf: OriginOf;
  /** The commands that it gives, each where it stands. */
  readonly commands: readonly GivenCommand[];
  /** Each section line can be read, so that each key is known to be there or not. */
  readonly isWhole: boolean;
  /** It has no section at all. */
  readonly isEmpty: boolean;
}

/** Reads the text of a configuration. With an error among the problems, the settings are not to be used. */
export function parseConfiguration(text: string): Parsed {
  const reading = new Reading();
  const { sections, entries, strays } = splitIniLines(text);
  for (const { line, section = '', message } of strays) {
    reading.problems.push(error(line, section, message));
  }
  for (const { line, name } of sections) {
    reading.addSection(line, name);
  }
  for (const entry of entries) {
    reading.addEntry(entry);
  }
  const settings = settle(reading.values);
  const commands = [...reading.commands.values()];
  // Without a section that can't be read, what looks wrong in another one need not be.
  const isWhole = strays.every(({ section }) => section !== undefined);
  const problems = [
    ...reading.problems,
    ...(isWhole ? consistencyProblems(reading.values, settings, reading.lineOf) : []),
    ...commandWarnings(commands, settings),
  ];
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  const isEmpty = sections.length === 0;
  const { lineOf, values } = reading;
  const originOf = originIn(values, lineOf);
  return { settings, problems, lineOf, originOf, commands, isWhole, isEmpty };
}

class Reading {
  readonly problems: Problem[] = [];
  readonly values = new Map<string, Map<string, unknown>>();
  /** By their place: of a key that is given twice, the last one counts. */
  readonly commands = new Map<string, GivenCommand>();
  readonly #lines = new Map<string, number>();
  readonly #firstLines = new Map<string, number>();

  readonly lineOf: LineOf = (section, key = '') =>
    this.#lines.get(placeOf(section, key)) ?? this.#lines.get(placeOf(section, ''));

  addSection(line: number, name: string): void {
    const place = placeOf(name, '');
    if (!this.#lines.has(place)) {
      this.#lines.set(place, line);
      this.#checkSectionName(line, name);
    }
    if (keysOf(name) && !this.values.has(name)) {
      this.values.set(name, new Map());
    }
  }

  addEntry(entry: Entry): void {
    const keys = keysOf(entry.section);
    if (!keys) {
      if (entry.section === '') {
        this.problems.push({
          ...error(entry.line, '', 'expected a [section] above it'),
          key: shown(entry.key),
        });
      }
      return;
    }
    const key = Object.hasOwn(keys, entry.key) ? keys[entry.key] : undefined;
    if (!key) {
      this.#warn(entry, `unknown key, ignored${suggestion(entry.key, Object.keys(keys))}`);
      return;
    }
    this.#noteLine(entry);
    this.#readValue(entry, key);
  }

  #readValue(entry: Entry, key: Key<unknown>): void {
    const { line, section } = entry;
    if (entry.rest.endsWith('\\')) {
      const message = `ends in \\, expected the whole value on one line${key.verbatim ? ', or quotes around it' : ''}`;
      this.problems.push({ ...error(line, section, message), key: entry.key });
      return;
    }
    const text = key.verbatim ? verbatimValue(entry.rest) : ordinaryValue(entry.rest);
    const value = key.parse(text);
    if (value === undefined || text.includes('\0')) {
      const got = key.secret ? 'a value that is not shown' : quoted(maskSecrets(text));
      this.problems.push({
        ...error(line, section, `got ${got}, expected ${key.expected}`),
        key: entry.key,
      });
      return;
    }
    this.values.get(section)?.set(entry.key, value);
    if (key.isCommand && text !== '') {
      this.commands.set(placeOf(section, entry.key), { line, section, key: entry.key, text });
    }
  }

  #noteLine(entry: Entry): void {
    const place = placeOf(entry.section, entry.key);
    const first = this.#firstLines.get(place);
    if (first === undefined) {
      this.#firstLines.set(place, entry.line);
    } else {
      this.#warn(entry, `given twice, first in line ${first}; this one counts`);
    }
    this.#lines.set(place, entry.line);
  }

  #checkSectionName(line: number, name: string): void {
    if (keysOf(name)) {
      const process = processOf(name);
      if (process !== DEFAULT_NAME && process?.toLowerCase() === DEFAULT_NAME) {
        const message = `a process of that name; did you mean ${PROCESS_SECTION}${DEFAULT_NAME}?`;
        this.problems.push({ ...error(line, name, message), severity: 'warning' });
      } else if (process !== undefined && !isSafeName(process)) {
        this.problems.push(
          error(
            line,
            name,
            `got ${quoted(process)} as process name, expected ${safeName().expected}`,
          ),
        );
      }
      return;
    }
    const hint = suggestion(name, knownSectionsLike(name));
    this.problems.push({
      ...error(line, name, `unknown section, ignored${hint}`),
      severity: 'warning',
    });
  }

  #warn(entry: Entry, message: string): void {
    this.problems.push({
      severity: 'warning',
      line: entry.line,
      section: shown(entry.section),
      key: shown(entry.key),
      message,
    });
  }
}

function keysOf(section: string): Keys | undefined {
  if (processOf(section) !== undefined) {
    return PROCESS_KEYS;
  }
  return Object.hasOwn(SECTIONS, section) ? SECTIONS[section as keyof typeof SECTIONS] : undefined;
}

/** What a mistyped section may have meant; `[proces.web]` meant that of the process web. */
function knownSectionsLike(name: string): string[] {
  const process = name.slice(name.indexOf('.') + 1);
  return [...Object.keys(SECTIONS), PROCESS_SECTION + DEFAULT_NAME, PROCESS_SECTION + process];
}

function processOf(section: string): string | undefined {
  return section.startsWith(PROCESS_SECTION) ? section.slice(PROCESS_SECTION.length) : undefined;
}

function placeOf(section: string, key: string): string {
  return `${section}\0${key}`;
}

function error(line: number, section: string, message: string): Problem {
  return { severity: 'error', line, ...(section && { section: shown(section) }), message };
}

/** A name out of the file, fit for one line of a terminal. */
function shown(name: string): string {
  return JSON.stringify(name.slice(0, 200)).slice(1, -1);
}
