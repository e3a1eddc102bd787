// A run that is killed tells its workers nothing: they would go on alone, and their servers with them.
process.once('disconnect', () => process.exit(1));
