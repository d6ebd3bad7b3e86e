import { randomUUID } from 'node:crypto';
import type { Ticket } from '../control/reports.ts';
import { Refused } from '../control/requests.ts';

/** What somebody waits for, as it is now. */
type Report = () => { readonly done: boolean };

/** More at once are a script that has gone wild. */
const MAX_TICKETS = 100;

/**
 * What operators wait for. A connection to the control socket has a bound, a restart has another: so they are given a
 * ticket, and ask again. Whoever goes away leaves the work to go on.
 */
export class Tickets {
  readonly #reports = new Map<string, Report>();

  /** Checks that there is room. @throws Refused */
  reserve(): void {
    for (const [ticket, report] of this.#reports) {
      if (this.#reports.size < MAX_TICKETS) {
        return;
      }
      if (report().done) {
        this.#reports.delete(ticket);
      }
    }
    if (this.#reports.size >= MAX_TICKETS) {
      throw new Refused(`${MAX_TICKETS} requests wait already, try again later`, 503);
    }
  }

  issue(report: Report): Ticket {
    const ticket = randomUUID();
    this.#reports.set(ticket, report);
    return { ticket };
  }

  /** @throws Refused */
  report(ticket: string): object {
    const report = this.#reports.get(ticket);
    if (!report) {
      throw new Refused('the service was started again, and knows nothing of this request', 404);
    }
    return report();
  }
}
