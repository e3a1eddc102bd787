import type { EngineKind } from '../../src/engine/engine.js';
import { Deployment } from '../cluster/support/deployment.js';
import { NodeAgents } from '../cluster/support/node-agents.js';
import type { Service } from '../cluster/support/objects.js';
import type { RenderedTopology } from '../cluster/support/rendered-topology.js';
import { Clients } from './clients.js';
import type { Facts, ProfileName } from './facts.js';
import { factsOf, type Shape, topologyOf } from './topologies.js';

/** How long a new topology may take to be whole, in s. */
const START = 150;

/** A running topology with clients beside its servers. Faults are tried on it one after the other. */
export class Stage {
  /** @param change what is done to the manifest first */
  static async build(
    profile: ProfileName,
    engine: EngineKind,
    shape: Shape = {},
    change: (manifest: RenderedTopology) => RenderedTopology | Promise<RenderedTopology> = (manifest) => manifest,
  ): Promise<Stage> {
    const manifest = await change(topologyOf(profile, engine, shape));
    const name = `${profile}-${engine}-${Date.now().toString(36).slice(-4)}`;
    const deployment = await Deployment.create(manifest, name);
    try {
      await deployment.apply();
      const clients = await Clients.start(deployment);
      deployment.client = clients.first;
      await deployment.whole(START);
      return new Stage(deployment, clients, factsOf(manifest, profile), shape, await addressesOf(deployment));
    } catch (error) {
      await deployment.delete();
      throw error;
    }
  }

  readonly agents = new NodeAgents();

  private constructor(
    readonly deployment: Deployment,
    readonly clients: Clients,
    readonly facts: Facts,
    readonly shape: Shape,
    /** Host names of the servers, by the addresses that they announce. */
    readonly servers: Readonly<Record<string, string>>,
  ) {}

  delete(): Promise<void> {
    return this.deployment.delete();
  }
}

async function addressesOf({ kubectl, manifest }: Deployment): Promise<Record<string, string>> {
  const services = await kubectl.list<Service>('services');
  return Object.fromEntries(
    services
      .filter((service) => manifest.serverNames.includes(service.metadata.name))
      .map((service) => [service.spec.clusterIP ?? '', service.metadata.name]),
  );
}
