import { describeRuns } from './support/shipped/describeRuns';

describeRuns('8.4');
