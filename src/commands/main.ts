import { VERSION } from '../service/version.ts';
import { readCommandLine } from './command_line.ts';
import { COMMANDS } from './commands.ts';
import { ConfigurationError } from './configuration_error.ts';
import { EXIT } from './exit_status.ts';
import { helpText } from './help.ts';
import { complain } from './output.ts';
import { UsageError } from './usage_error.ts';

/** Reads the arguments and runs the command. Resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { command, isNamed, values, operands } = readCommandLine(args);
    if (values.version) {
      process.stdout.write(`monitor_service ${VERSION}\n`);
      return EXIT.done;
    }
    if (values.help) {
      process.stdout.write(helpText(isNamed ? command : undefined));
      return EXIT.done;
    }
    // Not the operands: a health check such as `pgrep -f webshop` must not find `check webshop`.
    process.title = `monitor_service ${command}`;
    return (await COMMANDS[command]?.run(values, operands)) ?? EXIT.usage;
  } catch (error) {
    if (error instanceof ConfigurationError) {
      return EXIT.configuration;
    }
    if (error instanceof UsageError) {
      complain(error.message);
      process.stderr.write('Try monitor_service --help\n');
      return EXIT.usage;
    }
    complain((error as Error).message);
    return EXIT.failed;
  }
}
