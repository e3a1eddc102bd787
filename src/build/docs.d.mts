/** The tables in the comments of a source, each as the lines of a Markdown table. */
export declare function tablesOf(source: string): string[][];
/**
 * The page with its tables as the sources have them.
 * @param read gives the source of a decision by its name. @default - the file of src/agent/program/decide
 */
export declare function withTables(page: string, read?: (name: string) => string): string;
/** Names and numbers of the tables that a page has: `start 1`. */
export declare function marksOf(page: string): string[];
