// A run that is killed tells its workers nothing: they would go on alone, and their servers with them.
function endWithRun(): never {
  process.exit(1);
}

// Once for each worker, which may have several files.
if (!process.listeners('disconnect').some(({ name }) => name === endWithRun.name)) {
  process.once('disconnect', endWithRun);
}
