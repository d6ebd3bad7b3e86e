import { monitorFollowsTheModel } from './monitor_model.ts';
import { planSortsEveryRowOnce } from './plan_model.ts';
import { testProperty } from './quick.ts';

testProperty(planSortsEveryRowOnce);
testProperty(monitorFollowsTheModel);
