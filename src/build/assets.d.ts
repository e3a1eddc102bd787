/** The exact text of a shell script, embedded when the project is built or tested (see asset-plugins.mjs). */
declare module '*.sh' {
  const text: string;
  export default text;
}

/**
 * `program:verification/program/verify.ts`, a path below src/: that TypeScript program bundled with everything it
 * imports into one minified CommonJS file, as text. It runs in a pod that has nothing but Node.
 */
declare module 'program:*' {
  const text: string;
  export default text;
}

/** The charts in TypeScript of charts/, compiled into the command. */
declare module 'charts:typescript' {
  import type { BundledChart } from '../cli/charts.js';
  export const charts: readonly BundledChart[];
}
