export type Path = readonly (string | number)[];

/** One thing that a file says which is not one of its words, or not such a value. */
export interface Misreading {
  readonly path: Path;
  /** Whether the word itself is meant, and not the value behind it. */
  readonly ofWord: boolean;
  /** Without the word's name, which is put before it: `must be …`. */
  readonly message: string;
}

/** What the one who reads knows beside the words. */
export interface Background {
  /** The value at a path as a person typed it: YAML makes 8.1 of `8.10`. @default - it is not known */
  typed?(path: Path): string | undefined;
  /** What is said to a word of another project's, in the place of a guess. @default - nothing */
  foreign?(path: Path): string | undefined;
  /** The same where nothing is known of the place, and no word of ours is near. @default - nothing */
  foreignAnywhere?(path: Path): string | undefined;
}

/** A place in what is read, and where all that is wrong is collected. */
export class Reading {
  static begin(background: Background = {}): Reading {
    return new Reading([], background);
  }

  private constructor(
    readonly faults: Misreading[],
    private readonly background: Background,
    private readonly parent?: Reading,
    private readonly key: string | number = '',
  ) {}

  get path(): Path {
    return this.parent ? [...this.parent.path, this.key] : [];
  }

  /** The value as it was typed, where that is known. */
  get typed(): string | undefined {
    return this.background.typed?.(this.path);
  }

  /** What is said to the last word of the path, where it is another project's. */
  get foreign(): string | undefined {
    return this.background.foreign?.(this.path);
  }

  get foreignAnywhere(): string | undefined {
    return this.background.foreignAnywhere?.(this.path);
  }

  at(key: string | number): Reading {
    return new Reading(this.faults, this.background, this, key);
  }

  /** @returns undefined, in the place of a value */
  fault(message: string): undefined {
    this.faults.push({ path: this.path, ofWord: false, message });
  }

  /** @returns undefined, in the place of a value */
  unknown(message: string): undefined {
    this.faults.push({ path: this.path, ofWord: true, message });
  }

  /** What is read, or undefined where something in it is wrong. */
  sound<T>(read: () => T | undefined): T | undefined {
    const before = this.faults.length;
    const value = read();
    return this.faults.length > before ? undefined : value;
  }
}
