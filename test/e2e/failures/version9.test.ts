import { describeFailures } from './describeFailures';

describeFailures('9');
