import {byId, element, setAttribute, setText} from './dom.js';
import * as format from './format.js';
import {bar, KeyedTable} from './table.js';

/**
 * The plain tables: applications, interfaces, dropped packets, processors, counters.
 *
 * @return {(snapshot: import('./model.js').Snapshot, rates: ?import('./rates.js').Rates) => void} what updates them
 */
export function install() {
    let rates = null;
    let mostDropped = 0;
    const ofInterface = (field, text) => ({numeric: true, value: ({id}) => rates?.interfaces.get(id)?.[field] ?? 0,
        text: ({id}) => text(rates?.interfaces.get(id)?.[field])});
    const interfaces = new KeyedTable(byId('interfaces'), {label: 'Interfaces', empty: 'No interfaces.', key: ({id}) => String(id), columns: [
        {label: 'Interface', head: true, value: ({name}) => name, build: cell => {
            const name = element('span', {class: 'name'});
            const addresses = element('span', {class: 'sub'});
            cell.append(name, addresses);
            return channel => {
                setText(name, channel.name);
                setText(addresses, channel.addresses.join(', '));
            };
        }},
        {label: 'Packets in', ...ofInterface('received', format.perSecond)},
        {label: 'Bits in', ...ofInterface('receivedBits', format.bits)},
        {label: 'Packets out', ...ofInterface('transmitted', format.perSecond)},
        {label: 'Bits out', ...ofInterface('transmittedBits', format.bits)},
        {label: 'Dropped', numeric: true, value: ({droppedPackets}) => droppedPackets, text: ({droppedPackets}) => format.count(droppedPackets)},
    ]});
    const applications = new KeyedTable(byId('applications'), {label: 'Applications', empty: 'No applications.', key: ({name}) => name, columns: [
        {label: 'Application', head: true, value: ({name}) => name, build: cell => {
            const name = element('span', {class: 'name'});
            const type = element('span', {class: 'sub'});
            cell.append(name, type);
            return application => {
                setText(name, application.name);
                setText(type, application.type);
            };
        }},
        {label: 'State', value: ({state}) => state, build: cell => {
            const badge = element('span', {class: 'badge'});
            const reason = element('span', {class: 'sub'});
            cell.append(badge, reason);
            return application => {
                setAttribute(badge, 'data-state', {running: 'up', stopped: 'down'}[application.state] ?? 'starting');
                setText(badge, application.state);
                setText(reason, application.reason);
                setAttribute(reason, 'title', application.reason);
            };
        }},
        {label: 'Packets', numeric: true, value: ({name}) => rates?.applications.get(name) ?? 0, text: ({name}) => format.perSecond(rates?.applications.get(name))},
        {label: 'In all', numeric: true, value: ({packets}) => packets, text: ({packets}) => format.count(packets)},
        {label: 'Dropped', numeric: true, value: ({counts}) => counts.dropped ?? 0, text: ({counts}) => format.count(counts.dropped ?? 0)},
        {label: 'ns a packet', numeric: true, value: ({nanosPerPacket}) => nanosPerPacket, text: ({nanosPerPacket}) => nanosPerPacket < 0 ? '–' : format.count(Math.round(nanosPerPacket))},
    ]});
    const drops = new KeyedTable(byId('drops'), {label: 'Dropped packets by reason', empty: 'No packet has been dropped.', limit: 12,
        key: ({reason}) => reason, columns: [
            {label: 'Reason', head: true, value: ({reason}) => reason, build: cell => {
                const name = element('span', {class: 'name'});
                const description = element('span', {class: 'sub'});
                cell.append(name, description);
                return drop => {
                    setText(name, drop.reason);
                    setText(description, drop.description);
                };
            }},
            {label: 'Now', numeric: true, value: ({reason}) => rates?.drops.get(reason) ?? 0, build: cell => {
                const set = bar(cell);
                return ({reason}) => {
                    const rate = rates?.drops.get(reason);
                    set(mostDropped > 0 ? (rate ?? 0) / mostDropped : 0, format.perSecond(rate), 'drop');
                };
            }},
            {label: 'In all', numeric: true, value: ({packets}) => packets, text: ({packets}) => format.count(packets)},
        ]});
    const processors = new KeyedTable(byId('processors'), {label: 'Switching processors', empty: 'No switching processors.',
        key: ({number}) => String(number), columns: [
            {label: 'Processor', head: true, value: ({number}) => number, text: ({number}) => `Switching processor ${number}`},
            {label: 'State', build: cell => {
                const badge = element('span', {class: 'badge'});
                cell.append(badge);
                return ({running}) => {
                    setAttribute(badge, 'data-state', running ? 'up' : 'down');
                    setText(badge, running ? 'running' : 'stopped');
                };
            }},
            {label: 'Packets', numeric: true, value: ({number}) => rates?.processors.get(number) ?? 0, text: ({number}) => format.perSecond(rates?.processors.get(number))},
            {label: 'Balanced', numeric: true, value: ({packetsBalanced}) => packetsBalanced, text: ({packetsBalanced}) => format.count(packetsBalanced)},
            {label: 'Forwarded', numeric: true, value: ({packetsForwarded}) => packetsForwarded, text: ({packetsForwarded}) => format.count(packetsForwarded)},
            {label: 'Generation', numeric: true, text: ({observedGeneration}) => format.count(observedGeneration)},
        ]});
    const counters = new KeyedTable(byId('counters'), {label: 'Counters', empty: 'No counters.', limit: Infinity, key: ([name]) => name, columns: [
        {label: 'Counter', head: true, value: ([name]) => name, text: ([name]) => name},
        {label: 'Now', numeric: true, value: ([name]) => rates?.counters.get(name) ?? 0, text: ([name]) => format.perSecond(rates?.counters.get(name))},
        {label: 'In all', numeric: true, value: ([, value]) => value, text: ([, value]) => format.count(value)},
    ]});
    const more = byId('counters').closest('details');
    let latest = null;
    const showCounters = () => more.open && latest && counters.update(Object.entries(latest.counters));
    more.addEventListener('toggle', showCounters);
    return (snapshot, now) => {
        latest = snapshot;
        rates = now;
        mostDropped = now === null ? 0 : Math.max(0, ...now.drops.values());
        byId('applications-panel').hidden = snapshot.applications.length === 0;
        applications.update(snapshot.applications);
        interfaces.update(snapshot.interfaces);
        drops.update(snapshot.drops);
        processors.update(snapshot.processors);
        showCounters();
    };
}
