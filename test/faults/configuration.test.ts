import { configurationSurvives, largeConfigurationEnds } from './configuration_fuzz.ts';
import { testProperty } from './quick.ts';

testProperty(configurationSurvives);
testProperty(largeConfigurationEnds);
