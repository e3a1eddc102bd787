/** One fault of a topology: where, in the words of the props, what is wrong with it and how to mend it. */
export interface Violation {
  /**
   * Path to the prop, `['writeSafety', 'maxLag']`. A place without a name of its own in a YAML topology (the version in
   * `engine: { redis: "8.2.2" }`) is found at the longest part of the path that exists.
   */
  readonly path: readonly (string | number)[];
  /** The prop, the rule, the reason, the value and the remedy. */
  readonly message: string;
}

/** Name of most objects of Kubernetes, and of a DNS domain. */
export const DNS_SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** A violation in the usual form: the rule with its reason, the value, the remedy. */
export function fault(path: Violation['path'], rule: string, got: unknown, mend: string): Violation {
  return { path, message: `${rule}, got '${got}': ${mend}` };
}

export const QUALIFIED_NAME = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?$/;
export const LABEL_VALUE = /^([A-Za-z0-9]([-\w.]{0,61}[A-Za-z0-9])?)?$/;

/** Such as a namespace's name. */
export function isDnsLabel(name: string): boolean {
  return /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name) && name.length <= 63;
}

export function isDnsSubdomain(name: string): boolean {
  return DNS_SUBDOMAIN.test(name) && name.length <= 253;
}
