import {byId, element, setAttribute, setText} from './dom.js';
import * as format from './format.js';
import {stateOf} from './model.js';
import {bar, KeyedTable, matches} from './table.js';

/** Up to so many services are open at first. */
const OPEN_AT_FIRST = 4;
const MOST_SHOWN = 50;

/** Services, each with the table of its members; a closed one costs nothing to update. */
export class Services {
    /** @param {(service: import('./model.js').Service, member: import('./model.js').Member) => void} onWeight */
    constructor(onWeight) {
        this.onWeight = onWeight;
        this.container = byId('services');
        this.filter = byId('service-filter');
        this.list = element('div', {class: 'service-list'});
        this.empty = element('p', {class: 'empty'}, 'No service is configured, or none matches the filter.');
        this.more = element('button', {type: 'button', class: 'quiet more-rows', onclick: () => {
            this.limit = Infinity;
            this.#show();
        }});
        this.container.append(this.list, this.empty, this.more);
        this.limit = MOST_SHOWN;
        this.services = new Map();
        this.snapshot = null;
        this.filter.addEventListener('input', () => this.snapshot && this.#show());
    }

    update(snapshot, rates) {
        this.snapshot = snapshot;
        this.rates = rates;
        this.#show();
    }

    #show() {
        const servers = new Map(this.snapshot.servers.map(server => [server.name, server]));
        const found = this.snapshot.services.filter(service => matches(this.filter.value, service.name, service.addresses,
            service.protocol, String(service.port), service.members.map(({server}) => server)));
        const shown = found.slice(0, this.limit);
        const names = new Set(shown.map(({name}) => name));
        for (const [name, view] of this.services) {
            if (!names.has(name)) {
                view.element.remove();
                this.services.delete(name);
            }
        }
        let next = this.list.firstElementChild;
        for (const service of shown) {
            let view = this.services.get(service.name);
            if (view === undefined) {
                view = this.#build(service, this.snapshot.services.length <= OPEN_AT_FIRST);
                this.services.set(service.name, view);
            }
            if (view.element === next) {
                next = next.nextElementSibling;
            } else {
                this.list.insertBefore(view.element, next);
            }
            view.update(service, servers);
        }
        this.empty.hidden = found.length > 0;
        this.more.hidden = shown.length === found.length;
        setText(this.more, `Show all ${found.length}`);
    }

    #build(service, open) {
        const facts = element('span', {class: 'service-facts'});
        const live = element('span', {class: 'service-rate'});
        const body = element('div', {class: 'service-body'});
        const box = element('details', {class: 'service', open},
            element('summary', null, element('span', {class: 'name'}, service.name), facts, live), body);
        const context = {service, servers: new Map()};
        let table = null;
        const showMembers = () => {
            if (box.open) {
                table ??= new KeyedTable(body, {label: `Members of ${service.name}`, empty: 'No members.', className: 'members', cardsBelow: 640,
                    key: ({server}) => server, columns: this.#columns(context)});
                table.update(context.service.members);
            }
        };
        box.addEventListener('toggle', showMembers);
        return {element: box, update: (now, servers) => {
            Object.assign(context, {service: now, servers});
            setText(facts, `${now.protocol} ${now.addresses.map(address => address.includes(':') ? `[${address}]` : address).join(', ')} `
                + `port ${now.port} · ${now.forwarding} · ${now.algorithm} · weights ${now.weights}`);
            setText(live, `${format.count(now.liveConnections)} live, ${format.perSecond(this.rates?.services.get(now.name))} new`);
            showMembers();
        }};
    }

    #columns(context) {
        const server = member => context.servers.get(member.server);
        return [
            {label: 'Server', head: true, value: member => member.server, text: member => member.server},
            {label: 'State', value: member => server(member) ? stateOf(server(member)) : '', build: cell => {
                const badge = element('span', {class: 'badge'});
                cell.append(badge);
                return member => {
                    const state = server(member) ? stateOf(server(member)) : 'unknown';
                    setAttribute(badge, 'data-state', state);
                    setText(badge, state);
                };
            }},
            {label: 'Port', numeric: true, value: ({port}) => port, text: ({port}) => port === 0 ? 'same' : String(port)},
            {label: 'Weight of the file', numeric: true, value: ({configuredWeight}) => configuredWeight, text: ({configuredWeight}) => format.count(configuredWeight)},
            {label: 'Weight in force', numeric: true, value: ({weight}) => weight, text: ({weight}) => format.quantity(weight)},
            {label: 'Share', numeric: true, value: ({share}) => share, build: cell => {
                const set = bar(cell);
                return ({share}) => set(share, format.percent(share), 'share');
            }},
            {label: 'Live (all services)', numeric: true, value: member => server(member)?.liveConnections ?? -1,
                text: member => format.count(server(member)?.liveConnections)},
            {label: 'Control', build: (cell, current) => {
                cell.append(element('button', {type: 'button', class: 'small', 'aria-label': `Weight of ${current().server} in ${context.service.name}`,
                    onclick: () => this.onWeight(context.service, current())}, 'Weight…'));
                return () => {};
            }},
        ];
    }
}
