import {loadOf, stateOf} from './model.js';

/** So many servers have a card each; of more, the ones that need attention have one and all have a tile. */
export const MOST_CARDS = 8;
const CARDS_BESIDE_TILES = 4;
const MOST_TILES = 400;
const URGENCY = {down: 0, starting: 1, draining: 2};
/** The node's own interface for checks and polls; it is part of the control processor, not of a side. */
const CONTROL = /^weirc-/;

/**
 * What the picture shows of a node.
 *
 * @typedef {{external: import('./model.js').Interface[], internal: import('./model.js').Interface[], oneArm: boolean,
 *     routers: string[], processors: import('./model.js').Processor[], cards: import('./model.js').Server[],
 *     tiles: import('./model.js').Server[], hidden: number}} Figure
 */

/**
 * @param {import('./model.js').Snapshot} snapshot
 * @param {string[]} routers addresses of the routers that default routes lead to
 * @return {Figure}
 */
export function figureOf(snapshot, routers) {
    const channels = snapshot.interfaces.filter(({name}) => !CONTROL.test(name));
    const serverAddresses = snapshot.servers.flatMap(server => server.addresses).map(parseNetwork).filter(Boolean);
    const internal = channels.filter(channel => channel.addresses.map(parseNetwork)
        .some(network => network && serverAddresses.some(address => contains(network, address))));
    const external = channels.filter(channel => !internal.includes(channel));
    const oneArm = external.length === 0 || internal.length === 0;
    const many = snapshot.servers.length > MOST_CARDS;
    return {
        // With one arm the same channel faces both sides.
        external: external.length > 0 ? external : internal,
        internal: internal.length > 0 ? internal : external,
        oneArm,
        routers,
        processors: snapshot.processors,
        cards: many ? urgent(snapshot.servers).slice(0, CARDS_BESIDE_TILES) : snapshot.servers,
        tiles: many ? snapshot.servers.slice(0, MOST_TILES) : [],
        hidden: many ? Math.max(0, snapshot.servers.length - MOST_TILES) : 0,
    };
}

/**
 * Routers that the default routes of a configuration file lead to. The picture needs no more of the file than that, so
 * this reads the two spellings of a route that people use and skips what it does not know.
 *
 * @param {string} yaml
 * @return {string[]}
 */
export function routersOf(yaml) {
    const text = yaml.replace(/(^|\s)#.*$/gm, '');
    const to = '\\bto:\\s*["\']?(?:default|0\\.0\\.0\\.0/0|::/0)["\']?';
    const via = '\\bvia:\\s*["\']?([0-9a-fA-F.:]+)["\']?';
    const found = new Set();
    for (const pattern of [`${to}\\s*,?\\s*${via}`, `${via}\\s*,?\\s*${to}`]) {
        for (const match of text.matchAll(new RegExp(pattern, 'g'))) {
            found.add(match[1]);
        }
    }
    return [...found];
}

/** Servers that are down, starting or draining first, then by load. */
function urgent(servers) {
    const rank = server => URGENCY[stateOf(server)] ?? 3;
    return [...servers].sort((a, b) => rank(a) - rank(b) || loadOf(b) - loadOf(a) || a.number - b.number);
}

/** @return {?{bits: string, length: number}} the bits of an address or network; without a length the usual /24 or /64 */
export function parseNetwork(text) {
    const [address, length] = text.split('/');
    const bits = address.includes(':') ? bits6(address) : bits4(address);
    return bits && {bits, length: length === undefined ? (bits.length === 32 ? 24 : 64) : Number(length)};
}

function contains(network, address) {
    return network.bits.length === address.bits.length
        && network.bits.slice(0, network.length) === address.bits.slice(0, network.length);
}

function bits4(text) {
    const bytes = text.split('.').map(Number);
    return bytes.length === 4 && bytes.every(byte => byte >= 0 && byte < 256)
        ? bytes.map(byte => byte.toString(2).padStart(8, '0')).join('') : null;
}

function bits6(text) {
    const [head, tail] = text.replace(/%.*$/, '').split('::');
    const groups = part => part ? part.split(':') : [];
    const left = groups(head);
    const right = tail === undefined ? [] : groups(tail);
    const middle = tail === undefined ? 0 : 8 - left.length - right.length;
    const all = [...left, ...new Array(Math.max(0, middle)).fill('0'), ...right].map(group => parseInt(group, 16));
    return all.length === 8 && all.every(group => group >= 0 && group <= 0xffff)
        ? all.map(group => group.toString(2).padStart(16, '0')).join('') : null;
}
