/** What surrounds a value: the place in front of it, and the quotes that are open there. */
export interface Surroundings {
  /** `PWD=` or an option, as a shell reads it; not `password: x`, which somebody wrote for people. */
  readonly isShell: boolean;
  /** One of several pairs as in `Server=db;Pwd=x`. */
  readonly isInPairs: boolean;
  /** It ends with the quotes around it, as in `"--password=a b"`. */
  readonly isAllQuoted: boolean;
  readonly open: ReadonlySet<string>;
}

const NONE = /(?:YES|NO)\)|(?:&&|\|\||[;&|<>)])?(?:\s|$)/y; // MySQL: "(using password: YES)"
const OPENING = /(\\{0,4})(["'])/y;
/** Behind what separates pairs, the next one's name. */
const NEXT_PAIR = /[;&|,]\s?\\{0,4}["']?[A-Za-z_][\w.-]{0,60}\\{0,4}["']?\s?[=:]/y;
const ENDS_WORD = /[;&|,)}\]]{1,20}(?:\s|\\{0,4}["']|$)/y;

/** What can neither end a value nor begin a quoted part of it. */
const PLAIN = /[\w./+=:%@$!?^~#*-]/;

/** Where the value ends that begins at `start`; `start` itself where there is none. */
export function endOfValue(text: string, start: number, surroundings: Surroundings): number {
  const { isShell, isInPairs, isAllQuoted, open } = surroundings;
  if (matches(NONE, text, start) !== undefined) {
    return start;
  }
  const isEndedByShell = isShell && !isInPairs && open.size === 0;
  let at = start;
  while (at < text.length) {
    const sign = text[at] as string;
    if (PLAIN.test(sign)) {
      at += 1;
      continue;
    }
    const quoted = endOfQuoted(text, at, open);
    if (quoted === undefined || (isAllQuoted ? sign === '\n' : /\s/.test(sign))) {
      return at;
    }
    const isEnd =
      matches(ENDS_WORD, text, at) !== undefined ||
      matches(NEXT_PAIR, text, at) !== undefined ||
      (isEndedByShell && /[;&|<>()`]/.test(sign));
    if (isEnd && at > start) {
      return at;
    }
    // A backslash takes what follows it along, be it a space.
    at = Math.max(quoted, sign === '\\' && /[^\n]/.test(text[at + 1] ?? '\n') ? at + 2 : at + 1);
  }
  return text.length;
}

/** Behind the quoted text that begins here, `at` where none does; undefined where a quote around all of it ends. */
function endOfQuoted(text: string, at: number, open: ReadonlySet<string>): number | undefined {
  const [, slashes = '', quote = ''] = matches(OPENING, text, at) ?? [];
  if (quote === '') {
    return at;
  }
  if (open.has(slashes + quote)) {
    return undefined;
  }
  const opening = slashes + quote;
  let end = text.indexOf(opening, at + opening.length);
  // Within double quotes, a quote behind a backslash is part of the text.
  while (opening === '"' && end > 0 && text[end - 1] === '\\') {
    end = text.indexOf(opening, end + 1);
  }
  const behind = end < 0 ? text.length : end + opening.length;
  const inside = text.slice(at, behind).indexOf('\n');
  return inside < 0 ? behind : at + inside;
}

function matches(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text) ?? undefined;
}
