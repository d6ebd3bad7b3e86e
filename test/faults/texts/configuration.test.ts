import { testProperty } from '../quick.ts';
import { configurationSurvives, largeConfigurationEnds } from './configuration_fuzz.ts';

testProperty(configurationSurvives);
testProperty(largeConfigurationEnds);
