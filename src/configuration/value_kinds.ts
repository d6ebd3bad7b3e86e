import { secondsIn } from './time_span.ts';

/** How one key's text becomes a value: its default, what is acceptable, and how it reads. */
export interface Key<T> {
  readonly fallback: T;
  /** Completes "expected …" in an error. */
  readonly expected: string;
  /** The value of the text, or undefined where the text is not acceptable. */
  readonly parse: (text: string) => T | undefined;
  /** The whole rest of the line is the value; nothing in it is a comment. */
  readonly verbatim?: boolean;
  /** Never shown. */
  readonly secret?: boolean;
  /** It is run by /bin/sh. */
  readonly isCommand?: boolean;
}

export type Keys = Readonly<Record<string, Key<unknown>>>;

/** The values that a table of keys describes. */
export type ValuesOf<K extends Keys> = {
  readonly [Name in keyof K]: K[Name] extends Key<infer T> ? T : never;
};

/** The name of a unit may hold systemd's own escapes, `\x2d` for a `-`; a backslash is nowhere else. */
const NAME_PATTERN = /^[A-Za-z0-9](?:[A-Za-z0-9_.@:+-]|\\x[0-9a-f]{2})*$/;
export const NAME_MAX_LENGTH = 100;

/** May this name be put into a command? */
export function isSafeName(name: string): boolean {
  return name.length <= NAME_MAX_LENGTH && NAME_PATTERN.test(name);
}

export function text(fallback: string): Key<string> {
  return {
    fallback,
    expected: 'some text',
    parse: (value) => (value === '' ? undefined : value),
  };
}

/** A command for /bin/sh. Where the default is empty, empty means none. */
export function command(fallback = ''): Key<string> {
  const parse = (value: string) => (value === '' && fallback !== '' ? undefined : value);
  return { fallback, expected: 'a command', parse, verbatim: true, isCommand: true };
}

/** A password; may be empty. */
export function password(): Key<string> {
  return {
    fallback: '',
    expected: 'a password',
    parse: (value) => value,
    verbatim: true,
    secret: true,
  };
}

/** An absolute path. Where the default is empty, empty means none. */
export function path(fallback: string): Key<string> {
  return {
    fallback,
    expected: 'an absolute path',
    parse: (value) => (value.startsWith('/') || value === fallback ? value : undefined),
  };
}

/** A name that is safe in a command; empty means none. */
export function safeName(): Key<string> {
  return {
    fallback: '',
    expected: `a name of letters, digits and _.@:+-, at most ${NAME_MAX_LENGTH} characters, that starts with a letter or digit`,
    parse: (value) => (value === '' || isSafeName(value) ? value : undefined),
  };
}

/** One of some words, in whatever case it is written. */
export function choice<const T extends string>(options: readonly T[], fallback: T): Key<T> {
  return {
    fallback,
    expected: `one of ${options.join(', ')}`,
    parse: (value) => options.find((option) => option.toLowerCase() === value.toLowerCase()),
  };
}

export function wholeNumber(
  fallback: number,
  min: number,
  max: number,
  unit = 'a whole number',
): Key<number> {
  return {
    fallback,
    expected: `${unit} from ${min} to ${max}`,
    parse: (value) => wholeNumberIn(value, min, max),
  };
}

/** A whole number that may be left out: undefined then. */
export function optionalNumber(min: number, max: number): Key<number | undefined> {
  return { ...wholeNumber(min, min, max), fallback: undefined };
}

/** Whole seconds, or a whole number of minutes, hours or days. */
export function seconds(fallback: number, min: number, max: number): Key<number> {
  const examples = [...EXAMPLES].filter((text) => secondsOf(text, min, max) !== undefined);
  return {
    fallback,
    expected: `whole seconds from ${min} to ${max} (or ${examples.slice(-2).join(', ')})`,
    parse: (value) => secondsOf(value, min, max),
  };
}

const EXAMPLES = ['90s', '5m', '2h'];

function secondsOf(value: string, min: number, max: number): number | undefined {
  return wholeNumberIn(String(secondsIn(value) ?? value), min, max);
}

function wholeNumberIn(value: string, min: number, max: number): number | undefined {
  if (!/^\d{1,15}$/.test(value)) {
    return undefined;
  }
  const number = Number(value);
  return number >= min && number <= max ? number : undefined;
}
