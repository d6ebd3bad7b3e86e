import { type Settings, settingsOf } from '../configuration/settings.ts';
import type { ExaminationReport } from '../control/reports.ts';
import { RestartPool } from '../monitor/restart_pool.ts';
import { type Examination, type ExaminationContext, examine } from '../restart/examine.ts';
import { RecipeBook } from '../restart/recipe_book.ts';
import { hostClock } from '../system/clock.ts';

/** At a time. */
const MAX_EXAMINATIONS = 8;

/** Health checks that a person asks for. */
export class Examinations {
  readonly #settings: () => Settings;
  readonly #context: ExaminationContext;
  readonly #pool = new RestartPool(() => MAX_EXAMINATIONS);
  readonly #underWay = new Map<string, Promise<ExaminationReport | undefined>>();

  constructor(settings: () => Settings, context: ExaminationContext) {
    this.#settings = settings;
    this.#context = context;
  }

  /** Those who ask for the same at the same time share it. Undefined: stopped before it began. Never rejects. */
  run(name: string): Promise<ExaminationReport | undefined> {
    const underWay = this.#underWay.get(name);
    if (underWay) {
      return underWay;
    }
    const examined = this.#pool
      .run(name, () => this.#examine(name))
      .finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, examined);
    return examined;
  }

  /** Lets no further one begin; resolves when none runs any more. */
  async stop(): Promise<void> {
    this.#pool.close();
    await this.#pool.idle();
  }

  async #examine(name: string): Promise<ExaminationReport> {
    const settings = settingsOf(this.#settings(), name);
    const found = await examine({ name, settings }, this.#context).catch(failedOnHost(name));
    const { failure, kind, asked, durationMs } = found;
    return {
      name,
      healthy: failure === undefined,
      reason: failure?.reason ?? '',
      kind,
      asked,
      duration_ms: durationMs,
      output: failure?.output ?? [],
    };
  }
}

/** Those of a command while no service runs. It prints what it has to tell, and ends before they do. */
export function examinationsHere(settings: Settings): Examinations {
  return new Examinations(() => settings, {
    log: { debug() {}, info() {}, warning() {}, error() {} },
    clock: hostClock,
    recipes: new RecipeBook(),
    secrets: () => [settings.database.password],
    ending: new AbortController().signal,
  });
}

/** The host could not do it, having no descriptor left say. */
function failedOnHost(name: string) {
  return ({ message }: Error): Examination => ({
    failure: { reason: message, output: [] },
    kind: 'program',
    asked: name,
    durationMs: 0,
  });
}
