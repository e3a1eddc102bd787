import { Yaml } from 'cdk8s';

/**
 * The bytes that cdk8s' `Yaml.stringify` gives, in a tenth of the time; but for texts that it leaves without quotes and that
 * kubectl takes for numbers.
 *
 * It writes itself what a manifest almost wholly consists of: mappings, lists, plain words, and programs as block
 * scalars, which are turned into bytes only once however many topologies have them. Whether an odd text needs quotes,
 * and which, it asks the library; an object with something rarer it leaves to the library altogether.
 */
export function encode(objects: readonly unknown[]): Buffer {
  const chunks: Buffer[] = [];
  objects.forEach((object, i) => {
    if (i > 0) chunks.push(SEPARATOR);
    chunks.push(...(fast(object) ?? [Buffer.from(Yaml.stringify(object))]));
  });
  return Buffer.concat(chunks);
}

const SEPARATOR = Buffer.from('---\n');

/** Thrown where the library's choice depends on more than is known here. */
class Rare extends Error {}

function fast(object: unknown): readonly Buffer[] | undefined {
  if (!isMapping(object) || isEmpty(object)) return undefined;
  try {
    const writer = new Writer();
    writer.mapping(object, '');
    return writer.end();
  } catch (error) {
    if (error instanceof Rare) return undefined;
    throw error;
  }
}

class Writer {
  private readonly chunks: Buffer[] = [];
  private readonly seen = new Set<unknown>();
  private text = '';

  end(): readonly Buffer[] {
    this.chunks.push(bytes(this.text));
    return this.chunks;
  }

  /** The lines of a mapping; before the first one, the caller has written the indentation. */
  mapping(object: Readonly<Record<string, unknown>>, indent: string): void {
    this.notTwice(object);
    let first = true;
    for (const key in object) {
      if (!first) this.text += indent;
      first = false;
      this.text += `${plainKey(key)}:`;
      const child = object[key];
      const deeper = `${indent}  `;
      if (isFilled(child)) {
        this.text += `\n${deeper}`;
        this.collection(child, deeper);
      } else {
        this.text += ' ';
        this.scalar(child, deeper);
      }
    }
  }

  private list(items: readonly unknown[], indent: string): void {
    this.notTwice(items);
    const deeper = `${indent}  `;
    items.forEach((item, i) => {
      this.text += i > 0 ? `${indent}- ` : '- ';
      if (isFilled(item)) this.collection(item, deeper);
      else this.scalar(item, deeper);
    });
  }

  private collection(value: object, indent: string): void {
    if (Array.isArray(value)) this.list(value, indent);
    else this.mapping(value as Record<string, unknown>, indent);
  }

  private scalar(value: unknown, indent: string): void {
    if (typeof value === 'string' && value.includes('\n')) {
      this.chunks.push(bytes(this.text), block(value, indent));
      this.text = '';
    } else {
      this.text += `${inline(value)}\n`;
    }
  }

  /** The library would write the second as an alias of the first. */
  private notTwice(object: object): void {
    if (this.seen.has(object)) throw new Rare();
    this.seen.add(object);
  }
}

/** For ASCII, a copy; UTF-8 is made character by character. */
function bytes(text: string): Buffer {
  return Buffer.from(text, ASCII.test(text) ? 'latin1' : 'utf8');
}

const ASCII = /^[\0-\x7f]*$/;

function plainKey(key: string): string {
  if (key.length > 128 || !PLAIN.test(key) || RESERVED.test(key)) throw new Rare();
  return key;
}

function inline(value: unknown): string {
  if (typeof value === 'string') {
    if (value.length < 256 && PLAIN.test(value) && !RESERVED.test(value)) return value;
    if (SENTENCE.test(value) && !RESERVED.test(value)) return value;
    return QUOTED.test(value) ? `"${value}"` : quoted(value);
  }
  if (Number.isSafeInteger(value) || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return '[]';
  if (isMapping(value)) return '{}';
  throw new Rare();
}

/**
 * Begins with a letter, a slash, or an option's dashes, or is an amount with its unit or an address, so it is no number or date; no colon or blank where it
 * would mean something.
 */
const PLAIN = /^(?:(?:--?)?[A-Za-z/](?:[\w./@=+$(),-]|:(?=[\w/])| (?=\w))*|[1-9]\d*(?:m|Mi|Gi|%|(?:\.\d+){3}))$/;
/** Begins as no number, list or mapping does, and has no colon or number sign where they would mean something. */
const SENTENCE = /^[A-Za-z(](?:[!-"$-9;-~]| (?!#)|:(?=[!-~])|(?<! )#)*[!-9;-~]$/;
/** What would otherwise be a number, a truth value, or nothing at all. */
const QUOTED = /^(?:0|[1-9]\d{0,15}|yes|no|true|false|on|off|null|)$/;
/** What YAML 1.1 takes for something else than text. */
const RESERVED = /^(?:y|yes|n|no|true|false|on|off|null)$/i;

/** Begins with what would mean something, such as JSON in an annotation; and needs no escapes. */
const MARKED = /^[{[*&!%@#|>][ -[\]-~]*$/;

/** As Go's YAML reads a number: without its underscores, in any base, with an exponent. */
const NUMBER = /^[-+]?(0x[0-9a-f]+|0b[01]+|0o?[0-7]+|\d+|(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?)$/i;

function isNumberToKubectl(text: string): boolean {
  return text.length < 64 && /^[-+.\d]/.test(text) && NUMBER.test(text.replaceAll('_', ''));
}

const quotedTexts = new Map<string, string>();

function quoted(text: string): string {
  if (MARKED.test(text) && !text.includes("'")) return text.includes('"') ? `'${text}'` : `"${text}"`;
  if (isNumberToKubectl(text)) return `"${text}"`;
  let result = quotedTexts.get(text);
  if (result === undefined) {
    result = Yaml.stringify(text).slice(0, -1);
    if (result.includes('\n')) throw new Rare();
    quotedTexts.set(text, result);
  }
  return result;
}

/** Printable characters in lines, that neither begins nor ends with white space but for the one newline at its end. */
const LINES = /^[!-~][\t\n -~\u00a1-\u1fff\u2010-\u2027]*[!-~]\n$/;

/** By indentation, then by text. */
const blocks = new Map<string, Map<string, Buffer>>();

/** The programs are the same in all topologies, and most of a manifest's bytes. */
function block(text: string, indent: string): Buffer {
  let known = blocks.get(indent);
  if (!known) {
    known = new Map();
    blocks.set(indent, known);
  }
  let result = known.get(text);
  if (!result) {
    const regular = `|\n${indent}${text.slice(0, -1).replaceAll(/\n+/g, `$&${indent}`)}\n`;
    result = bytes(LINES.test(text) ? regular : libraryBlock(text, indent));
    known.set(text, result);
  }
  return result;
}

/** What the library makes of a text that stands as deep as this. */
function libraryBlock(text: string, indent: string): string {
  const depth = indent.length / 2;
  let object: unknown = text;
  let prefix = '';
  for (let i = 0; i < depth; i++) {
    object = { a: object };
    prefix += `${'  '.repeat(i)}a:${i < depth - 1 ? '\n' : ' '}`;
  }
  return Yaml.stringify(object).slice(prefix.length);
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isFilled(value: unknown): value is object {
  return Array.isArray(value) ? value.length > 0 : isMapping(value) && !isEmpty(value);
}

function isEmpty(object: object): boolean {
  for (const _ in object) return false;
  return true;
}
