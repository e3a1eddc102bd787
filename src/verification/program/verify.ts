// Tells whether a topology is sound, as a Kubernetes Job: bundled into one file, it runs on the stock `node` image.
//
//   exit code  when
//   0 sound    every check found what the topology says
//   1 unsound  at least one check saw something that is wrong:
//              - an answer other than the expected one (value, role, quorum, setting, list of Sentinels or replicas);
//              - an error reply that an application would get too (NOREPLICAS, OOM, NOPERM, ...);
//              - a Sentinel or replica that is gone although it was there when the topology was ready;
//              - in a drill: writes lost that must not be, an outage that did not end, not whole again within its limit
//   2 unknown  nothing wrong was seen, but it could not be told whether all is right:
//              - the environment is not usable;
//              - not ready in time: a Sentinel silent, its master unknown, the master silent, a replica not linked;
//              - no answer in time from the master, or from anyone whom a check needs;
//              - ended from outside (SIGTERM), or the checks' time was up;
//              - a drill that was refused, or to which nobody did a failover
import { messageOf } from './finding.js';
import { type CheckReport, EXIT_CODES, formatCheck, formatWaiting, overall, type Report } from './report.js';
import { type ProgramSettings, readSettings, SettingsError } from './settings.js';
import { verify } from './verification.js';

const started = new Date();
const checks: CheckReport[] = [];
const stop = new AbortController();

const listener = {
  waiting: (text: string, name?: string) => console.log(formatWaiting(text, name)),
  checked: (check: CheckReport) => {
    checks.push(check);
    console.log(formatCheck(check));
  },
};

process.once('SIGTERM', () => stop.abort(new Error('the verification was ended from outside (SIGTERM)')));

void main().then((code) => process.exit(code));

async function main(): Promise<Report['exitCode']> {
  let master: string | null = null;
  try {
    const settings = settingsOrFindings();
    if (settings) master = await verify(settings, listener, stop.signal);
  } catch (error) {
    // A fault of this program's own says nothing about the topology.
    listener.checked({ name: 'verification', verdict: 'unknown', milliseconds: 0, found: messageOf(error) });
  }
  const verdict = overall(checks);
  const report: Report = {
    report: 'redis-sentinel-verification',
    version: 1,
    topology: process.env.TOPOLOGY ?? '',
    mode: process.env.MODE ?? 'verify',
    verdict,
    exitCode: EXIT_CODES[verdict],
    startedAt: started.toISOString(),
    milliseconds: Date.now() - started.getTime(),
    master,
    checks,
  };
  console.log(JSON.stringify(report));
  return report.exitCode;
}

function settingsOrFindings(): ProgramSettings | undefined {
  try {
    return readSettings(process.env);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const found of error.problems) {
      listener.checked({ name: 'environment', verdict: 'unknown', milliseconds: 0, found });
    }
    return undefined;
  }
}
