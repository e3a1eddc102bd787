/** How strictly the pods of one set keep apart. */
export enum Spread {
  /** Never two on one node (in one zone more than in another): a pod without such a place stays pending. */
  REQUIRED = 'required',
  /** Two on one node if there are too few nodes, as in a one-node test cluster. */
  PREFERRED = 'preferred',
}

/** What the pods of one set keep apart by. */
export interface SpreadChoices {
  /** Whether two servers may share a node. */
  readonly nodes: Spread;
  /** Whether servers must be in different zones. */
  readonly zones: Spread;
}
