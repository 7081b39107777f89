/**
 * Rates between two snapshots of the same node, per second.
 *
 * @typedef {{received: number, transmitted: number, receivedBits: number, transmittedBits: number, dropped: number}} InterfaceRates
 * @typedef {{connections: number, packets: number, bits: number, dropped: number,
 *     services: Map<string, number>, servers: Map<string, number>, interfaces: Map<number, InterfaceRates>,
 *     processors: Map<number, number>, drops: Map<string, number>, applications: Map<string, number>,
 *     counters: Map<string, number>}} Rates
 */

/**
 * @param {?import('./model.js').Snapshot} before
 * @param {import('./model.js').Snapshot} now
 * @return {?Rates} null when the two cannot be compared: the first one, a node that was restarted, a clock that went back
 */
export function ratesBetween(before, now) {
    const seconds = before === null ? 0 : (now.takenAtEpochMs - before.takenAtEpochMs) / 1000;
    if (before === null || !(seconds > 0) || before.processId !== now.processId || now.uptimeMs < before.uptimeMs) {
        return null;
    }
    // A counter that went down belongs to something that was removed and added again; it starts from nought.
    const rate = (later, earlier) => Math.max(0, later - (earlier ?? 0)) / seconds;
    const each = (list, key, value) => {
        const earlier = new Map(before[list].map(item => [item[key], value(item)]));
        return new Map(now[list].map(item => [item[key],
            earlier.has(item[key]) ? rate(value(item), earlier.get(item[key])) : 0]));
    };
    const column = field => each('interfaces', 'id', item => item[field]);
    const received = column('receivedPackets');
    const transmitted = column('transmittedPackets');
    const receivedBytes = column('receivedBytes');
    const transmittedBytes = column('transmittedBytes');
    const dropped = column('droppedPackets');
    const services = each('services', 'name', service => service.openedConnections);
    // A reason appears when it occurs for the first time, so it has counted from nought.
    const earlierDrops = new Map(before.drops.map(drop => [drop.reason, drop.packets]));
    const drops = new Map(now.drops.map(drop => [drop.reason, rate(drop.packets, earlierDrops.get(drop.reason))]));
    return {
        connections: sum(services.values()),
        packets: sum(received.values()),
        bits: sum(receivedBytes.values()) * 8,
        dropped: sum(drops.values()),
        services,
        servers: each('servers', 'name', server => server.openedConnections),
        interfaces: new Map(now.interfaces.map(({id}) => [id, {
            received: received.get(id), transmitted: transmitted.get(id),
            receivedBits: receivedBytes.get(id) * 8, transmittedBits: transmittedBytes.get(id) * 8,
            dropped: dropped.get(id)}])),
        processors: each('processors', 'number', item => item.packetsBalanced + item.packetsForwarded),
        drops,
        applications: each('applications', 'name', item => item.packets),
        counters: new Map(Object.entries(now.counters).map(([name, value]) => [name, rate(value, before.counters[name] ?? value)])),
    };
}

function sum(values) {
    let total = 0;
    for (const value of values) {
        total += value;
    }
    return total;
}
