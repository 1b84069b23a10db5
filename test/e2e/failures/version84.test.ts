import { describeFailures } from './describeFailures';

describeFailures('8.4');
