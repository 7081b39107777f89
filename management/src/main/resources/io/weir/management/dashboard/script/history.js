import {loadOf} from './model.js';

/** Ten minutes of one sample a second. */
const CAPACITY = 600;
/** More members than this are remembered for the shown service only. */
const MEMBERS_REMEMBERED = 1000;
/** A pause longer than this is a gap in the lines. */
const GAP_SECONDS = 5;

/** What the charts show: columns of equal length, bounded, null where nothing is known. */
export class History {
    constructor() {
        /** Epoch seconds. @type {number[]} */
        this.time = [];
        /** @type {Map<string, (number|null)[]>} */
        this.columns = new Map();
        this.silent = new Map();
    }

    /**
     * @param {import('./model.js').Snapshot} snapshot
     * @param {?import('./rates.js').Rates} rates
     * @param {string} shownService
     */
    add(snapshot, rates, shownService) {
        const time = snapshot.takenAtEpochMs / 1000;
        const last = this.time.at(-1);
        if (last !== undefined && time <= last) {
            return;
        }
        if (last !== undefined && time - last > GAP_SECONDS) {
            this.#append(last + 1, new Map());
        }
        this.#append(time, sample(snapshot, rates, shownService));
    }

    /** @param {string} key @return {(number|null)[]} */
    column(key) {
        return this.columns.get(key) ?? new Array(this.time.length).fill(null);
    }

    has(key) {
        return this.columns.has(key);
    }

    #append(time, values) {
        this.time.push(time);
        for (const key of values.keys()) {
            if (!this.columns.has(key)) {
                this.columns.set(key, new Array(this.time.length - 1).fill(null));
            }
        }
        for (const [key, column] of this.columns) {
            const value = values.get(key) ?? null;
            column.push(value);
            const silent = value === null ? (this.silent.get(key) ?? 0) + 1 : 0;
            this.silent.set(key, silent);
            if (silent > CAPACITY) {
                this.columns.delete(key);
                this.silent.delete(key);
            }
        }
        if (this.time.length > CAPACITY) {
            this.time.shift();
            for (const column of this.columns.values()) {
                column.shift();
            }
        }
    }
}

/** Keys of the columns. */
export const CONNECTIONS = 'connections';
export const PACKETS = 'packets';
export const DROPPED = 'dropped';
export const dropKey = reason => `drop ${reason}`;
export const serverKey = (measure, server) => `${measure} ${server}`;
export const weightKey = (service, server) => `weight ${service}\u0000${server}`;

/** What the load chart can show of a server. @type {{id: string, label: string, of: (server: any, rates: any) => number}[]} */
export const MEASURES = [
    {id: 'index', label: 'Load index', of: server => loadOf(server)},
    {id: 'cpu', label: 'CPU', of: server => server.load && !server.load.stale ? server.load.cpu : -1},
    {id: 'opened', label: 'New connections/s', of: (server, rates) => rates?.servers.get(server.name) ?? -1},
    {id: 'live', label: 'Live connections', of: server => server.liveConnections},
];

function sample(snapshot, rates, shownService) {
    const values = new Map();
    if (rates !== null) {
        values.set(CONNECTIONS, rates.connections);
        values.set(PACKETS, rates.packets);
        values.set(DROPPED, rates.dropped);
        for (const [reason, rate] of rates.drops) {
            values.set(dropKey(reason), rate);
        }
    }
    for (const server of snapshot.servers) {
        for (const measure of MEASURES) {
            const value = measure.of(server, rates);
            if (value >= 0) {
                values.set(serverKey(measure.id, server.name), value);
            }
        }
    }
    const few = snapshot.services.reduce((members, service) => members + service.members.length, 0) <= MEMBERS_REMEMBERED;
    for (const service of snapshot.services) {
        if (few || service.name === shownService) {
            for (const member of service.members) {
                values.set(weightKey(service.name, member.server), member.weight);
            }
        }
    }
    return values;
}
