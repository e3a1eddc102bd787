/** What the topology is for. It decides nothing but what is allowed of passwords. */
export enum Environment {
  PRODUCTION = 'production',
  /** A laptop or a test cluster: `Auth.literal()` is allowed, and `Auth.none()` with an open network. */
  DEVELOPMENT = 'development',
}
