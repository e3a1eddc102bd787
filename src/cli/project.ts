import { charts } from 'charts:typescript';
import { join } from 'node:path';

/** The project that the command was built from; this file runs from its build/. */
export const PROJECT = { bundled: charts, home: join(__dirname, '..') };
