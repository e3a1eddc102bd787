import type { Command } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { print, printJson } from '../print.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** @param commands asked for only when it runs: this is one of them */
export function completionCommand(commands: () => readonly Command[]): Command {
  return {
    name: 'completion',
    summary: 'Writes the completion script of a shell',
    usage: SHELLS.join('|'),
    notes: [],
    operands: { kind: 'word', least: 1, most: 1, words: SHELLS },
    options: [],
    examples: [
      { command: 'completion bash > ~/.local/share/bash-completion/completions/cdk8s-redis-sentinel', meaning: 'bash' },
      { command: 'completion zsh > ~/.zfunc/_cdk8s-redis-sentinel', meaning: 'zsh' },
      { command: 'completion fish > ~/.config/fish/completions/cdk8s-redis-sentinel.fish', meaning: 'fish' },
    ],
    async run({ operands: [shell], json }) {
      const { completionScript } = await import('../completion.js');
      const script = completionScript(shell as (typeof SHELLS)[number], commands());
      if (json) printJson({ shell, script });
      else print(script.trimEnd());
      return EXIT.ok;
    },
  };
}
