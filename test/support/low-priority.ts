import { constants, setPriority } from 'node:os';

// What only computes takes little but the time that others leave: about a tenth of what one of them gets, so that it goes on
// also where the machine is busy. So do its threads and processes, which begin after this.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
