import type { DatabaseSettings } from '../configuration/keys.ts';
import { maskSecrets } from '../configuration/mask.ts';
import { StoreError } from '../monitor/alarm_store.ts';
import { adviceFor, passwordAdvice, type Server } from './mysql_advice.ts';
import { codeOf, type DatabaseError } from './mysql_codes.ts';

/** The server's words, which may be any number of them. */
const MAX_LENGTH = 1000;

/** The connection broke, as opposed to a statement that the server refused. */
export class ConnectionLost extends StoreError {
  override name = 'ConnectionLost';
}

/** The server did not answer in time. */
export class NoAnswer extends ConnectionLost {
  override name = 'NoAnswer';
}

/** The error in words for an operator, in one line. Never holds the password. `server`: where it is known. */
export function explain(
  error: unknown,
  where: string,
  settings: DatabaseSettings,
  server?: Server,
): StoreError {
  if (error instanceof StoreError) {
    return error;
  }
  const told = error as DatabaseError;
  const code = codeOf(told, server?.isMariaDb === true);
  const Kind = isConnectionLost(told, code) ? ConnectionLost : StoreError;
  const { message, advice } = pluginTrouble(told, server) ?? {
    message: told.message.slice(0, MAX_LENGTH),
    advice: adviceFor(code, told.message, settings, server),
  };
  const name = code && !message.includes(code) ? ` (${code})` : '';
  const reason = `${where}: ${maskSecrets(message, settings.password)}${name}`;
  return new Kind(advice === undefined ? reason : `${reason}; ${advice}`, { cause: error });
}

/** The client's words about an authentication that it can't do are for its developers. */
function pluginTrouble({ code, message }: DatabaseError, server: Server | undefined) {
  const named = /using (?:unknown plugin )?([\w-]{1,64})[.,]/.exec(message)?.[1];
  const isOfPlugin =
    code === 'AUTH_SWITCH_PLUGIN_ERROR' || code === 'MYSQL_CLEAR_PASSWORD_NOT_ENABLED';
  if (!isOfPlugin || named === undefined) {
    return undefined;
  }
  return {
    message: `the server wants this user authenticated by ${named}, which the service does not support`,
    advice: passwordAdvice(server),
  };
}

/** Of MySQL and of MariaDB: a CHECK that the new row would not pass, as a column of JSON has one in MariaDB. */
const AGAINST_A_CHECK: readonly unknown[] = [3819, 4025];

/** Did the server refuse what was to be written, by a rule of the table's? */
export function isAgainstCheck(error: unknown): boolean {
  return AGAINST_A_CHECK.includes(errorNumber(error));
}

const NO_SUCH_TABLE = 1146;

/** Did the server miss a table? */
export function isWithoutTable(error: unknown): boolean {
  return errorNumber(error) === NO_SUCH_TABLE;
}

function errorNumber(error: unknown): unknown {
  const { cause } = error as StoreError;
  return (cause as DatabaseError | undefined)?.errno;
}

/** An answer of the server has a code or a state of its own; all else came from the connection. */
function isConnectionLost({ fatal, sqlState }: DatabaseError, code: string): boolean {
  const isAnswer = sqlState !== undefined || code.startsWith('ER_');
  return fatal === true || !isAnswer || code === 'ER_CONNECTION_KILLED';
}
