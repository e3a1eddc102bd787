/** On which node each pod is, and in which zone each node. Pods are counted as the simulation does: servers, then Sentinels. */
export interface Places {
  readonly nodes: number;
  readonly zones: number;
  readonly nodeOf: readonly number[];
  readonly zoneOf: readonly number[];
}

/** One after the other, as a scheduler that spreads puts them. */
export function placesOf(
  servers: number,
  separateSentinels: number,
  room: { readonly nodes?: number; readonly zones?: number } = {},
): Places {
  const nodes = room.nodes ?? Math.max(servers, separateSentinels);
  const zones = Math.min(room.zones ?? 3, nodes);
  const spread = (count: number) => Array.from({ length: count }, (_, place) => place % nodes);
  return {
    nodes,
    zones,
    nodeOf: [...spread(servers), ...spread(separateSentinels)],
    zoneOf: Array.from({ length: nodes }, (_, node) => node % zones),
  };
}

export function podsOnNode({ nodeOf }: Places, node: number): number[] {
  return nodeOf.flatMap((its, pod) => (its === node ? [pod] : []));
}

export function podsInZone(places: Places, zone: number): number[] {
  return places.nodeOf.flatMap((node, pod) => (places.zoneOf[node] === zone ? [pod] : []));
}

/** `a`, `b`, … */
export function zoneName(zone: number): string {
  return String.fromCharCode(97 + zone);
}
