import { counted } from '../system/counted.ts';

// A message may hold anything: a process name from the database, the output of a failed command. Here
// it becomes text that stays on one line and cannot fake, hide or reorder what an operator reads.

/** The longest message that is logged whole, in UTF-16 units. */
const MESSAGE_LIMIT = 8192;

// Cc: C0, DEL and C1. Cs: with the flag v only surrogates without their other half. U+2028 and 2029 separate lines.
// DI: what is not shown, and may reorder its surroundings, as 202E does, or carry a text of its own, as the tags from
// E0000 on. A soft hyphen is shown where it matters, FE00-FE0F choose a form of what is before them.
const NEVER_BARE = String.raw`[[\p{Cc}\p{Cs}\u2028\u2029\p{DI}]--[\xad\ufe00-\ufe0f\u200c\u200d]]`;
// Joiners belong to emoji and to the spelling of many scripts, but nowhere else.
const JOINED = String.raw`[[[\p{L}\p{M}\p{S}]--[\p{ASCII}\p{DI}]]\ufe0f]`;
const STRAY_JOINER = String.raw`(?<!${JOINED})[\u200c\u200d]|[\u200c\u200d](?!${JOINED})`;
const UNSAFE = new RegExp(`${NEVER_BARE}|${STRAY_JOINER}`, 'gv');

const SHORT_FORMS: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
]);

/** The message cut to `MESSAGE_LIMIT`, with an ellipsis that says how many characters were left out. */
export function bounded(message: string): string {
  if (message.length <= MESSAGE_LIMIT) return message;
  const end = splitsPair(message, MESSAGE_LIMIT) ? MESSAGE_LIMIT - 1 : MESSAGE_LIMIT;
  return `${message.slice(0, end)}… (${counted(message.length - end, 'more character')})`;
}

/** Any text, however long and whoever wrote it, as a line that fakes and hides nothing. */
export function oneLine(text: string): string {
  return escapeText(bounded(text));
}

/** For a line of text: every unsafe character is shown as \n, \r, \t, \x1b, \u202e or \u{e0041}. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (char) => SHORT_FORMS.get(char) ?? shown(char));
}

/** For JSON text: the unsafe characters that `JSON.stringify` leaves bare become escapes that parse back. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (char) =>
    char
      .split('')
      .map((unit) => `\\u${hex(unit, 4)}`)
      .join(''),
  );
}

function shown(char: string): string {
  if (char.length > 1) {
    return `\\u{${hex(char, 5)}}`;
  }
  return char <= '\xff' ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`;
}

function hex(char: string, digits: number): string {
  return (char.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
}

function splitsPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(at - 1, at + 1));
}
