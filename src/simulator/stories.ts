import { type Address, USUAL } from './address.js';

/** A run that is told: what to look at, as its time comes. */
export interface Story {
  readonly name: string;
  readonly title: string;
  readonly address: Address;
  /** Sentences, each from its moment on, ms. */
  readonly told: readonly { readonly at: number; readonly text: string }[];
}

const story = (name: string, title: string, address: Partial<Address>, told: Story['told']): Story => ({
  name,
  title,
  address: { ...USUAL, time: 8500, ...address, story: name },
  told,
});

const CUT_OFF = 'node-of-the-master-isolated';

export const STORIES: readonly Story[] = [
  story('killed', 'The master is killed', { acts: [{ at: 9000, act: 'master-killed' }] }, [
    { at: 8500, text: 'Three servers with a Sentinel each. In half a second the kernel kills the master.' },
    {
      at: 9000,
      text: 'Its own agent sees at once that nothing listens any more. It need not wait for downAfter: it asks the Sentinels for their votes and promotes a replica within milliseconds.',
    },
    {
      at: 9600,
      text: 'The dead server starts again as a replica, copies what it lacks, and may be promoted from then on.',
    },
  ]),
  story(
    'default',
    'A partition in default: writes are lost',
    { profile: 'default', acts: [{ at: 9000, act: CUT_OFF }] },
    [
      {
        at: 8500,
        text: 'A client on the node of the master writes 50 times a second. In half a second the node is cut off.',
      },
      {
        at: 9000,
        text: 'The cut-off master cannot know whether its replicas are dead. It goes on taking writes until their last answer is 3 s old (maxLag).',
      },
      {
        at: 12_500,
        text: 'Now it refuses. Meanwhile the other side has waited for downAfter and promotes another server, which never saw those writes.',
      },
      {
        at: 39_000,
        text: 'The cut is healed. The old master follows the new one, and throws away what it took alone: see "lost" in the ledger.',
      },
    ],
  ),
  story(
    'strict',
    'The same in strict: the master is paused',
    { profile: 'strict', acts: [{ at: 9000, act: CUT_OFF }] },
    [
      { at: 8500, text: 'The same partition, with the profile strict.' },
      {
        at: 9000,
        text: 'The agent beside the master asks twice a second whether its replicas confirm, and whether a majority of the Sentinels answers.',
      },
      {
        at: 10_000,
        text: 'Neither does. So it pauses the writes within about a second: fewer are acknowledged, and so fewer can be lost. That is the price: the cut-off client gets no answers.',
      },
      {
        at: 12_800,
        text: 'Another server is promoted. At no time did two servers accept writes, and nothing that WAIT confirmed is lost.',
      },
      { at: 39_000, text: 'The cut is healed, and the old master follows the new one.' },
    ],
  ),
  story('hand-over', 'A pod is deleted: nothing is lost', { acts: [{ at: 9000, act: 'pod-of-the-master-deleted' }] }, [
    { at: 8500, text: 'In half a second the pod of the master is deleted, as a drain or a rolling update does.' },
    {
      at: 9000,
      text: 'Its agent pauses the writes, waits until a replica has them all, has it promoted and lets the clients go: writes stand still for some milliseconds, and none is lost.',
    },
    { at: 11_000, text: 'The pod comes back as a replica.' },
  ]),
  story('zones', 'Two zones are too few', { zones: 2, acts: [{ at: 9000, act: 'zone-of-the-master-lost' }] }, [
    {
      at: 8500,
      text: 'Three servers in two zones. In half a second zone a loses its power, and with it two of the three.',
    },
    {
      at: 9000,
      text: 'One server and one Sentinel are left. That is no majority, so nobody may elect: on the other side there might be one that goes on. Writes stand still.',
    },
    { at: 29_000, text: 'The zone comes back, and with it the majority. Try the same with three zones.' },
  ]),
];

export function findStory(name: string | undefined): Story | undefined {
  return STORIES.find((its) => its.name === name);
}

/** What is told at that moment. */
export function toldAt({ told }: Story, time: number): string {
  return told.findLast(({ at }) => at <= time)?.text ?? '';
}
