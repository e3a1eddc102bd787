import { Construct } from 'constructs';
import { Names } from '../kube/names.js';
import { addObject, metadata, type PartProps } from '../kube/objects.js';
import type { ClientFacts } from './client-facts.js';
import { clientVariables } from './client-variables.js';

export interface ClientConfigProps extends PartProps {
  readonly facts: ClientFacts;
}

/**
 * A ConfigMap with what a client must know, in the forms in which applications ask for it. It is there for every topology, so
 * that charts and pods may refer to it without asking; no pod of the topology does, so a change of it restarts none.
 */
export class ClientConfig extends Construct {
  /** Name of the ConfigMap, `<topology>-client`. */
  readonly configMapName: string;

  constructor(scope: Construct, id: string, props: ClientConfigProps) {
    super(scope, id);
    this.configMapName = new Names(props.topology).client;
    const data = clientVariables(props.facts);
    addObject(this, 'Resource', 'ConfigMap', metadata(props, this.configMapName), { data });
  }
}
