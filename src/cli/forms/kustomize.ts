import { MADE_BY } from '../output.js';
import { type Form, objectFiles } from './form.js';

const FIXED = 'fixed.yaml';

/**
 * A Kustomize base. An overlay may set the namespace, labels, annotations and images, and patch what it likes.
 *
 * It may not rename: the configuration of servers and Sentinels names their Services and pods, in texts that Kustomize does
 * not look into; nor change the number of servers, which stands there too. Kustomize has no word for that. But it takes a
 * base's further places of a prefix, a suffix or a number of replicas, so these get one at which the API server refuses the
 * result. It is one that hardly another StatefulSet of an overlay has: the places of a base count for all of it.
 */
export function kustomizeForm(split: boolean): Form {
  return {
    inFolders: true,
    place: (topology) => topology,
    files(manifest) {
      const { name } = manifest;
      const objects = objectFiles(manifest, name, split);
      const resources = objects.map(({ path }) => path.slice(name.length + 1));
      return [
        { path: `${name}/kustomization.yaml`, bytes: Buffer.from(kustomization(resources)) },
        { path: `${name}/${FIXED}`, bytes: Buffer.from(FIXED_TEXT) },
        ...objects,
      ];
    },
  };
}

function kustomization(resources: readonly string[]): string {
  return `# ${MADE_BY}. A base: name this folder among the resources of an overlay, and change it there.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${resources.map((file) => `  - ${file}`).join('\n')}
configurations:
  - ${FIXED}
`;
}

const PLACE = `  - kind: StatefulSet
    path: spec/template/spec/initContainers/restartPolicy`;

const FIXED_TEXT = `# ${MADE_BY}.
# The configuration in the pods names Services and pods, and says how many servers there are. namePrefix, nameSuffix and
# replicas would change the objects alone, and the servers would not find each other. So these three are also put where
# the API server refuses them:
#   spec.template.spec.initContainers[0].restartPolicy: Unsupported value
# Say 'name' and 'servers' in the topology instead, and run synth again.
namePrefix:
${PLACE}
nameSuffix:
${PLACE}
replicas:
${PLACE}
`;
