/**
 * Where the boxes and lines of the picture are, in CSS pixels. Wide: clients to the left, servers to the right, as packets
 * run. Narrow: the same from top to bottom.
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box
 * @typedef {{path: string}} Line forth is the direction of the path
 * @typedef {{upright: boolean, width: number, height: number, clients: Box, internet: ?Box, router: ?Box, externalSwitch: Box, internalSwitch: Box,
 *     external: Box[], internal: Box[], weir: Box, processors: Box[], memory: Box, control: Box, cards: Box[], tiles: ?Box,
 *     tileColumns: number, lines: {clients: Line, router: ?Line, external: Line[], internal: Line[], cards: Line[],
 *     tiles: ?Line, buses: Line[]}}} Layout
 */

const WIDE = 1100;
const CORE = 280;
const CARD = {height: 74, gap: 10};
const CHANNEL = {height: 66, gap: 14};
const TITLE = 34;
const TILE = 20;
const SWITCH = 18;

/**
 * @param {number} width of the picture
 * @param {import('./figure.js').Figure} figure
 * @return {Layout}
 */
export function layoutOf(width, figure) {
    return width >= WIDE ? wide(width, figure) : narrow(width, figure);
}

function wide(width, figure) {
    const serverWidth = clamp(width * 0.23, 250, 340);
    const clientWidth = clamp(width * 0.12, 136, 180);
    const channelWidth = 150;
    const free = width - serverWidth - clientWidth - 2 * SWITCH - 2 * channelWidth;
    // The middle gets what it needs for its texts first, then the lines.
    const gap = clamp((free - 64 - CORE) / 4, 28, 90);
    const tileColumns = Math.floor((serverWidth - 20) / TILE);
    const tiles = tilesHeight(figure, tileColumns);
    const servers = figure.cards.length * (CARD.height + CARD.gap) + tiles;
    const processorRows = Math.ceil(chips(figure) / 2);
    const inner = TITLE + 20 + processorRows * 52 + 24 + 88 + 24 + 62;
    const channels = Math.max(figure.external.length, figure.internal.length) * (CHANNEL.height + CHANNEL.gap);
    const height = Math.max(servers, inner, channels + TITLE + 20, 330) + 4;

    const xExternal = clientWidth + gap;
    const xWeir = xExternal + SWITCH + gap;
    const xServers = width - serverWidth;
    const xInternal = xServers - gap - SWITCH;
    const weir = box(xWeir, 2, xInternal - gap - xWeir, height - 4);
    const core = box(xWeir + channelWidth + 32, 0, weir.width - 2 * channelWidth - 64, 0);
    const middle = TITLE + (height - TITLE) / 2;
    const column = (list, x) => list.map((_, at) => box(x,
        middle - (list.length * (CHANNEL.height + CHANNEL.gap) - CHANNEL.gap) / 2 + at * (CHANNEL.height + CHANNEL.gap),
        channelWidth, CHANNEL.height));
    const external = column(figure.external, xWeir + 14);
    const internal = column(figure.internal, xWeir + weir.width - channelWidth - 14);

    const chipWidth = (core.width - 12) / 2;
    const top = TITLE + 12 + (height - TITLE - inner + TITLE + 4) / 2 - 8;
    const processors = chipBoxes(figure, core.x, top, chipWidth, core.width, 2);
    const memory = box(core.x, top + processorRows * 52 + 18, core.width, 88);
    const control = box(core.x, memory.y + 88 + 24, core.width, 62);

    const hasRouter = figure.routers.length > 0;
    const clients = box(0, hasRouter ? height / 2 - 120 : height / 2 - 48, clientWidth, 96);
    const router = hasRouter ? box(clientWidth - 104, height / 2 + 20, 104, 44) : null;
    const internet = hasRouter ? box(0, height / 2 + 92, clientWidth, 40) : null;
    const externalSwitch = box(xExternal, 24, SWITCH, height - 48);
    const internalSwitch = box(xInternal, 24, SWITCH, height - 48);
    const cardsTop = (height - servers + CARD.gap) / 2;
    const cards = figure.cards.map((_, at) => box(xServers, cardsTop + at * (CARD.height + CARD.gap), serverWidth, CARD.height));
    const tilesBox = tiles > 0 ? box(xServers, cardsTop + cards.length * (CARD.height + CARD.gap), serverWidth, tiles - CARD.gap) : null;

    const across = (from, to, y) => ({path: `M${from} ${y}H${to}`});
    return {
        upright: false, width, height, clients, internet, router, externalSwitch, internalSwitch, external, internal, weir, processors, memory,
        control, cards, tiles: tilesBox, tileColumns,
        lines: {
            clients: across(clientWidth, xExternal, mid(clients)),
            router: router && across(clientWidth, xExternal, mid(router)),
            external: external.map(channel => across(xExternal + SWITCH, channel.x, mid(channel))),
            internal: internal.map(channel => across(channel.x + channelWidth, xInternal, mid(channel))),
            cards: cards.map(card => across(xInternal + SWITCH, xServers, mid(card))),
            tiles: tilesBox && across(xInternal + SWITCH, xServers, mid(tilesBox)),
            buses: [
                ...(internet ? [{path: `M${router.x + router.width / 2} ${internet.y}V${router.y + router.height}`}] : []),
                ...external.map(channel => across(channel.x + channelWidth, core.x - 16, mid(channel))),
                ...internal.map(channel => across(core.x + core.width + 16, channel.x, mid(channel))),
                bracket(core.x - 16, core.x, external, [...processors]),
                bracket(core.x + core.width + 16, core.x + core.width, internal, [...processors]),
                upright(core.x + core.width / 2, processors.at(-1).y + 44, memory.y),
                upright(core.x + core.width / 2, memory.y + memory.height, control.y),
            ],
        },
    };
}

function narrow(width, figure) {
    const side = 12;
    const gap = 40;
    const full = width;
    const perRow = width >= 640 ? 4 : 2;
    const hasRouter = figure.routers.length > 0;
    const clientWidth = hasRouter ? (full - 16) / 2 : Math.min(full, 300);
    const clients = box(hasRouter ? 0 : (full - clientWidth) / 2, 2, clientWidth, 76);
    const internet = hasRouter ? box(full - clientWidth, 2, clientWidth, 32) : null;
    const router = hasRouter ? box(full - clientWidth, 46, clientWidth, 32) : null;
    const externalSwitch = box(0, 78 + gap, full, SWITCH);
    const weirTop = externalSwitch.y + SWITCH + gap;
    const rows = (list, y) => {
        const columns = Math.min(perRow, list.length);
        const w = (full - 2 * side - (columns - 1) * 12) / columns;
        return list.map((_, at) => box(side + (at % columns) * (w + 12), y + Math.floor(at / columns) * (CHANNEL.height + 10), w, CHANNEL.height));
    };
    const bottom = list => list.reduce((y, each) => Math.max(y, each.y + each.height), 0);
    const external = rows(figure.external, weirTop + TITLE + 4);
    const inset = width >= 640 ? 60 : side;
    const coreWidth = full - 2 * inset;
    const columns = width >= 640 ? Math.min(4, chips(figure)) : Math.min(2, chips(figure));
    const processors = chipBoxes(figure, inset, bottom(external) + 22, (coreWidth - (columns - 1) * 12) / columns, coreWidth, columns);
    const memory = box(inset, bottom(processors) + 20, coreWidth, 88);
    const control = box(inset, memory.y + memory.height + 20, coreWidth, 62);
    const internal = rows(figure.internal, control.y + control.height + 22);
    const weir = box(0, weirTop, full, bottom(internal) + 14 - weirTop);
    const internalSwitch = box(0, weir.y + weir.height + gap, full, SWITCH);

    const cardColumns = Math.max(1, Math.floor((full + 12) / 272));
    const cardWidth = (full - (cardColumns - 1) * 12) / cardColumns - 16;
    const cardsTop = internalSwitch.y + SWITCH + 26;
    const cards = figure.cards.map((_, at) => box(
        (at % cardColumns) * (cardWidth + 28) + 16, cardsTop + Math.floor(at / cardColumns) * (CARD.height + CARD.gap), cardWidth, CARD.height));
    const tileColumns = Math.floor((full - 36) / TILE);
    const tiles = tilesHeight(figure, tileColumns);
    const tilesTop = (cards.length > 0 ? bottom(cards) + CARD.gap : cardsTop);
    const tilesBox = tiles > 0 ? box(16, tilesTop, full - 16, tiles - CARD.gap) : null;
    const height = (tilesBox ? tilesBox.y + tilesBox.height : Math.max(bottom(cards), internalSwitch.y + SWITCH)) + 4;

    const center = each => each.x + each.width / 2;
    const lines = {
        clients: down(center(clients), clients.y + clients.height, externalSwitch.y),
        router: router && down(center(router), router.y + router.height, externalSwitch.y),
        external: external.map(channel => down(center(channel), externalSwitch.y + SWITCH, channel.y)),
        internal: internal.map(channel => down(center(channel), channel.y + channel.height, internalSwitch.y)),
        cards: cards.map(card => ({path: `M${card.x - 12} ${mid(card)}H${card.x}`})),
        tiles: tilesBox && {path: `M4 ${mid(tilesBox)}H16`},
        buses: [
            ...(internet ? [upright(center(internet), internet.y + internet.height, router.y)] : []),
            upright(full / 2, bottom(external) + 4, processors[0].y),
            upright(full / 2, bottom(processors), memory.y),
            upright(full / 2, memory.y + memory.height, control.y),
            upright(full / 2, control.y + control.height, internal[0] ? internal[0].y - 4 : control.y + control.height),
            ...rails(cards, internalSwitch.y + SWITCH),
            ...(tilesBox ? [upright(4, internalSwitch.y + SWITCH, mid(tilesBox))] : []),
        ],
    };
    return {upright: true, width, height, clients, internet, router, externalSwitch, internalSwitch, external, internal, weir, processors,
        memory, control, cards, tiles: tilesBox, tileColumns, lines};
}

/** More processors than these share one box. */
export const MOST_CHIPS = 8;

function chips(figure) {
    return figure.processors.length > MOST_CHIPS ? 1 : Math.max(1, figure.processors.length);
}

function chipBoxes(figure, x, y, chipWidth, fullWidth, columns) {
    const number = chips(figure);
    return Array.from({length: number}, (_, at) => number === 1 ? box(x, y, fullWidth, 44)
        : box(x + (at % columns) * (chipWidth + 12), y + Math.floor(at / columns) * 52, chipWidth, 44));
}

function tilesHeight(figure, columns) {
    return figure.tiles.length === 0 ? 0 : 36 + Math.ceil(figure.tiles.length / columns) * TILE + 8 + CARD.gap;
}

/** Joins the channels of a side to the processors. */
function bracket(x, toX, channels, processors) {
    const ys = [...channels.map(mid), ...processors.map(mid)];
    const ends = [...new Set(processors.map(mid))].map(y => `M${x} ${y}H${toX}`).join('');
    return {path: `M${x} ${Math.min(...ys)}V${Math.max(...ys)}${ends}`};
}

function rails(cards, from) {
    const lowest = new Map();
    for (const card of cards) {
        lowest.set(card.x, Math.max(lowest.get(card.x) ?? 0, mid(card)));
    }
    return [...lowest].map(([x, y]) => upright(x - 12, from, y));
}

function down(x, from, to) {
    return {path: `M${x} ${from}V${to}`};
}

function upright(x, from, to) {
    return {path: `M${x} ${from}V${to}`};
}

function box(x, y, width, height) {
    return {x, y, width, height};
}

function mid(each) {
    return each.y + each.height / 2;
}

function clamp(value, least, greatest) {
    return Math.min(greatest, Math.max(least, value));
}
