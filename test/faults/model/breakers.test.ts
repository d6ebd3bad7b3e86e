import { testProperty } from '../quick.ts';
import { breakersFollowTheModel } from './breakers_model.ts';

testProperty(breakersFollowTheModel);
