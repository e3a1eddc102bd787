/** How strictly the pods of one set keep to different nodes. */
export enum Spread {
  /** Never two on one node: a pod without a node of its own stays pending. */
  REQUIRED = 'required',
  /** Two on one node if there are too few nodes, as in a one-node test cluster. */
  PREFERRED = 'preferred',
}
