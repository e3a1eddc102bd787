import agent from 'program:agent/program/main.ts';
import handOver from './scripts/hand-over.sh';
import launch from './scripts/launch.sh';

/** What the pods run beside the engine, by the names that it has in the ConfigMap. */
export const AGENT_FILES = { 'launch.sh': launch, 'hand-over.sh': handOver, 'agent.cjs': agent } as const;
