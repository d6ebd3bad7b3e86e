import { breakersFollowTheModel } from './breakers_model.ts';
import { testProperty } from './quick.ts';

testProperty(breakersFollowTheModel);
