import {byId, element} from './dom.js';
import * as format from './format.js';
import {CONNECTIONS, dropKey, MEASURES, PACKETS, serverKey, weightKey} from './history.js';
import {Panel} from './panel.js';

/** So many servers have a line each; of more, the greatest, the median and the least value are shown. */
const MOST_LINES = 8;
const MOST_REASONS = 5;

const UNITS = {index: format.index, cpu: format.percent, opened: format.perSecond, live: format.quantity};

/** The charts of the page, all over the same last ten minutes. */
export class Charts {
    /** @param {import('./history.js').History} history */
    constructor(history) {
        this.history = history;
        const traffic = byId('traffic-charts');
        this.connections = new Panel(traffic, {title: 'New connections', unit: format.perSecond, height: 150, sync: 'traffic', timeAxis: false, fill: true});
        this.packets = new Panel(traffic, {title: 'Packets received', unit: format.perSecond, height: 174, sync: 'traffic', timeAxis: true, fill: true, firstColour: 2});
        const load = byId('load-charts');
        this.load = new Panel(load, {title: 'Load index', unit: format.index, height: 150, sync: 'load', timeAxis: false});
        this.weights = new Panel(load, {title: 'Weight chosen', unit: format.quantity, height: 174, sync: 'load', timeAxis: true, stepped: true});
        this.drops = new Panel(byId('drop-charts'), {title: 'By reason', unit: format.perSecond, height: 150, sync: 'drops', timeAxis: true});
        this.all = [this.connections, this.packets, this.load, this.weights, this.drops];
        this.service = byId('chart-service');
        this.measure = byId('chart-measure');
        this.measure.append(element('option', {value: ''}, 'Automatic'), ...MEASURES.map(({id, label}) => element('option', {value: id}, label)));
        this.snapshot = null;
        this.names = '';
        for (const choice of [this.service, this.measure]) {
            choice.addEventListener('change', () => this.snapshot && this.update(this.snapshot));
        }
    }

    /** The service whose members are shown, by name. */
    shownService() {
        return this.service.value;
    }

    /** @param {import('./model.js').Snapshot} snapshot */
    update(snapshot) {
        this.snapshot = snapshot;
        const {history} = this;
        this.connections.update(history.time, [{label: 'all services', values: history.column(CONNECTIONS)}]);
        this.packets.update(history.time, [{label: 'all interfaces', values: history.column(PACKETS)}]);
        byId('drop-charts').hidden = snapshot.drops.length === 0;
        this.drops.update(history.time, snapshot.drops.slice(0, MOST_REASONS)
            .map(({reason}) => ({label: reason, values: history.column(dropKey(reason))})));
        this.#updateServices(snapshot);
        this.#updateLoad(snapshot);
    }

    recolour() {
        this.all.forEach(panel => panel.recolour());
    }

    #updateServices(snapshot) {
        const names = JSON.stringify(snapshot.services.map(({name}) => name));
        if (names !== this.names) {
            this.names = names;
            const chosen = this.service.value;
            this.service.replaceChildren(...snapshot.services.map(({name}) => element('option', {value: name}, name)));
            if (snapshot.services.some(({name}) => name === chosen)) {
                this.service.value = chosen;
            }
        }
    }

    #updateLoad(snapshot) {
        const {history} = this;
        const service = snapshot.services.find(({name}) => name === this.service.value);
        const members = service?.members ?? [];
        byId('load-empty').hidden = service !== undefined;
        byId('load-charts').hidden = service === undefined;
        this.service.disabled = service === undefined;
        if (service === undefined) {
            return;
        }
        // Without any report of load the rate of new connections says most.
        const measure = MEASURES.find(({id}) => id === this.measure.value)
            ?? MEASURES.find(({id}) => id === (members.some(({server}) => history.has(serverKey('index', server))) ? 'index' : 'opened'));
        const many = members.length > MOST_LINES ? ` of ${members.length} servers` : '';
        this.load.setTitle(measure.label + many, UNITS[measure.id]);
        this.weights.setTitle(`Weight ${service.weights === 'static' ? 'in force' : 'chosen'}${many}`);
        this.load.update(history.time, lines(members, ({server}) => history.column(serverKey(measure.id, server))));
        this.weights.update(history.time, lines(members, ({server}) => history.column(weightKey(service.name, server))));
    }
}

function lines(members, column) {
    if (members.length <= MOST_LINES) {
        const shorter = format.shorterNames(members.map(({server}) => server));
        return members.map(member => ({label: shorter(member.server), values: column(member)}));
    }
    const columns = members.map(column);
    const [greatest, median, least] = [[], [], []];
    for (let at = 0; at < columns[0].length; at++) {
        const known = columns.map(each => each[at]).filter(value => value !== null).sort((a, b) => a - b);
        greatest.push(known.at(-1) ?? null);
        median.push(known[Math.floor(known.length / 2)] ?? null);
        least.push(known[0] ?? null);
    }
    return [{label: 'greatest', values: greatest}, {label: 'median', values: median}, {label: 'least', values: least}];
}
