import type { Plugin as EsbuildPlugin } from 'esbuild';
import type { Plugin as VitePlugin } from 'vitest/config';

/** The repository's folder. */
export declare const root: string;
export declare function esbuildAssets(): EsbuildPlugin;
export declare function viteAssets(): VitePlugin;
