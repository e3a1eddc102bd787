const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `end`, which must not wait for anything, when this process ends, by whatever but SIGKILL. A signal that nobody
 * else handles then ends the process as it would have done.
 *
 * @returns takes it back
 */
export function atEnd(end: () => void): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    takeBack();
    end();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  const takeBack = () => {
    process.off('exit', end);
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
  process.on('exit', end);
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return takeBack;
}
