/** The text as one quoted word of a configuration file of Redis or Sentinel. It holds no control characters. */
export function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
