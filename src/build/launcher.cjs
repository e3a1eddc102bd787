#!/usr/bin/env node
// Starts the command with the code that V8 compiled when it was built, which saves two thirds of the start. Where V8
// does not accept that (another version of node) or it is not there, V8 compiles as ever: slower, and with the same
// result.
const { readFileSync } = require('node:fs');
const { Script } = require('node:vm');

const filename = `${__dirname}/CLI_NAME.js`;
const { REDIS_SENTINEL_WRITE_CODE_CACHE: writeTo } = process.env;
let cachedData;
try {
  cachedData = readFileSync(`${__dirname}/CLI_NAME.cache`);
} catch {}
// The file is one function in ASCII, which V8 keeps as it is, in one byte for each character.
const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
script.runInThisContext()(exports, require, module, filename, __dirname);

if (writeTo) {
  process.on('exit', () => {
    require('node:fs').writeFileSync(writeTo, script.createCachedData());
  });
}
