import type { KnownUnit } from '../../src/system/unit_state.ts';

/** A unit that was never started, apart from what is given. */
export function unitWith(state: Partial<KnownUnit>): KnownUnit {
  return {
    kind: 'known',
    id: 'web.service',
    names: ['web.service'],
    load: 'loaded',
    type: 'simple',
    result: 'success',
    active: 'inactive',
    sub: 'dead',
    mainPid: 0,
    mainEnd: undefined,
    conditions: [],
    asserts: [],
    isConditional: false,
    requires: [],
    unmet: undefined,
    refusesManualStop: false,
    invocation: '',
    hasJob: false,
    startLimitMs: 90_000,
    stopLimitMs: 90_000,
    runLimitMs: Number.POSITIVE_INFINITY,
    times: { inactiveExit: 0, activeEnter: 0, activeExit: 0, mainStart: 0, mainExit: 0 },
    ...state,
  };
}
