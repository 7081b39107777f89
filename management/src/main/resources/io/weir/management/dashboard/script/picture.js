import {byId, setAttribute, setText, svg} from './dom.js';
import {figureOf} from './figure.js';
import * as format from './format.js';
import {layoutOf, MOST_CHIPS} from './layout.js';
import {loadOf, stateOf} from './model.js';
import {level} from './table.js';

const TILE = 20;
/** Packets per second from which a line has its next width. */
const STEPS = [0.05, 10, 100, 1000, 10_000, 100_000, 1_000_000];

/** Fig. 1 as a live picture. It is built anew when the parts or the width change; otherwise only texts and lines change. */
export class Picture {
    /** @param {HTMLElement} container */
    constructor(container) {
        this.container = container;
        this.signature = '';
        this.routers = [];
        this.last = null;
        // Kept, since asking an element for its width in the middle of an update makes the browser lay out twice.
        this.width = 0;
        new ResizeObserver(entries => {
            const now = Math.floor(entries[0].contentRect.width);
            if (now !== this.width) {
                this.width = now;
                if (this.last !== null) {
                    requestAnimationFrame(() => this.update(...this.last));
                }
            }
        }).observe(container);
    }

    /**
     * @param {import('./model.js').Snapshot} snapshot
     * @param {?import('./rates.js').Rates} rates
     * @param {Map<string, number>} shares of new connections by server
     */
    update(snapshot, rates, shares) {
        this.last = [snapshot, rates, shares];
        const {width} = this;
        if (width < 200) {
            return;
        }
        const figure = figureOf(snapshot, this.routers);
        byId('picture-note').hidden = !figure.oneArm;
        const signature = JSON.stringify([width, figure.oneArm, figure.routers, snapshot.name, snapshot.processors.length,
            [...figure.external, ...figure.internal].map(channel => [channel.id, channel.name]),
            figure.cards.map(({name}) => name), figure.tiles.map(({name}) => name), figure.hidden]);
        if (signature !== this.signature) {
            const focused = this.container.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
            this.signature = signature;
            this.updates = [];
            this.shorter = format.shorterNames(snapshot.servers.map(server => server.name));
            const layout = layoutOf(width, figure);
            setAttribute(this.container, 'data-upright', layout.upright || null);
            this.container.replaceChildren(this.#build(figure, layout, snapshot));
            if (focused !== null) {
                [...this.container.querySelectorAll('a')].find(link => link.getAttribute('href') === focused)?.focus();
            }
        }
        const state = {snapshot, rates, shares, servers: new Map(snapshot.servers.map(server => [server.name, server])),
            interfaces: new Map(snapshot.interfaces.map(channel => [channel.id, channel]))};
        this.updates.forEach(update => update(state));
    }

    #build(figure, layout, snapshot) {
        const root = svg('svg', {width: layout.width, height: layout.height, viewBox: `0 0 ${layout.width} ${layout.height}`,
            role: 'group', 'aria-labelledby': 'picture-title', 'aria-describedby': 'picture-summary'});
        const summary = svg('desc', {id: 'picture-summary'});
        this.updates.push(({snapshot, rates}) => setText(summary, `${format.perSecond(rates?.connections)} new connections to `
            + `${format.plural(snapshot.servers.length, 'server')} through ${format.plural(snapshot.interfaces.length, 'interface')}`));
        root.append(summary, this.#box(layout.weir, 'weir'));
        layout.lines.buses.forEach(line => root.append(svg('path', {class: 'bus', d: line.path})));
        this.#lines(root, figure, layout);
        root.append(
            text(layout.weir.x + 14, layout.weir.y + 23, 'title', format.shorten(snapshot.name, 40), 'weir: '),
            this.#clients(layout.clients),
            ...this.#router(figure, layout),
            this.#switch(layout.externalSwitch, 'external switch'), this.#switch(layout.internalSwitch, 'internal switch'),
            ...figure.external.map((channel, at) => this.#channel(channel, layout.external[at])),
            ...figure.internal.map((channel, at) => this.#channel(channel, layout.internal[at])),
            ...this.#processors(figure, layout.processors),
            this.#memory(layout.memory), this.#control(layout.control),
            ...figure.cards.map((server, at) => this.#server(server, layout.cards[at])));
        if (layout.tiles) {
            root.append(this.#tiles(figure, layout.tiles, layout.tileColumns));
        }
        return root;
    }

    #lines(root, figure, layout) {
        const clientSum = field => ({rates}) => figure.external.reduce((sum, {id}) => sum + (rates?.interfaces.get(id)?.[field] ?? 0), 0);
        root.append(this.#line(layout.lines.clients, clientSum('received'), clientSum('transmitted')));
        if (layout.lines.router) {
            root.append(svg('path', {class: 'wire', d: layout.lines.router.path}));
        }
        const of = (id, field) => ({rates}) => rates?.interfaces.get(id)?.[field] ?? 0;
        figure.external.forEach(({id}, at) => root.append(this.#line(layout.lines.external[at], of(id, 'received'), of(id, 'transmitted'))));
        figure.internal.forEach(({id}, at) => root.append(this.#line(layout.lines.internal[at], of(id, 'transmitted'), of(id, 'received'))));
        // Packets are not counted per server. A connection is at least ten packets, which gives lines of comparable width.
        figure.cards.forEach(({name}, at) => root.append(this.#line(layout.lines.cards[at], ({rates}) => 10 * (rates?.servers.get(name) ?? 0), null,
            ({servers}) => servers.get(name)?.health === 'down')));
        if (layout.lines.tiles) {
            root.append(this.#line(layout.lines.tiles, ({rates}) => 10 * (rates?.connections ?? 0), null));
        }
    }

    /** A line that is as wide as its traffic and moves with it: forth towards servers, back towards clients. */
    #line(line, forth, back, cut) {
        const wire = svg('path', {class: 'wire', d: line.path});
        const group = svg('g', {class: 'line'}, wire);
        for (const [kind, rate] of [['forth', forth], ['back', back]]) {
            if (rate !== null) {
                const flow = svg('path', {class: `flow ${kind} ${back === null ? 'alone' : ''}`, d: line.path});
                group.append(flow);
                this.updates.push(state => setAttribute(flow, 'data-step', STEPS.filter(step => rate(state) >= step).length));
            }
        }
        if (cut) {
            this.updates.push(state => setAttribute(wire, 'data-cut', cut(state)));
        }
        return group;
    }

    #box(at, kind, radius = 8) {
        return svg('rect', {class: `box ${kind}`, x: at.x, y: at.y, width: at.width, height: at.height, rx: radius});
    }

    #clients(at) {
        const opened = text(at.x + at.width / 2, at.y + 50, 'figure middle');
        const live = text(at.x + at.width / 2, at.y + 68, 'small middle');
        this.updates.push(({snapshot, rates}) => {
            setText(opened, `${format.perSecond(rates?.connections)}`);
            setText(live, `${format.quantity(snapshot.services.reduce((sum, service) => sum + service.liveConnections, 0))} live`);
        });
        return svg('g', null, this.#box(at, 'clients'), text(at.x + at.width / 2, at.y + 24, 'name middle', 'Clients'), opened, live,
            svg('title', null, 'Clients: new connections per second, live connections'));
    }

    #router(figure, {router, internet}) {
        if (!router) {
            return [];
        }
        const middle = each => each.x + each.width / 2;
        const compact = router.height < 40;
        const via = format.shorten(figure.routers[0], compact ? 22 : 17);
        return [
            svg('g', null, this.#box(router, 'router'), svg('title', null, `Router: default routes lead to ${figure.routers.join(', ')}`),
                ...(compact ? [text(middle(router), router.y + 21, 'small middle', `router ${via}`)]
                    : [text(middle(router), router.y + 18, 'name middle', 'Router'), text(middle(router), router.y + 34, 'small middle', via)])),
            svg('g', null, this.#box(internet, 'internet', internet.height / 2),
                text(middle(internet), internet.y + internet.height / 2 + 5, 'name middle', 'Internet')),
        ];
    }

    #switch(at, label) {
        const upright = at.height > at.width;
        const x = at.x + at.width / 2;
        const y = at.y + at.height / 2;
        return svg('g', null, this.#box(at, 'switch', 5),
            svg('text', {class: 'switch-label', x, y: y + 4, 'text-anchor': 'middle',
                transform: upright ? `rotate(-90 ${x} ${y})` : undefined}, label));
    }

    #channel({id, name}, at) {
        const received = text(at.x + 10, at.y + 38, 'small');
        const transmitted = text(at.x + 10, at.y + 55, 'small');
        const title = svg('title');
        const spacious = at.width >= 140;
        this.updates.push(({rates, interfaces}) => {
            const now = rates?.interfaces.get(id);
            setText(received, `in ${format.perSecond(now?.received)}${spacious ? ` · ${shortBits(now?.receivedBits)}` : ''}`);
            setText(transmitted, `out ${format.perSecond(now?.transmitted)}${spacious ? ` · ${shortBits(now?.transmittedBits)}` : ''}`);
            setText(title, `Interface ${name} (${(interfaces.get(id)?.addresses ?? []).join(', ')}): `
                + `in ${format.perSecond(now?.received)} packets, ${format.bits(now?.receivedBits)}, `
                + `out ${format.perSecond(now?.transmitted)} packets, ${format.bits(now?.transmittedBits)}`);
        });
        return svg('g', {class: 'channel'}, this.#box(at, 'channel'), title,
            text(at.x + 10, at.y + 20, 'name', format.shorten(name, Math.floor((at.width - 20) / 8))), received, transmitted);
    }

    #processors(figure, boxes) {
        if (figure.processors.length > MOST_CHIPS || figure.processors.length === 0) {
            const at = boxes[0];
            const rate = text(at.x + at.width - 10, at.y + 27, 'figure end');
            this.updates.push(({rates}) => setText(rate, format.perSecond(rates ? [...rates.processors.values()].reduce((a, b) => a + b, 0) : NaN)));
            return [svg('g', null, this.#box(at, 'processor'),
                text(at.x + 10, at.y + 27, 'name', format.plural(figure.processors.length, 'switching processor')), rate)];
        }
        return figure.processors.map(({number}, index) => {
            const at = boxes[index];
            const chip = this.#box(at, 'processor');
            const rate = text(at.x + at.width / 2, at.y + 35, 'small middle');
            this.updates.push(({snapshot, rates}) => {
                const running = snapshot.running && snapshot.processors.find(each => each.number === number)?.running;
                setAttribute(chip, 'data-state', running ? 'up' : 'down');
                setText(rate, running ? `${format.perSecond(rates?.processors.get(number))}` : 'stopped');
            });
            const long = at.width > 150;
            return svg('g', null, chip, svg('title', null, `Switching processor ${number}: packets per second`),
                text(at.x + at.width / 2, at.y + 18, 'name middle', `${long ? 'Switching processor' : 'Processor'} ${number}`), rate);
        });
    }

    #memory(at) {
        const middle = at.x + at.width / 2;
        const tables = text(middle, at.y + 43, 'small middle');
        const buffers = text(middle, at.y + 62, 'small middle');
        const track = svg('rect', {class: 'track', x: at.x + 12, y: at.y + 71, width: at.width - 24, height: 6, rx: 3});
        const fill = svg('rect', {class: 'fill', x: at.x + 12, y: at.y + 71, width: 0, height: 6, rx: 3});
        this.updates.push(({snapshot}) => {
            const used = snapshot.buffers > 0 ? 1 - snapshot.freeBuffers / snapshot.buffers : 0;
            setText(tables, `generation ${snapshot.generation} · ${format.quantity(snapshot.services.reduce((sum, each) => sum + each.liveConnections, 0))} connections`);
            setText(buffers, `buffers in use ${format.percent(used)}`);
            setAttribute(fill, 'width', Math.round((at.width - 24) * used));
            setAttribute(fill, 'data-level', used < 0.7 ? 'low' : used < 0.9 ? 'middle' : 'high');
        });
        return svg('g', null, this.#box(at, 'memory'), text(middle, at.y + 23, 'name middle', 'Shared memory'), tables, buffers, track, fill);
    }

    #control(at) {
        const middle = at.x + at.width / 2;
        const box = this.#box(at, 'control');
        const state = text(middle, at.y + 45, 'small middle');
        const title = svg('title');
        this.updates.push(({snapshot}) => {
            setAttribute(box, 'data-state', snapshot.running ? 'up' : 'down');
            setText(state, snapshot.running ? format.shorten(snapshot.cause || 'running', Math.floor((at.width - 20) / 6.6)) : 'not running');
            setText(title, `Control processor, last change: ${snapshot.cause}`);
        });
        return svg('g', null, box, text(middle, at.y + 24, 'name middle', 'Control processor'), state, title);
    }

    #server({name}, at) {
        const box = this.#box(at, 'server');
        const stripe = svg('rect', {class: 'stripe', x: at.x, y: at.y + 8, width: 4, height: at.height - 16, rx: 2});
        const badge = text(at.x + at.width - 12, at.y + 21, 'badge end');
        const link = svg('a', {href: `#server-${encodeURIComponent(name)}`, class: 'server-link'});
        const barX = at.x + 58;
        const barWidth = at.width - 58 - 128;
        const load = meter(barX, at.y + 34, barWidth);
        const share = meter(barX, at.y + 54, barWidth);
        const loadText = text(barX + barWidth + 6, at.y + 41, 'small');
        const shareText = text(barX + barWidth + 6, at.y + 61, 'small');
        const live = text(at.x + at.width - 12, at.y + 41, 'small end');
        const opened = text(at.x + at.width - 12, at.y + 61, 'small end');
        link.append(box, stripe, text(at.x + 14, at.y + 21, 'name', format.shorten(this.shorter(name), Math.floor((at.width - 90) / 7.2))), svg('title', null, name), badge,
            text(at.x + 14, at.y + 41, 'small', 'load'), text(at.x + 14, at.y + 61, 'small', 'share'),
            ...load.parts, ...share.parts, loadText, shareText, live, opened);
        this.updates.push(({rates, shares, servers}) => {
            const server = servers.get(name);
            const state = stateOf(server);
            const index = loadOf(server);
            const part = shares.get(name) ?? 0;
            for (const each of [box, stripe, badge]) {
                setAttribute(each, 'data-state', state);
            }
            setText(badge, state);
            load.set(index, level(index));
            share.set(part, 'share');
            setText(loadText, format.index(index));
            setText(shareText, format.percent(part));
            setText(live, `${format.quantity(server.liveConnections)} live`);
            setText(opened, format.perSecond(rates?.servers.get(name)));
            setAttribute(link, 'aria-label', `Server ${name}: ${state}, load ${index < 0 ? 'unknown' : format.index(index)}, `
                + `${format.percent(part)} of new connections, ${format.plural(server.liveConnections, 'live connection')}`);
        });
        return link;
    }

    #tiles(figure, at, columns) {
        const head = text(at.x + 12, at.y + 22, 'name', `All ${format.plural(figure.tiles.length + figure.hidden, 'server')}`);
        const down = text(at.x + at.width - 12, at.y + 22, 'small end');
        const tiles = figure.tiles.map(({name}, index) => {
            const x = at.x + 12 + (index % columns) * TILE;
            const y = at.y + 34 + Math.floor(index / columns) * TILE;
            const tile = svg('rect', {class: 'tile', x, y, width: TILE - 4, height: TILE - 4, rx: 3});
            const mark = svg('path', {class: 'mark', d: `M${x + 4} ${y + 4}l8 8m0 -8l-8 8`});
            const title = svg('title');
            this.updates.push(({servers, shares}) => {
                const server = servers.get(name);
                const state = stateOf(server);
                setAttribute(tile, 'data-state', state);
                setAttribute(tile, 'data-level', level(loadOf(server)));
                setAttribute(mark, 'data-state', state);
                setText(title, `${name}: ${state}, load ${format.index(loadOf(server))}, share ${format.percent(shares.get(name) ?? 0)}`);
            });
            return svg('g', null, title, tile, mark);
        });
        this.updates.push(({snapshot}) => {
            const number = state => snapshot.servers.filter(server => stateOf(server) === state).length;
            setText(down, `${number('up')} up · ${number('down')} down · ${number('draining')} draining`);
        });
        return svg('g', {role: 'img', 'aria-label': 'All servers by load; the table below has them by name'}, this.#box(at, 'server'), head, down, ...tiles);
    }
}

function text(x, y, kind, content = '', prefix = '') {
    const anchor = / middle| end/.exec(kind)?.[0].trim();
    return svg('text', {x, y, class: kind, 'text-anchor': anchor}, prefix + content);
}

function meter(x, y, width) {
    const fill = svg('rect', {class: 'fill', x, y, width: 0, height: 7, rx: 3.5});
    return {
        parts: [svg('rect', {class: 'track', x, y, width, height: 7, rx: 3.5}), fill],
        set(value, kind) {
            setAttribute(fill, 'width', Math.round(width * Math.min(1, Math.max(0, value)) * 10) / 10);
            setAttribute(fill, 'data-level', kind);
        },
    };
}

function shortBits(value) {
    return format.bits(value).replace('bit/s', 'b/s');
}
