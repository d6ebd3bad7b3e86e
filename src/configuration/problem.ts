/** Something wrong with the configuration. An error makes it invalid; a warning does not. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** Undefined where the problem is the file's as a whole. */
  readonly line?: number;
  readonly section?: string;
  readonly key?: string;
  /** What was found and what was expected; never a secret. */
  readonly message: string;
}

/** Where in the file a key stands, or its section where the key is not given. */
export type LineOf = (section: string, key?: string) => number | undefined;

/** `FILE:LINE: [section] key: got "x", expected …`; a warning says that it is one. */
export function formatProblem(file: string, problem: Problem): string {
  return describe(file, problem, problem.severity === 'warning' ? ' warning:' : '');
}

/** The same for a log, which says itself how severe a message is. */
export function logLineOf(file: string, problem: Problem): string {
  return describe(file, problem, '');
}

export function isError(problem: Problem): boolean {
  return problem.severity === 'error';
}

/** A value as it is shown in a message: in quotes, on one line, of bounded length. */
export function quoted(value: string): string {
  return JSON.stringify(value.length > 200 ? `${value.slice(0, 200)}…` : value);
}

function describe(file: string, problem: Problem, severity: string): string {
  const place = problem.line === undefined ? file : `${file}:${problem.line}`;
  const section = problem.section === undefined ? '' : ` [${problem.section}]`;
  const key = problem.key === undefined ? '' : ` ${problem.key}`;
  const subject = section || key ? `${section}${key}:` : '';
  return `${place}:${severity}${subject} ${problem.message}`;
}
