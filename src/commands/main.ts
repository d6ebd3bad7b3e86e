import { VERSION } from '../service/version.ts';
import { readCommandLine, UsageError } from './command_line.ts';
import { COMMANDS } from './commands.ts';
import { EXIT } from './exit_status.ts';
import { helpText } from './help.ts';

/** Reads the arguments and runs the command. Resolves to the exit status. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const { command, isNamed, values } = readCommandLine(args);
    if (values.version) {
      process.stdout.write(`monitor_service ${VERSION}\n`);
      return EXIT.done;
    }
    if (values.help) {
      process.stdout.write(helpText(isNamed ? command : undefined));
      return EXIT.done;
    }
    return (await COMMANDS[command]?.run(values)) ?? EXIT.usage;
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`monitor_service: ${error.message}\nTry monitor_service --help\n`);
      return EXIT.usage;
    }
    throw error;
  }
}
