/** What the topology is for. It decides nothing but whether a password may be written into the manifests. */
export enum Environment {
  PRODUCTION = 'production',
  /** A laptop or a test cluster: `Auth.literal()` is allowed. */
  DEVELOPMENT = 'development',
}
