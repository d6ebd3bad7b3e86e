import { testProperty } from '../quick.ts';
import { monitorFollowsTheModel } from './monitor_model.ts';
import { planSortsEveryRowOnce } from './plan_model.ts';

testProperty(planSortsEveryRowOnce);
testProperty(monitorFollowsTheModel);
