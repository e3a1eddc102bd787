/**
 * In a browser, the little of Node's modules that the loader of topologies uses; of the rest, which reads files and makes
 * passwords, nothing is called there.
 */
export function basename(path: string, suffix = ''): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return suffix !== '' && name.endsWith(suffix) && name !== suffix ? name.slice(0, -suffix.length) : name;
}

export function extname(path: string): string {
  const name = basename(path);
  const dot = name.lastIndexOf('.');
  return dot > 0 ? name.slice(dot) : '';
}

export function resolve(path: string): string {
  return path;
}

export function join(...parts: readonly string[]): string {
  return parts.join('/');
}

/** 4, 6, or 0 where it is no address. */
export function isIP(text: string): 0 | 4 | 6 {
  const part = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
  if (new RegExp(`^${part}(?:\\.${part}){3}$`).test(text)) return 4;
  try {
    return text.includes(':') && new URL(`http://[${text}]/`).hostname !== '' ? 6 : 0;
  } catch {
    return 0;
  }
}

/** In the place of all others. */
export function absent(): never {
  throw new Error('a page has nothing of Node');
}
