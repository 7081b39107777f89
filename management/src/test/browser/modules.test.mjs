// Tests of the dashboard's modules that need no browser; run by `node --test`.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import test from 'node:test';
import {EventParser} from './script/events.js';
import {figureOf, parseNetwork, routersOf} from './script/figure.js';
import * as format from './script/format.js';
import {CONNECTIONS, History, weightKey} from './script/history.js';
import {layoutOf} from './script/layout.js';
import {shares} from './script/model.js';
import {ratesBetween} from './script/rates.js';

const server = (number, more = {}) => ({number, name: `s-${number}`, addresses: [`10.1.1.${number % 200 + 1}`], tags: [], health: 'up',
    healthMessage: '', administration: 'enabled', liveConnections: 1, openedConnections: 0, refused: 0, resets: 0,
    retransmittedSyns: 0, handshakes: 0, handshakeP50Micros: -1, handshakeP99Micros: -1, load: null, ...more});
const channel = (id, name, ...addresses) => ({id, name, addresses, receivedPackets: 0, receivedBytes: 0, transmittedPackets: 0,
    transmittedBytes: 0, droppedPackets: 0});
const snapshot = (second, more = {}) => ({name: 'n', processId: 1, running: true, takenAtEpochMs: 1000 * second, uptimeMs: 1000 * second,
    generation: 1, cause: '', generationEpochMs: 0, processors: [], interfaces: [channel(1, 'ext0', '10.0.1.1/24'), channel(2, 'int0', '10.1.1.1/24')],
    services: [{name: 'web', openedConnections: 10 * second, liveConnections: 5, members: [{server: 's-1', weight: second, share: 1}]}],
    servers: [server(1)], drops: [], counters: {}, buffers: 10, freeBuffers: 5,
    applications: [], ...more});

test('rates are differences over the time between two snapshots', () => {
    assert.equal(ratesBetween(snapshot(1), snapshot(3)).connections, 10);
});

test('a node that was restarted has no rates at first', () => {
    assert.equal(ratesBetween(snapshot(1), snapshot(2, {processId: 2})), null);
    assert.equal(ratesBetween(snapshot(5), snapshot(6, {uptimeMs: 10})), null);
});

test('a counter that went down, a new server and a clock that went back give no negative rate', () => {
    assert.equal(ratesBetween(snapshot(5), snapshot(6, {services: [{name: 'web', openedConnections: 1, members: []}]})).connections, 0);
    assert.equal(ratesBetween(snapshot(5), snapshot(6, {servers: [server(1), server(2, {openedConnections: 1000})]})).servers.get('s-2'), 0);
    assert.equal(ratesBetween(snapshot(6), snapshot(5)), null);
});

test('history is bounded over hours and forgets what is gone', () => {
    const history = new History();
    let before = null;
    for (let second = 1; second < 8000; second++) {
        const now = snapshot(second, {drops: [{reason: `r-${Math.floor(second / 1000)}`, packets: second}]});
        history.add(now, ratesBetween(before, now), 'web');
        before = now;
    }
    assert.equal(history.time.length, 600);
    assert.equal(history.column(CONNECTIONS).length, 600);
    assert.equal(history.column(weightKey('web', 's-1')).at(-1), 7999);
    assert.ok(history.columns.size < 12, `${history.columns.size} columns`);
});

test('a pause is a gap in the lines', () => {
    const history = new History();
    history.add(snapshot(1), null, 'web');
    history.add(snapshot(60), null, 'web');
    assert.deepEqual(history.column(weightKey('web', 's-1')), [1, null, 60]);
});

test('events are parsed whatever way the stream is cut', () => {
    const text = 'event: node\ndata: {"a":1}\n\n: comment\n\nevent: generation\ndata: {"b":\ndata: 2}\n\n';
    for (let size = 1; size < text.length; size++) {
        const seen = [];
        const parser = new EventParser((name, data) => seen.push([name, data]));
        for (let at = 0; at < text.length; at += size) {
            parser.push(text.slice(at, at + size));
        }
        assert.deepEqual(seen, [['node', {a: 1}], ['generation', {b: 2}]]);
    }
});

test('channels belong to the side whose network they are in, in both families', () => {
    const figure = figureOf(snapshot(1), []);
    assert.deepEqual([figure.external.map(c => c.name), figure.internal.map(c => c.name), figure.oneArm], [['ext0'], ['int0'], false]);
    const six = figureOf(snapshot(1, {servers: [server(1, {addresses: ['fd01:0:0:1::11']})],
        interfaces: [channel(1, 'a', 'fd00:0:0:1::1/64'), channel(2, 'b', 'fd01:0:0:1::1/64'), channel(3, 'weirc-x')]}), []);
    assert.deepEqual([six.external.map(c => c.name), six.internal.map(c => c.name)], [['a'], ['b']]);
});

test('one channel for everything is drawn on both sides', () => {
    const figure = figureOf(snapshot(1, {interfaces: [channel(1, 'eth0', '10.1.1.1/24')]}), []);
    assert.ok(figure.oneArm);
    assert.equal(figure.external[0], figure.internal[0]);
});

test('odd addresses are no network', () => {
    for (const text of ['', 'x', '1.2.3', '1.2.3.456/24', 'fe80:::1', '1:2']) {
        assert.equal(parseNetwork(text), null, text);
    }
});

test('default routes are found in both spellings, comments are not', () => {
    assert.deepEqual(routersOf('routes:\n  - {to: default, via: 10.0.1.254}\n  - to: "::/0"\n    via: "fd00::254"\n  # - {to: default, via: 9.9.9.9}\n  - {via: 10.0.1.253, to: 0.0.0.0/0}'),
        ['10.0.1.254', 'fd00::254', '10.0.1.253']);
});

test('boxes never leave the picture and servers never overlap, from 320 to 2000 pixels and from 0 to 1000 servers', () => {
    for (const servers of [0, 1, 3, 8, 9, 100, 1000]) {
        const figure = figureOf(snapshot(1, {processors: [{number: 0}, {number: 1}], servers: Array.from({length: servers}, (_, n) => server(n))}), ['10.0.1.254']);
        for (let width = 320; width <= 2000; width += 40) {
            const layout = layoutOf(width, figure);
            const boxes = [layout.weir, layout.clients, layout.internet, layout.router, layout.memory, layout.control, layout.externalSwitch,
                layout.internalSwitch, ...layout.external, ...layout.internal, ...layout.processors, ...layout.cards, ...(layout.tiles ? [layout.tiles] : [])];
            for (const box of boxes) {
                assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width + 0.5 && box.y + box.height <= layout.height + 0.5 && box.width > 0,
                    `${JSON.stringify(box)} at ${width} with ${servers} servers, height ${layout.height}`);
            }
            const columns = [...layout.cards, ...(layout.tiles ? [layout.tiles] : [])];
            for (let i = 1; i < columns.length; i++) {
                const [a, b] = [columns[i - 1], columns[i]];
                assert.ok(b.y >= a.y + a.height || b.x >= a.x + a.width, `cards ${i - 1} and ${i} at ${width}`);
            }
        }
    }
});

test('shares of servers are weighted by the traffic of their services', () => {
    const two = snapshot(1, {services: [{name: 'a', members: [{server: 's-1', share: 1}]}, {name: 'b', members: [{server: 's-1', share: 0.5}, {server: 's-2', share: 0.5}]}]});
    assert.equal(shares(two, new Map([['a', 30], ['b', 10]])).get('s-1'), 0.875);
    assert.equal(shares(two, new Map()).get('s-2'), 0.25);
});

test('numbers are short and unknown ones are dashes', () => {
    assert.deepEqual([0, 7, 999, 1000, 12_345, 999_950, 1.5e9, 0.256, NaN].map(format.quantity),
        ['0', '7', '999', '1.00 k', '12.3 k', '1.00 M', '1.50 G', '0.26', '–']);
    assert.deepEqual([-1, 0, 0.031, 0.5, 1].map(format.percent), ['–', '0 %', '3.1 %', '50 %', '100 %']);
    assert.deepEqual([-1, 250, 2500, 3e6].map(format.micros), ['–', '250 µs', '2.50 ms', '3.00 s']);
    assert.equal(format.count(1234567), '1\u202f234\u202f567');
    assert.equal(format.shorten('a-name-that-is-long-17', 11), 'a-nam…ng-17');
});

test('no module makes markup or code of a string, or asks another host', () => {
    const folder = new URL('./script/', import.meta.url);
    const files = readdirSync(folder);
    assert.ok(files.length > 20);
    for (const file of files) {
        const source = readFileSync(new URL(file, folder), 'utf8');
        assert.doesNotMatch(source, /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser/, file);
        assert.doesNotMatch(source.replaceAll('http://www.w3.org/', ''), /https?:\/\//, file);
    }
});
