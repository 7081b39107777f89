/** Numbers and times as people read them. Everything unknown is a dash. */

export const UNKNOWN = '–';

const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P'];

/** Three significant digits with an SI prefix: 12.3 k. */
export function quantity(value) {
    if (!Number.isFinite(value)) {
        return UNKNOWN;
    }
    let size = Math.abs(value);
    let prefix = 0;
    while (size >= 999.5 && prefix < PREFIXES.length - 1) {
        size /= 1000;
        prefix++;
    }
    const digits = prefix === 0 && Number.isInteger(value) ? 0 : size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    const text = (value < 0 ? '-' : '') + size.toFixed(size === 0 ? 0 : digits);
    return prefix === 0 ? text : `${text} ${PREFIXES[prefix]}`;
}

/** A count in full, grouped by thin spaces. */
export function count(value) {
    return Number.isFinite(value) ? String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, '\u202f') : UNKNOWN;
}

export function perSecond(value) {
    return Number.isFinite(value) ? `${quantity(value)}/s` : UNKNOWN;
}

export function bits(value) {
    return Number.isFinite(value) ? `${quantity(value)}${value >= 999.5 ? '' : ' '}bit/s` : UNKNOWN;
}

/** 0..1 as per cent. */
export function percent(value) {
    if (!Number.isFinite(value) || value < 0) {
        return UNKNOWN;
    }
    const hundred = value * 100;
    return `${hundred > 0 && hundred < 9.95 ? hundred.toFixed(1) : hundred.toFixed(0)} %`;
}

/** A load index: 1 is fully loaded. */
export function index(value) {
    return Number.isFinite(value) && value >= 0 ? value.toFixed(2) : UNKNOWN;
}

/** A metric that is -1 when unknown. */
export function metric(value) {
    return Number.isFinite(value) && value >= 0 ? quantity(Number(value.toPrecision(3))) : UNKNOWN;
}

export function micros(value) {
    if (!Number.isFinite(value) || value < 0) {
        return UNKNOWN;
    }
    return value < 1000 ? `${value} µs` : value < 1e6 ? `${(value / 1000).toPrecision(3)} ms` : `${(value / 1e6).toPrecision(3)} s`;
}

/** A length of time in its two largest units. */
export function duration(milliseconds) {
    const seconds = Math.max(0, Math.floor(milliseconds / 1000));
    const days = Math.floor(seconds / 86400);
    const hours = Math.floor(seconds / 3600) % 24;
    const minutes = Math.floor(seconds / 60) % 60;
    return days > 0 ? `${days} d ${hours} h` : hours > 0 ? `${hours} h ${minutes} min`
        : minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

/** A time of day with seconds; with the date when it is not today. */
export function moment(epochMs) {
    const date = new Date(epochMs);
    const time = clock(epochMs / 1000);
    const two = n => String(n).padStart(2, '0');
    return date.toDateString() === new Date().toDateString() ? time
        : `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${time}`;
}

/** HH:MM:SS of a time in epoch seconds. */
export function clock(epochSeconds) {
    const date = new Date(epochSeconds * 1000);
    return [date.getHours(), date.getMinutes(), date.getSeconds()].map(n => String(n).padStart(2, '0')).join(':');
}

/** Cuts a text in the middle, where names differ least. */
export function shorten(text, characters) {
    if (text.length <= characters) {
        return text;
    }
    const tail = Math.floor((characters - 1) / 2);
    return text.slice(0, characters - 1 - tail) + '…' + text.slice(text.length - tail);
}

/** Names without the domain that all of them have in common. @param {string[]} names @return {(name: string) => string} */
export function shorterNames(names) {
    const domain = /\..*$/.exec(names[0] ?? '')?.[0];
    return domain !== undefined && names.length > 1 && names.every(name => name.endsWith(domain) && name.length > domain.length)
        ? name => name.endsWith(domain) ? name.slice(0, -domain.length) : name : name => name;
}

export function plural(number, one, many = one + 's') {
    return `${count(number)} ${number === 1 ? one : many}`;
}
