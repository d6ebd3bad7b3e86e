import type { IncomingMessage } from 'node:http';
import { readAll } from './read_all.ts';
import type { ResetReport, StatusReport, Ticket } from './reports.ts';

/** What the service does when it is asked. */
export interface Answering {
  /** With names: of those processes alone, as far as they are known. @throws Refused */
  status(names?: readonly string[]): StatusReport;
  /** @throws Refused */
  checkNow(): void;
  /** Closes these breakers, or all. @throws Refused */
  resetBreakers(names: readonly string[] | 'all'): ResetReport;
  /** Restarts processes. @throws Refused */
  restart(names: readonly string[]): Ticket;
  /** Runs health checks. @throws Refused */
  examine(names: readonly string[]): Ticket;
  /** Checks the table, and follows the restarts that come of it. @throws Refused */
  check(): Ticket;
  /** How far that is. @throws Refused */
  report(ticket: string): object;
}

/** The request is understood and not granted, or not understood; the message is for the operator. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;

  constructor(message: string, status = 400) {
    super(message);
    this.status = status;
  }
}

/** More names than that do not fit on a command line that a person types. */
const MAX_BODY_BYTES = 64 * 1024;

/** Does what a request asks for. @throws Refused */
export async function answer(request: IncomingMessage, service: Answering): Promise<object> {
  const [path, query] = (request.url ?? '').split('?', 2);
  switch (`${request.method} ${path}`) {
    case 'GET /status':
      return service.status();
    case 'POST /processes':
      return service.status(someNamesIn(await bodyOf(request)));
    case 'POST /check-now':
      service.checkNow();
      return {};
    case 'POST /breakers/reset':
      return service.resetBreakers(namesIn(await bodyOf(request)));
    case 'POST /restarts':
      return service.restart(someNamesIn(await bodyOf(request)));
    case 'POST /examinations':
      return service.examine(someNamesIn(await bodyOf(request)));
    case 'POST /checks':
      return service.check();
    case 'GET /tickets':
      return service.report(new URLSearchParams(query).get('ticket') ?? '');
    default:
      throw new Refused('the service knows no such request; is it of another version?', 404);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const body = await readAll(request, MAX_BODY_BYTES);
  if (body === undefined) {
    throw new Refused(`the request is longer than ${MAX_BODY_BYTES} bytes`, 413);
  }
  return body;
}

/** Of `{"names": ["web"]}`. */
function someNamesIn(body: string): readonly string[] {
  const names = namesIn(body);
  if (names === 'all') {
    throw new Refused('expected {"names": [NAME, …]}');
  }
  return names;
}

/** Of `{"names": ["web"]}` or `{"all": true}`. */
function namesIn(body: string): readonly string[] | 'all' {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    throw new Refused('the request is not JSON');
  }
  const { names, all } = Object(content) as { names?: unknown; all?: unknown };
  if (all === true && names === undefined) {
    return 'all';
  }
  if (
    all === undefined &&
    Array.isArray(names) &&
    names.every((name) => typeof name === 'string')
  ) {
    return names;
  }
  throw new Refused('expected {"names": [NAME, …]} or {"all": true}');
}
