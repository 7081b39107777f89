/**
 * The values that the API sends (see /openapi.json), as types for the other modules. Counters only grow.
 *
 * @typedef {{number: number, running: boolean, observedGeneration: number, batches: number, packetsBalanced: number,
 *     packetsForwarded: number}} Processor
 * @typedef {{id: number, name: string, addresses: string[], receivedPackets: number, receivedBytes: number,
 *     transmittedPackets: number, transmittedBytes: number, droppedPackets: number}} Interface
 * @typedef {{server: string, configuredWeight: number, weight: number, share: number, port: number}} Member
 * @typedef {{number: number, name: string, addresses: string[], protocol: string, port: number, forwarding: string,
 *     algorithm: string, weights: string, liveConnections: number, openedConnections: number, members: Member[]}} Service
 * @typedef {{source: string, ageMs: number, stale: boolean, index: number, clients: number, cpu: number, memory: number,
 *     executionMs: number, requestsPerSecond: number}} Load
 * @typedef {{number: number, name: string, addresses: string[], tags: string[], health: string, healthMessage: string,
 *     administration: string, liveConnections: number, openedConnections: number, refused: number, resets: number,
 *     retransmittedSyns: number, handshakes: number, handshakeP50Micros: number, handshakeP99Micros: number,
 *     load: ?Load}} Server
 * @typedef {{reason: string, description: string, packets: number}} Drop
 * @typedef {{name: string, type: string, state: string, reason: string, processors: number, runningProcessors: number,
 *     fallback: string, budgetMicros: number, packets: number, nanosPerPacket: number, counts: Object<string, number>,
 *     counters: Object<string, number>, drops: Object<string, number>}} Application
 * @typedef {{name: string, processId: number, running: boolean, takenAtEpochMs: number, uptimeMs: number,
 *     generation: number, cause: string, generationEpochMs: number, processors: Processor[], interfaces: Interface[],
 *     services: Service[], servers: Server[], drops: Drop[], counters: Object<string, number>, buffers: number,
 *     freeBuffers: number, applications: Application[]}} Snapshot
 * @typedef {{service: string, family: number, share: number}} Move
 * @typedef {{number: number, epochMs: number, cause: string, changes: string[], moves: Move[], active: boolean}} Generation
 * @typedef {{client: string, service: string, from: string, to: string}} MovedConnection
 * @typedef {{changes: string[], moves: Move[], liveConnections: number, movedConnections: number,
 *     endedConnections: number, examples: MovedConnection[]}} Preview
 */

/** The state of a server in one word: its health, unless it is draining. @param {Server} server */
export function stateOf(server) {
    return server.administration === 'draining' && server.health !== 'down' ? 'draining' : server.health;
}

/** The load index, or -1 when there is none to go by. @param {Server} server */
export function loadOf(server) {
    return server.load && !server.load.stale ? server.load.index : -1;
}

/**
 * Share of all new connections that each server takes, over its services: weighted by the services' rates while there is
 * traffic, evenly otherwise.
 *
 * @param {Snapshot} snapshot
 * @param {Map<string, number>} rates new connections per second by service
 * @return {Map<string, number>} by server name, 0..1
 */
export function shares(snapshot, rates) {
    let total = 0;
    for (const service of snapshot.services) {
        total += rates.get(service.name) ?? 0;
    }
    const shares = new Map();
    for (const service of snapshot.services) {
        const part = total > 0 ? (rates.get(service.name) ?? 0) / total : 1 / snapshot.services.length;
        for (const member of service.members) {
            shares.set(member.server, (shares.get(member.server) ?? 0) + part * member.share);
        }
    }
    return shares;
}
