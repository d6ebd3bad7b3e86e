/** What the signals ask of the service. */
export interface Signalled {
  /** Before it is obeyed. */
  received(signal: NodeJS.Signals): void;
  stop(): void;
  /** A second request to stop. */
  endAtOnce(): void;
  reload(): void;
  checkNow(): void;
}

/** Listens from the start; what arrives before there is a service to tell is told once there is. */
export class Signals {
  #service: Signalled | undefined;
  #early: NodeJS.Signals[] = [];
  #isStopping = false;
  #isReloadDue = false;

  constructor() {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) {
      process.on(signal, () => this.#receive(signal));
    }
  }

  tell(service: Signalled): void {
    this.#service = service;
    for (const signal of this.#early.splice(0)) {
      this.#receive(signal);
    }
  }

  #receive(signal: NodeJS.Signals): void {
    if (!this.#service) {
      this.#early.push(signal);
      return;
    }
    this.#service.received(signal);
    if (signal === 'SIGHUP') {
      this.#reload(this.#service);
    } else if (signal === 'SIGUSR1') {
      this.#service.checkNow();
    } else if (this.#isStopping) {
      this.#service.endAtOnce();
    } else {
      this.#isStopping = true;
      this.#service.stop();
    }
  }

  /** What arrives meanwhile is served by the same reload: a flood of signals must not hold up the checks. */
  #reload(service: Signalled): void {
    if (!this.#isReloadDue) {
      this.#isReloadDue = true;
      setImmediate(() => {
        this.#isReloadDue = false;
        service.reload();
      });
    }
  }
}
