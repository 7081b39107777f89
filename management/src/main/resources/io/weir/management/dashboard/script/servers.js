import {byId, element, setAttribute, setText} from './dom.js';
import * as format from './format.js';
import {loadOf, stateOf} from './model.js';
import {bar, KeyedTable, level, matches, twoLines} from './table.js';

/** The table of servers: health, load as reported, signals seen in passing, and the drain button. */
export class Servers {
    /** @param {(server: import('./model.js').Server, drain: boolean) => void} onDrain */
    constructor(onDrain) {
        this.filter = byId('server-filter');
        this.rates = null;
        this.shares = new Map();
        this.snapshot = null;
        this.table = new KeyedTable(byId('servers'), {
            label: 'Servers', empty: 'No server is configured, or none matches the filter.', cardsBelow: 1080, className: 'servers', key: ({name}) => name, columns: this.#columns(onDrain)});
        this.filter.addEventListener('input', () => this.snapshot && this.#show());
    }

    update(snapshot, rates, shares) {
        Object.assign(this, {snapshot, rates, shares});
        this.#show();
    }

    #show() {
        this.table.update(this.snapshot.servers.filter(server =>
            matches(this.filter.value, server.name, server.addresses, server.tags, server.health, server.administration)));
    }

    #columns(onDrain) {
        const of = (server, field, text) => {
            const value = server.load?.[field] ?? -1;
            return value < 0 ? format.UNKNOWN : text(value);
        };
        const pair = (label, value, upper, lower) => ({label, numeric: true, value, build: cell => {
            const set = twoLines(cell);
            return server => set(upper(server), lower(server));
        }});
        return [
            {label: 'Server', head: true, value: ({name}) => name, build: nameCell},
            {label: 'Health', value: stateOf, build: healthCell},
            {label: 'Load', numeric: true, value: loadOf, build: cell => {
                const set = bar(cell);
                return server => set(loadOf(server), format.index(loadOf(server)), level(loadOf(server)));
            }},
            {label: 'Share', numeric: true, value: ({name}) => this.shares.get(name) ?? 0, build: cell => {
                const set = bar(cell);
                return ({name}) => set(this.shares.get(name) ?? 0, format.percent(this.shares.get(name) ?? 0), 'share');
            }},
            pair('Live, new', ({liveConnections}) => liveConnections,
                ({liveConnections}) => format.count(liveConnections), ({name}) => format.perSecond(this.rates?.servers.get(name))),
            pair('CPU, memory', server => server.load?.cpu ?? -1,
                server => of(server, 'cpu', format.percent), server => of(server, 'memory', format.percent)),
            pair('Requests, execution', server => server.load?.requestsPerSecond ?? -1,
                server => of(server, 'requestsPerSecond', value => `${format.metric(value)}/s`),
                server => of(server, 'executionMs', value => `${format.metric(value)} ms`)),
            {label: 'Clients', numeric: true, value: server => server.load?.clients ?? -1, text: server => of(server, 'clients', format.metric)},
            {label: 'Report', value: ({load}) => load?.ageMs ?? Infinity, build: reportCell},
            pair('Handshake p50, p99', ({handshakeP99Micros}) => handshakeP99Micros,
                ({handshakeP50Micros}) => format.micros(handshakeP50Micros), ({handshakeP99Micros}) => format.micros(handshakeP99Micros)),
            {label: 'Refused', numeric: true, value: ({refused}) => refused, text: ({refused}) => format.count(refused)},
            {label: 'Resets', numeric: true, value: ({resets}) => resets, text: ({resets}) => format.count(resets)},
            {label: 'SYNs repeated', numeric: true, value: ({retransmittedSyns}) => retransmittedSyns, text: ({retransmittedSyns}) => format.count(retransmittedSyns)},
            {label: 'Control', build: (cell, current) => {
                const button = element('button', {type: 'button', class: 'small', onclick: () => onDrain(current(), current().administration !== 'draining')});
                cell.append(button);
                return ({name, administration}) => {
                    const verb = administration === 'draining' ? 'Undrain' : 'Drain';
                    setText(button, verb);
                    setAttribute(button, 'aria-label', `${verb} ${name}`);
                };
            }},
        ];
    }
}

/** Brings the row of a server into view; the picture links here. */
export function reveal(name) {
    const row = document.getElementById(rowId(name));
    if (row) {
        row.scrollIntoView({block: 'center'});
        row.focus({preventScroll: true});
    }
}

export function rowId(name) {
    return `server-${encodeURIComponent(name)}`;
}

function nameCell(cell, current) {
    const name = element('span', {class: 'name', id: rowId(current().name), tabindex: '-1'}, current().name);
    const tags = element('span', {class: 'tags'});
    const addresses = element('span', {class: 'sub'});
    cell.append(name, tags, addresses);
    let shown = '';
    return server => {
        const now = server.tags.join('\u0000');
        if (now !== shown) {
            shown = now;
            tags.replaceChildren(...server.tags.map(tag => element('span', {class: 'tag'}, tag)));
        }
        setText(addresses, server.addresses.join(', '));
    };
}

function healthCell(cell) {
    const badge = element('span', {class: 'badge'});
    const message = element('span', {class: 'sub'});
    cell.append(badge, message);
    return server => {
        const state = stateOf(server);
        setAttribute(badge, 'data-state', state);
        setText(badge, state);
        const also = state === 'draining' && server.health !== 'up' ? `${server.health} ` : '';
        setText(message, also + server.healthMessage);
        setAttribute(message, 'title', server.healthMessage);
    };
}

function reportCell(cell) {
    const source = element('span');
    const age = element('span', {class: 'sub'});
    cell.append(source, age);
    return ({load}) => {
        setText(source, load ? load.source : 'none');
        setText(age, load ? `${(load.ageMs / 1000).toFixed(1)} s ago${load.stale ? ', stale' : ''}` : '');
        setAttribute(cell, 'data-stale', load?.stale ? 'true' : null);
    };
}
