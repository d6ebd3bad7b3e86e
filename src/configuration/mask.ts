import { IN_ADDRESS, secretPlaces } from './secret_places.ts';
import { endOfValue } from './secret_value.ts';

export const MASK = '********';

/** A shorter password is part of too many words to be covered wherever it turns up. */
const MIN_LENGTH = 4;

/** A command, or what it printed, with the passwords in it covered, and nothing else. */
export function maskSecrets(text: string, ...known: string[]): string {
  let masked = text;
  for (const secret of known.filter(({ length }) => length >= MIN_LENGTH)) {
    masked = masked.replaceAll(secret, MASK);
  }
  return maskPlaces(masked.replace(IN_ADDRESS, `$1${MASK}`));
}

function maskPlaces(text: string): string {
  const places = secretPlaces(text);
  const open = new Set<string>();
  let masked = '';
  let done = 0;
  for (let place = places.exec(text); place !== null; place = places.exec(text)) {
    const [key] = place;
    const start = place.index + key.length;
    followQuotes(text.slice(done, start), open);
    const before = text.slice(Math.max(done, place.index - MAX_NAME), place.index);
    const isInPairs = BEHIND_PAIR.test(before);
    const isAllQuoted = QUOTED_OPTION.test(before + key);
    const end = endOfValue(text, start, {
      isShell: !/\s[=:]|:/.test(key),
      isInPairs,
      isAllQuoted,
      open,
    });
    masked += text.slice(done, start) + (end > start ? MASK : '');
    done = end;
    places.lastIndex = Math.max(end, start);
  }
  return masked + text.slice(done);
}

/** The name that a place is the end of, behind another pair. */
const BEHIND_PAIR = /;[\w-]*$/;
const MAX_NAME = 60;
/** Quotes around an option with its value, or around `user:password`. */
const QUOTED_OPTION = /(?:^|\s)["']--?[\w-]+=$|\s--?[\w-]+[\s=]["'][^\s:'"]+:$/;

/** Which quotes are open behind a text; an apostrophe within a word is none. */
function followQuotes(text: string, open: Set<string>): void {
  if (!/["'\n]/.test(text)) {
    return;
  }
  for (const [sign] of text.matchAll(/\n|(?<![A-Za-z](?='[a-z]))\\{0,4}["']/g)) {
    if (sign === '\n') {
      open.clear();
    } else if (!open.delete(sign)) {
      open.add(sign);
    }
  }
}
