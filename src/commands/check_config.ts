import { formatProblem, isError, type Problem } from '../configuration/problem.ts';
import { readConfiguration } from '../configuration/read.ts';
import type { Settings } from '../configuration/settings.ts';
import { shownSettings, showSettings } from '../configuration/show.ts';
import { oneLine } from '../log/escape.ts';
import type { Explanation } from '../service/explanation.ts';
import { DEFAULT_CONFIGURATION, type OptionValues } from './command.ts';
import { type DatabaseFindings, databaseProblems } from './database_problems.ts';
import { EXIT } from './exit_status.ts';
import { type Explained, explainWord, explanationLines } from './explain.ts';
import { complain, say, sayDocument } from './output.ts';
import { screen } from './screen.ts';
import { UsageError } from './usage_error.ts';

/** Checks the configuration, and with `--database` what it leads to. */
export async function checkConfig(values: OptionValues): Promise<number> {
  const file = String(values.config ?? DEFAULT_CONFIGURATION);
  if (values.show && values.explain !== undefined) {
    throw new UsageError('check-config takes one of --show, --explain');
  }
  const configuration = readConfiguration(file, 'thorough');
  const { settings, problems } = configuration;
  const { explanation, problems: unexplained } =
    settings && values.explain !== undefined
      ? await explainWord(String(values.explain), settings, configuration)
      : NOT_EXPLAINED;
  const { server, problems: found } =
    settings && values.database ? await databaseProblems(settings) : NOT_ASKED;
  const print = values.json ? printJson : printText;
  await print({
    file,
    settings: values.show ? settings : undefined,
    explanation,
    problems,
    databaseProblems: found,
    server,
    isValid: ![...problems, ...found].some(isError),
  });
  complain(...unexplained);
  if (!settings) {
    return EXIT.configuration;
  }
  const isInVain = values.explain !== undefined && !explanation;
  return isInVain || found.some(isError) ? EXIT.failed : EXIT.done;
}

interface Report {
  readonly file: string;
  /** Only where they are to be shown. */
  readonly settings: Settings | undefined;
  readonly explanation: Explanation | undefined;
  readonly problems: readonly Problem[];
  readonly databaseProblems: readonly Problem[];
  readonly server: string | undefined;
  readonly isValid: boolean;
}

const NOT_EXPLAINED: Explained = { explanation: undefined, problems: [] };
const NOT_ASKED: DatabaseFindings = { server: undefined, problems: [] };

async function printText(report: Report): Promise<void> {
  const { file, settings, explanation, problems, databaseProblems, server, isValid } = report;
  const lines = [
    ...problems.map((problem) => formatProblem(file, problem)),
    ...(server === undefined ? [] : [`database: ${server}`]),
    ...databaseProblems.map((problem) => formatProblem('database', problem)),
  ].map(oneLine);
  const verdict = isValid ? [`${file}: valid`] : [];
  // What is shown is a configuration file again: what is told beside it goes to standard error.
  if (settings || explanation) {
    process.stderr.write(lines.map((line) => `${line}\n`).join(''));
    const explained = explanation ? explanationLines(explanation, screen()) : [];
    await say(settings ? showSettings(settings) : explained.map((line) => `${line}\n`).join(''));
  } else {
    await say([...lines, ...verdict].map((line) => `${line}\n`).join(''));
  }
}

async function printJson(report: Report): Promise<void> {
  const { file, settings, explanation, problems, databaseProblems, server, isValid } = report;
  await sayDocument({
    file,
    valid: isValid,
    problems,
    ...(server !== undefined && { database: server }),
    database_problems: databaseProblems,
    ...(settings && { settings: shownSettings(settings) }),
    ...(explanation && { explained: explanation }),
  });
}
