import { allProcesses, type Processes } from '../alarms/processes.ts';
import type { Settings } from '../configuration/settings.ts';
import { oneLine } from '../log/escape.ts';
import { StoreError } from '../monitor/alarm_store.ts';
import type { OptionValues } from './command.ts';
import { isMeant, NOTHING_CHANGED } from './confirm_alarms.ts';
import { Dialogue } from './dialogue.ts';
import { EXIT } from './exit_status.ts';
import { findProcesses } from './find_processes.ts';
import { missingRow } from './missing_row.ts';
import { processLines } from './process_lines.ts';
import { screen } from './screen.ts';
import { type Change, resultOf, setAlarms, setAllAlarms, wakeService } from './set_alarms.ts';
import { withProcesses } from './with_processes.ts';

const MENU = `
1  View all monitored processes
2  Set a process in alarm
3  Set all processes in alarm
4  Reset all alarms
5  Quit
`;

/** The menu to try out alarms, until the operator quits or the input ends. */
export function testAlarm(values: OptionValues): Promise<number> {
  return withProcesses(values, async (processes, settings) => {
    const dialogue = new Dialogue();
    try {
      await new TestMenu(dialogue, processes, settings).run();
    } finally {
      dialogue.close();
    }
    return EXIT.done;
  });
}

class TestMenu {
  readonly #dialogue: Dialogue;
  readonly #processes: Processes;
  readonly #settings: Settings;

  constructor(dialogue: Dialogue, processes: Processes, settings: Settings) {
    this.#dialogue = dialogue;
    this.#processes = processes;
    this.#settings = settings;
  }

  async run(): Promise<void> {
    while (!this.#dialogue.hasEnded) {
      this.#dialogue.say(MENU);
      const choice = await this.#dialogue.ask('Your choice (1-5): ');
      if (choice === undefined || /^(?:5|q|quit|exit)$/i.test(choice)) {
        return;
      }
      await this.#choose(choice);
    }
  }

  /** A database that fails is told, and the menu goes on: it may be back the next time. */
  async #choose(choice: string): Promise<void> {
    try {
      await this.#act(choice);
    } catch (error) {
      if (!(error instanceof StoreError)) {
        throw error;
      }
      this.#say(`The database could not be used: ${error.message}`);
    }
  }

  async #act(choice: string): Promise<void> {
    switch (choice) {
      case '':
        return;
      case '1':
        return await this.#view();
      case '2':
        return await this.#setOne();
      case '3':
        return await this.#setAll();
      case '4':
        return await this.#changeAll({ isInAlarm: false, note: undefined });
      default:
        this.#say(`"${choice}" is no choice here: type a number from 1 to 5`);
    }
  }

  async #view(): Promise<void> {
    const rows = await Array.fromAsync(allProcesses(this.#processes));
    this.#dialogue.say(`${processLines(rows, this.#settings, screen()).join('\n')}\n`);
  }

  async #setOne(): Promise<void> {
    const word = await this.#dialogue.ask('ID or name of the process: ');
    if (word === undefined || word === '') {
      return;
    }
    const { rows: found, unknown } = await findProcesses(allProcesses(this.#processes), [word]);
    const rows = found.filter(({ hasStatus }) => hasStatus);
    const change: Change = { isInAlarm: true, note: undefined };
    const changed = await setAlarms(this.#processes, rows, change);
    for (const line of [
      ...unknown.map(({ problem }) => problem),
      ...found.filter(({ hasStatus }) => !hasStatus).map(missingRow),
      ...rows.map((row) => resultOf(row, change)),
    ]) {
      this.#say(line);
    }
    await this.#wake(changed);
  }

  async #setAll(): Promise<void> {
    if (await isMeant(this.#dialogue, this.#processes)) {
      await this.#changeAll({ isInAlarm: true, note: undefined });
    } else {
      this.#say(NOTHING_CHANGED);
    }
  }

  async #changeAll(change: Change): Promise<void> {
    const { changed, summary } = await setAllAlarms(this.#processes, change);
    this.#say(summary);
    await this.#wake(changed);
  }

  async #wake(changed: number): Promise<void> {
    if (changed > 0) {
      this.#say(await wakeService(this.#settings.monitor.control_socket));
    }
  }

  #say(text: string): void {
    this.#dialogue.say(`${oneLine(text)}\n`);
  }
}
