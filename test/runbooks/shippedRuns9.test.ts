import { describeRuns } from './support/shipped/describeRuns';

describeRuns('9');
