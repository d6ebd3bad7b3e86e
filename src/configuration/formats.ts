/** What may stand between a program and its format: options and operands, also quoted. */
const BETWEEN = `(?:[^;|&()\`"'\\n]|"[^"]*"|'[^']*'){0,200}?`;
/** Of a format the part in front of its `%s`: all of a quoted text, else one word. */
const format = (start = '') =>
  `(?:"${start}[^"]*|'${start}[^']*|${start}(?:["'][^"']*|[^\\s"';|&()\`]*))`;

/** The formats of other programs in which `%s` means something. */
const FORMATS: readonly (readonly [string, RegExp])[] = [
  ['date +', behind(`\\bg?date\\s${BETWEEN}${format('\\+')}`)],
  ['stat -c', behind(`\\bstat\\s${BETWEEN}-[A-Za-z]{0,5}c\\s{0,5}${format()}`)],
  ['stat --format', behind(`\\bstat\\s${BETWEEN}--format[=\\s]${format()}`)],
  ['stat --printf', behind(`\\bstat\\s${BETWEEN}--printf[=\\s]${format()}`)],
  ['find -printf', behind(`\\s-f?printf\\s(?:[^\\s"';|&]{1,100}\\s)?${format()}`)],
  ['ps -o', behind(`\\bps\\s${BETWEEN}-[A-Za-z]{0,5}o\\s{0,5}${format()}`)],
  [
    'printf',
    behind(
      `(?<![\\w./-])[sfv]{0,3}printf(?:\\s+(?:--\\s|-v\\s\\w+\\s|[A-Z]+\\s)?|\\s?\\()${format()}`,
    ),
  ],
  ['strftime', behind(`(?:strftime|date_format|from_unixtime)\\s?\\([^'"]{0,100}${format()}`)],
  ['--time-style', behind(`--time-style[=\\s]${format('\\+')}`)],
  ['--format', behind(`--(?:[a-z]+-)?(?:format|pretty)[=\\s]${format()}`)],
  ['--date=format', behind(`--date=format:${format()}`)],
  ['+', behind(`\\s["']?\\+(?:%[^\\s"']*)?`)],
];

function behind(pattern: string): RegExp {
  return new RegExp(`${pattern}$`, 'i');
}

/** Python's `'%s' % value`. */
const OPERATOR = /^[^"']{0,100}["']\s%\s[\w(]/;

/** So much in front of a `%s` tells whose it is, and so many of them whether a command has any. */
const LOOKED_AT = 300;
const MARKS_LOOKED_AT = 20;

/** Whose formats a command has the system name put into, where `%%s` was meant; empty for none. */
export function formatsWithName(command: string): string[] {
  const marks = [...command.matchAll(/%[s%]/g)].filter(({ 0: mark }) => mark === '%s');
  const found = marks.slice(0, MARKS_LOOKED_AT).flatMap(({ index }) => {
    const before = command.slice(Math.max(0, index - LOOKED_AT), index);
    const known = FORMATS.find(([, pattern]) => pattern.test(before))?.[0];
    return known ?? (OPERATOR.test(command.slice(index + 2, index + LOOKED_AT)) ? "'…' %" : []);
  });
  return [...new Set(found)];
}
