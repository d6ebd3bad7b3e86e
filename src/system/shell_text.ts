/** A text as one word of a shell's, whatever is in it. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** One word of a command, as the shell would hand it on. */
export interface Word {
  readonly text: string;
  /** It holds a variable, a substitution or a pattern, so that its text is not what the program gets. */
  readonly isExpanded: boolean;
}

/** Nobody types a longer one, and to take it apart would hold up the service. */
const MAX_LENGTH = 10_000;

/** A program and its arguments, without assignments in front and redirections. */
export interface SimpleCommand {
  readonly words: readonly Word[];
  /** What separates it from the command behind it; empty behind the last one. */
  readonly separator: string;
}

/** Words that begin what is no simple command, or that only the shell itself can run. */
const NOT_A_PROGRAM = new Set(
  (
    '! { } [[ case do done elif else esac fi for function if in select then time until while coproc ' +
    '. : alias bg break cd command continue eval exec exit export fc fg getopts hash jobs local let ' +
    'read readonly return set shift source times trap type typeset ulimit umask unalias unset wait ' +
    'builtin declare dirs disown enable help history logout mapfile popd pushd readarray shopt suspend ' +
    // These are programs too, but the shell's own are what runs.
    '[ echo false kill printf pwd test true'
  ).split(' '),
);

/** Is this word the shell's own business: a reserved word or a builtin? */
export function isShellWord(word: string): boolean {
  return NOT_A_PROGRAM.has(word);
}

const TOKEN =
  /\s+|(?<redirection>\d*(?:>>|>\||[<>]&|<>|>|<(?!<))[ \t]*)|(?<separator>&&|\|\||[;&|])|(?<word>(?:'[^']*'|"(?:[^"\\`$]|\\.|\$(?![({]))*"|\\.|\$(?![('"{`])|[^\s'"\\$`;&|<>(){}])+)/suy;

/**
 * The simple commands of a command line, one after the other. Undefined where it is anything else: a
 * substitution, a subshell, a function, a here-document, a comment or what can't be read.
 */
export function simpleCommands(line: string): SimpleCommand[] | undefined {
  if (line.length > MAX_LENGTH) {
    return undefined;
  }
  const commands: SimpleCommand[] = [];
  let words: Word[] = [];
  let isTarget = false;
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < line.length) {
    const token = TOKEN.exec(line)?.groups;
    if (!token || token.word?.startsWith('#') || (isTarget && token.separator)) {
      return undefined;
    }
    if (token.separator) {
      commands.push({ words: withoutAssignments(words), separator: token.separator });
      words = [];
    } else if (token.redirection) {
      isTarget = true;
    } else if (token.word !== undefined) {
      if (!isTarget) {
        words.push(wordOf(token.word));
      }
      isTarget = false;
    }
  }
  if (words.length > 0 || commands.length === 0) {
    commands.push({ words: withoutAssignments(words), separator: '' });
  }
  return isTarget ? undefined : commands;
}

/**
 * The command line so that the shell becomes the program where it only starts one: a signal that ends the
 * program is told as such then, and no shell waits beside it.
 */
export function replacingShell(line: string): string {
  const [command, ...others] = simpleCommands(line) ?? [];
  const program = command?.words[0];
  const isProgram =
    program !== undefined && !program.isExpanded && /^[\w./+-]+$/.test(program.text);
  return isProgram && others.length === 0 && command?.separator === '' && startsWith(line, program)
    ? `exec ${line}`
    : line;
}

/** An assignment or a redirection in front would be the shell's, not the program's. */
function startsWith(line: string, { text }: Word): boolean {
  return line.trimStart().startsWith(text) && !isShellWord(text);
}

const ASSIGNMENT = /^[A-Za-z_]\w*=/;

function withoutAssignments(words: readonly Word[]): Word[] {
  const first = words.findIndex(({ text }) => !ASSIGNMENT.test(text));
  return first < 0 ? [] : words.slice(first);
}

function wordOf(raw: string): Word {
  const parts = raw.match(/'[^']*'|"(?:[^"\\]|\\.)*"|\\.|[^'"\\]+/gsu) ?? [];
  const isExpanded = parts.some(
    (part) =>
      (part.startsWith('"') && /(?<!\\)\$/.test(part)) || /^[^'"\\].*[$*?[~]|^[$*?[~]/s.test(part),
  );
  return { text: parts.map(unquoted).join(''), isExpanded };
}

function unquoted(part: string): string {
  switch (part[0]) {
    case "'":
      return part.slice(1, -1);
    case '"':
      return part.slice(1, -1).replace(/\\([$`"\\])/g, '$1');
    case '\\':
      return part.slice(1);
    default:
      return part;
  }
}
