import { fault, isDnsSubdomain, type Violation } from '../violation.js';

/** A Secret and its key, by the path of the prop. */
export function* secretRules(
  { name, key }: { readonly name?: string; readonly key: string },
  path: Violation['path'],
): Generator<Violation> {
  const prop = path.filter((step) => typeof step === 'string').join('.');
  if (name !== undefined && !isDnsSubdomain(name)) {
    yield fault(
      [...path, 'name'],
      `'${prop}.name' must be the name of a Secret: lower-case letters, digits, hyphens and dots`,
      name,
      'write the name as kubectl shows it',
    );
  }
  if (!/^[-\w.]{1,253}$/.test(key)) {
    yield fault(
      [...path, 'key'],
      `'${prop}.key' must be a key of the Secret: letters, digits, hyphens, dots and underscores`,
      key,
      'leave it out for password',
    );
  }
}
