import { childEnvironment } from './environment.ts';
import type { Recipe } from './recipe.ts';
import { TOLD_SHELL_THAT_ASKS } from './told_command.ts';

/** The recipe of a command line for /bin/sh, run as this service's user. */
export function recipeOfCommand(commandLine: string): Recipe {
  return { ...recipeOfProgram(TOLD_SHELL_THAT_ASKS), commandLine };
}

/** The recipe of a program and its arguments, run as this service's user. */
export function recipeOfProgram(argv: readonly string[]): Recipe {
  const environment = childEnvironment();
  return {
    argv,
    directory: '/',
    umask: '0022',
    environment,
    user: undefined,
    hasNoNewPrivileges: false,
  };
}
