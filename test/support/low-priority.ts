import { constants, setPriority } from 'node:os';

// What only computes takes the time that others leave: also its threads and processes, which begin after this.
setPriority(constants.priority.PRIORITY_LOW);
