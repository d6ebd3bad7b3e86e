import ini from 'ini';
import { SECTIONS } from './keys.ts';
import { PROCESS_SECTION } from './settings.ts';

/** One `key = value` of the file, with nothing of it lost. */
export interface Entry {
  readonly line: number;
  readonly section: string;
  readonly key: string;
  /** Everything after the equals sign, trimmed. */
  readonly rest: string;
}

export interface Section {
  readonly line: number;
  readonly name: string;
}

/** A line that is neither section, entry, comment nor blank. */
export interface StrayLine {
  readonly line: number;
  /** Undefined where the line was to begin one. */
  readonly section: string | undefined;
  readonly message: string;
}

export interface IniLines {
  readonly sections: readonly Section[];
  readonly entries: readonly Entry[];
  readonly strays: readonly StrayLine[];
}

const COMMENT_OR_BLANK = /^\s*([;#]|$)/;
const SECTION = /^\s*\[([^[\]]*)\]\s*([;#].*)?$/;
const ENTRY = /^([^=]*)=(.*)$/s;

/**
 * Splits the text line by line. Whole sections are not given to the ini package: it would split their
 * names at dots, drop `__proto__`, and merge or drop repeated keys without a word.
 */
export function splitIniLines(text: string): IniLines {
  const sections: Section[] = [];
  const entries: Entry[] = [];
  const strays: StrayLine[] = [];
  let section = '';
  // What stands below a section that can't be read belongs to no other one.
  let isSectionBroken = false;
  // What was meant to continue the line above is told with that line.
  let isContinued = false;
  for (const [index, content] of linesOf(text)) {
    const line = index + 1;
    const wasContinued = isContinued;
    isContinued = content.trimEnd().endsWith('\\');
    const header = SECTION.exec(content);
    const entry = ENTRY.exec(content);
    if (COMMENT_OR_BLANK.test(content)) {
      continue;
    }
    if (header) {
      section = header[1]?.trim() ?? '';
      isSectionBroken = false;
      sections.push({ line, name: section });
    } else if (content.trimStart().startsWith('[')) {
      strays.push({
        line,
        section: undefined,
        message: `expected a section, ${headerFor(content)}`,
      });
      isSectionBroken = true;
    } else if (!entry || (wasContinued && !/^\w*$/.test(entry[1]?.trim() ?? ''))) {
      if (!wasContinued) {
        strays.push({ line, section, message: 'expected KEY = VALUE' });
      }
    } else if (!isSectionBroken) {
      entries.push({ line, section, key: entry[1]?.trim() ?? '', rest: entry[2]?.trim() ?? '' });
    }
  }
  return { sections, entries, strays };
}

/** What a line that begins with a bracket was meant as; what is no section's name may be a secret. */
function headerFor(content: string): string {
  const name = /^\s*\[\s*([\w.@:+-]{1,120})\s*(?:[;#].*)?$/.exec(content)?.[1] ?? '';
  const isName = name.startsWith(PROCESS_SECTION) || Object.hasOwn(SECTIONS, name);
  return isName ? `[${name}]: its ] is missing` : '[NAME]';
}

/**
 * An ordinary value: quotes around the whole taken off, a comment behind it dropped. A `;` or `#`
 * begins a comment only at the start or after white space.
 */
export function ordinaryValue(rest: string): string {
  const quoted = /^(["'])(.*?)\1\s*(?:[;#].*)?$/s.exec(rest);
  if (quoted) {
    return quoted[2] ?? '';
  }
  const withInnerMarksKept = rest.replace(/(?<=[^\s\\])[;#]/g, '\\$&');
  return ini.unsafe(withInnerMarksKept);
}

/** A command or password: the rest of the line as it stands, quotes around the whole taken off. */
export function verbatimValue(rest: string): string {
  return isQuotedAsWhole(rest) ? rest.slice(1, -1) : rest;
}

/** Does the text begin and end with the same quote, with none of its kind between? */
function isQuotedAsWhole(text: string): boolean {
  return /^(?:"[^"]*"|'[^']*')$/.test(text);
}

function linesOf(text: string): IterableIterator<[number, string]> {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries();
}
