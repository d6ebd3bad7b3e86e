import { testProperty } from '../quick.ts';
import { configurationSurvives, largeConfigurationEnds } from './configuration_fuzz.ts';
import { binaryShowsWhatItMeans } from './shown_by_the_binary.ts';

testProperty(configurationSurvives);
testProperty(largeConfigurationEnds);
testProperty(binaryShowsWhatItMeans);
