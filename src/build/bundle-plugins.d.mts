import type { Plugin } from 'esbuild';

export declare function esbuildCharts(): Plugin;
export declare function esbuildLean(): Plugin;
/** Built-in modules of Node that are loaded only when they are used. */
export declare const LATE: readonly string[];
export declare function leanResolve(text: string): string;
export declare function leanK8s(text: string, used: ReadonlySet<string>, path: string): string;
export declare function withoutComments(path: string): Promise<string>;
export declare function findUsed(library: string): Promise<Set<string>>;
