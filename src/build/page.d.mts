/** The files of the simulator's page by their names (page.mjs). */
export declare function buildPage(): Promise<Record<string, string>>;
