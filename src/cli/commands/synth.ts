import { type Command, UsageError } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { FORMATS, type Format } from '../forms/form.js';
import { print, printBytes, printJson } from '../print.js';

/** Set by the build. */
declare const VERSION: string;

export const synth: Command = {
  name: 'synth',
  summary: 'Writes the Kubernetes manifests of topologies',
  usage: '[FILE…|-] [-o FOLDER | --stdout] [--format plain|kustomize|helm] [--split]',
  notes: [
    'Writes FOLDER/NAME.k8s.yaml for each topology FILE, all or nothing: after an error the folder is as it was. The file - is standard input, which must say its name.',
    'As Kustomize base, as Helm chart, and with --split, each topology has a folder of its own, FOLDER/NAME. What this command once wrote there and writes no more is removed.',
    'Without FILE: all of charts/, and the files of topologies that are no longer there are removed.',
  ],
  operands: { kind: 'file', least: 0, most: Number.POSITIVE_INFINITY },
  options: [
    {
      name: '--output',
      short: '-o',
      value: 'FOLDER',
      example: 'dist',
      meaning: 'folder for the manifests; dist unless given',
    },
    {
      name: '--format',
      value: 'FORMAT',
      choices: FORMATS,
      meaning: 'plain, kustomize (a base) or helm (a chart); plain unless given',
    },
    { name: '--split', meaning: 'a file for each object' },
    { name: '--stdout', meaning: 'one stream of YAML documents instead of files; with --json one List' },
  ],
  examples: [
    { command: 'synth', meaning: 'all of charts/ to dist/' },
    { command: 'synth cache.yaml -o manifests', meaning: 'one topology to a folder' },
    { command: 'synth cache.yaml --format helm -o charts-of-helm', meaning: 'a chart in charts-of-helm/cache' },
    { command: 'synth - --stdout < cache.yaml | kubectl apply -f -', meaning: 'straight to the cluster' },
  ],
  async run({ operands: files, json, value, has }) {
    const toStdout = has('--stdout');
    const output = value('--output');
    const format = (value('--format') ?? 'plain') as Format;
    const split = has('--split');
    if (toStdout && output !== undefined) {
      throw new UsageError('--stdout and --output are two places for the manifests; give one of them');
    }
    if (toStdout && (format !== 'plain' || split)) {
      const what = split ? '--split' : `--format ${format}`;
      throw new UsageError(
        `${what} gives several files, which --stdout has no place for; give --output FOLDER instead`,
      );
    }
    const { PROJECT } = await import('../project.js');
    const { synth, manifests } = await import('../synth.js');
    if (!toStdout) {
      const plain = format === 'plain' && !split;
      const form = plain ? undefined : (await import('../forms/index.js')).formOf(format, split, VERSION);
      const written = synth({ files, output, form, ...PROJECT });
      if (json) printJson({ files: written });
      else print(written.map(({ path, change }) => `${path} ${change}`).join('\n'));
      return EXIT.ok;
    }
    const { objectsAsList, stream } = await import('../manifests.js');
    const built = manifests({ files, ...PROJECT });
    if (json) printJson(objectsAsList(built));
    else printBytes(stream(built));
    return EXIT.ok;
  },
};
