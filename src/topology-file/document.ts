import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  visit,
} from 'yaml';
import type { Position } from './problem.js';

/** A value's place in the document: `['failover', 'downAfter']`. */
export type Path = readonly PropertyKey[];

/** What is wrong with the YAML itself, before anyone asks what it means. */
export interface Fault {
  readonly position: Position;
  readonly message: string;
}

/**
 * A topology file as data, with the way back: from a value to the line and column where a person typed it.
 */
export class TopologyDocument {
  /** As plain objects. Undefined if there are faults. */
  readonly value: Record<string, unknown> | undefined;
  readonly faults: readonly Fault[];
  private readonly lines = new LineCounter();
  private readonly document: Document;

  constructor(text: string) {
    // Merged keys (`<<: *usual`) are of YAML 1.1, and what people know.
    this.document = parseDocument(text, { lineCounter: this.lines, prettyErrors: false, merge: true });
    this.faults = this.findFaults();
    if (this.faults.length === 0) {
      try {
        this.value = this.document.toJS({ maxAliasCount: MAX_ALIASES });
      } catch (error) {
        // Aliases of aliases, which grow to gigabytes; or a merge of what is no mapping.
        const message = /merge/i.test((error as Error).message)
          ? "'<<' takes words from where its alias was marked, and there are none"
          : `aliases may repeat at most ${MAX_ALIASES} values`;
        this.faults = [{ position: this.firstAlias(), message }];
      }
    }
  }

  /** Of the value; of the nearest one that exists when there is none. */
  positionOfValue(path: Path): Position {
    let offset = 0;
    let node: unknown = this.document.contents;
    for (const key of path) {
      const pair = findChild(node, key);
      if (!pair) break;
      offset = startOf(pair.value) ?? startOf(pair.key) ?? offset;
      node = pair.value;
    }
    return this.position(offset);
  }

  /** A plain value as it was typed: YAML makes 8.1 of `8.10`. */
  typed(path: Path): string | undefined {
    let node: unknown = this.document.contents;
    for (const key of path) node = findChild(node, key)?.value;
    return isScalar(node) ? node.source : undefined;
  }

  /** Of the last key, where the value does not matter: an unknown word. */
  positionOfKey(path: Path): Position {
    let node: unknown = this.document.contents;
    let offset = 0;
    for (const key of path) {
      const pair = findChild(node, key);
      if (!pair) break;
      offset = startOf(pair.key) ?? startOf(pair.value) ?? offset;
      node = pair.value;
    }
    return this.position(offset);
  }

  private findFaults(): Fault[] {
    // Most of what follows the first few is their consequence.
    const faults = [...this.document.errors, ...this.document.warnings].slice(0, 10).map(({ code, message, pos }) => ({
      position: this.position(pos[0]),
      message: EXPLAINED[code] ?? `this is not YAML: ${message}`,
    }));
    if (faults.length > 0) return faults;
    const { contents } = this.document;
    if (contents === null || (isScalar(contents) && contents.value === null)) {
      return [{ position: { line: 1, column: 1 }, message: `the file is empty; the least that it needs: ${SMALLEST}` }];
    }
    if (!isMap(contents)) {
      const message = `a topology is a list of words with their values, such as: ${SMALLEST}`;
      return [{ position: this.position(startOf(contents) ?? 0), message }];
    }
    return this.findOddities();
  }

  /**
   * Keys that JavaScript's objects cannot hold, or hold already, and which a schema would therefore pass over; and
   * aliases of nothing (the library's `resolve` looks through the whole document for each).
   */
  private findOddities(): Fault[] {
    const faults: Fault[] = [];
    const anchors = new Set<string>();
    const add = (node: unknown, message: string) => {
      faults.push({ position: this.position(startOf(node) ?? 0), message });
    };
    visit(this.document, {
      Pair: (_, { key }) => {
        const word = isScalar(key) ? key.value : undefined;
        if (isMerge(key)) return;
        if (typeof word !== 'string') add(key, 'the word before a colon must be text');
        else if (OF_EVERY_OBJECT.includes(word)) add(key, `'${word}' is unknown here`);
      },
      Node: (_, node) => {
        if (!isAlias(node)) {
          if (node.anchor) anchors.add(node.anchor);
        } else if (!anchors.has(node.source)) {
          add(node, `*${node.source} stands for nothing; no value above is marked with &${node.source}`);
        }
      },
    });
    return faults;
  }

  private firstAlias(): Position {
    let offset = 0;
    visit(this.document, {
      Alias: (_, alias) => {
        offset = startOf(alias) ?? 0;
        return visit.BREAK;
      },
    });
    return this.position(offset);
  }

  private position(offset: number): Position {
    const { line, col } = this.lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}

const MAX_ALIASES = 100;
const OF_EVERY_OBJECT = ['__proto__', 'prototype', 'constructor'];
const SMALLEST = "'memory: 1Gi'";

const EXPLAINED: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: "one file holds one topology; put what follows '---' into a file of its own",
  DUPLICATE_KEY: 'this word stands here twice; keep one of them',
  TAB_AS_INDENT: 'a tab cannot indent in YAML; use spaces',
};

function findChild(node: unknown, key: PropertyKey): Pair | { key: undefined; value: unknown } | undefined {
  if (isMap(node))
    return node.items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key));
  if (isSeq(node)) return key in node.items ? { key: undefined, value: node.items[Number(key)] } : undefined;
  // What stands behind an alias was typed elsewhere, and is used here: this is the place to name.
  if (isAlias(node)) return undefined;
  return undefined;
}

/** `<<`, which stands for all that its alias holds. */
function isMerge(key: unknown): boolean {
  return isScalar(key) && (key.value === '<<' || typeof key.value === 'symbol');
}

function startOf(node: unknown): number | undefined {
  if (!isNode(node) || !node.range) return undefined;
  // `memory:` without a value is an empty node behind the colon, which nobody can see: let the key be named.
  return node.range[0] === node.range[1] ? undefined : node.range[0];
}
