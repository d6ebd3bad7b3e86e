import type { Claim } from '../control/host_claim.ts';
import type { Answering } from '../control/requests.ts';
import { ControlServer } from '../control/server.ts';
import type { Log } from '../log/logger.ts';

/** Lets operators ask. Where that is not possible it is logged, and the service heals all the same. */
export async function openControl(
  path: string,
  claim: Claim,
  service: Answering,
  log: Log,
): Promise<ControlServer | undefined> {
  const trouble = (reason: string, further = '') =>
    log.error(
      `Control socket ${path} cannot be made: ${reason}; status, check-now and breaker reset do not work${further}`,
      { event: 'control_socket_failed' },
    );
  if (claim.kind === 'impossible') {
    trouble(claim.reason, ', and a second service would not be noticed');
    return undefined;
  }
  try {
    return await ControlServer.open(path, service, (message) =>
      log.error(message, { event: 'control_socket_failed' }),
    );
  } catch (error) {
    trouble((error as Error).message);
    return undefined;
  }
}
