#!/usr/bin/env node
// Stands in for kubectl: notes how it is called, and answers as the file ANSWERS says, by the first words of the call. An
// answer is { out, err, code, hang }; of several, the next one each time, and then the last one for ever.
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');

const { ANSWERS, CALLS } = process.env;
const words = process.argv.slice(2);
const plain = words.filter(
  (word, i) => !/^--(namespace|context)$/.test(word) && !/^--(namespace|context)$/.test(words[i - 1]),
);
const stdin = plain.includes('-f') ? readFileSync(0, 'utf8') : undefined;
appendFileSync(CALLS, `${JSON.stringify({ words, stdin })}\n`);

const answers = JSON.parse(readFileSync(ANSWERS, 'utf8'));
const key = Object.keys(answers).find((begin) => plain.join(' ').startsWith(begin));
if (key === undefined) {
  process.stderr.write(`unexpected: kubectl ${plain.join(' ')}\n`);
  process.exit(99);
}
const queue = [answers[key]].flat();
const [answer] = queue;
if (queue.length > 1) writeFileSync(ANSWERS, JSON.stringify({ ...answers, [key]: queue.slice(1) }));
process.stdout.write(answer.out ?? '');
process.stderr.write(answer.err ?? '');
if (answer.hang) setInterval(() => {}, 1000);
else process.exitCode = answer.code ?? 0;
