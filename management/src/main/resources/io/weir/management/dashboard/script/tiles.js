import {byId, element, setAttribute, setText} from './dom.js';
import * as format from './format.js';
import {stateOf} from './model.js';

/** The few numbers that are looked at first. */
const TILES = [
    {label: 'New connections', of: (_, rates) => format.perSecond(rates?.connections)},
    {label: 'Live connections', of: snapshot => format.quantity(snapshot.services.reduce((sum, each) => sum + each.liveConnections, 0))},
    {label: 'Packets received', of: (_, rates) => format.perSecond(rates?.packets)},
    {label: 'Throughput', of: (_, rates) => format.bits(rates?.bits)},
    {label: 'Dropped packets', of: (_, rates) => format.perSecond(rates?.dropped)},
    {label: 'Servers up', of: servers, state: snapshot => snapshot.servers.some(server => server.health === 'down') ? 'bad' : null},
];

/** @return {(snapshot: import('./model.js').Snapshot, rates: ?import('./rates.js').Rates) => void} what updates them */
export function install() {
    const values = TILES.map(({label}) => {
        const value = element('p', {class: 'tile-value'});
        const tile = element('div', {class: 'tile'}, element('p', {class: 'tile-label'}, label), value);
        byId('tiles').append(tile);
        return {tile, value};
    });
    return (snapshot, rates) => TILES.forEach(({of, state}, at) => {
        setText(values[at].value, of(snapshot, rates));
        setAttribute(values[at].tile, 'data-state', state?.(snapshot) ?? null);
    });
}

function servers(snapshot) {
    const up = snapshot.servers.filter(server => ['up', 'unchecked'].includes(stateOf(server))).length;
    return `${up} of ${snapshot.servers.length}`;
}
