/** One thing that is wrong with a topology file, in the words of the person who wrote it. */
export interface Problem {
  /** As it was named on the command line, or found in charts/. */
  readonly file: string;
  /** Where in the file; @default - the problem is the file as a whole */
  readonly position?: Position;
  readonly message: string;
}

/** Both count from 1, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** `charts/production.yaml:12:13: 'quorum' must be …`: the form that editors and CI logs turn into a link. */
export function formatProblem({ file, position, message }: Problem): string {
  return position ? `${file}:${position.line}:${position.column}: ${message}` : `${file}: ${message}`;
}

/** The topologies could not be used; carries everything that is wrong with all of them, not only the first. */
export class TopologyFileError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'TopologyFileError';
  }
}

/** In the order in which a person mends them: from the top of the file down. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => line(a) - line(b) || column(a) - column(b) || compare(a.message, b.message));
}

function line(problem: Problem): number {
  return problem.position?.line ?? 0;
}

function column(problem: Problem): number {
  return problem.position?.column ?? 0;
}

/** By code unit, not by the machine's language: the same order everywhere. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
