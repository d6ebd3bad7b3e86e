import { testProperty } from '../quick.ts';
import { linesStayLines, namesStayHarmless, notesFitTheirColumn } from './texts_fuzz.ts';

testProperty(namesStayHarmless);
testProperty(notesFitTheirColumn);
testProperty(linesStayLines);
