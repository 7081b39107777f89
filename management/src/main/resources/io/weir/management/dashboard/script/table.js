import {element, setAttribute, setText} from './dom.js';

/**
 * A column of a table.
 *
 * @template T
 * @typedef {object} Column
 * @property {string} label
 * @property {boolean} [numeric] aligned to the right, sorted from the greatest
 * @property {boolean} [head] names the row
 * @property {(row: T) => any} [value] what it is sorted by; a column without cannot be sorted
 * @property {(row: T) => string} [text] what the cell says, or
 * @property {(cell: HTMLElement, row: () => T) => ((row: T) => void)} [build] builds the cell once, returns what updates it
 */

/**
 * A table whose rows are kept by key, so that an update changes only what differs and never takes the focus away.
 * Where it is narrow style/tables.css turns rows into cards; the explicit roles keep it a table for screen readers.
 *
 * @template T
 */
export class KeyedTable {
    /**
     * @param {HTMLElement} container
     * @param {{label: string, empty: string, columns: Column<T>[], key: (row: T) => string, className?: string, limit?: number, cardsBelow?: number}} options
     *     `cardsBelow`: rows become cards when there are fewer pixels
     */
    constructor(container, options) {
        this.options = options;
        this.limit = options.limit ?? 100;
        this.rows = new Map();
        this.order = null;
        this.latest = [];
        this.heads = options.columns.map((column, at) => this.#head(column, at));
        this.body = element('tbody', {role: 'rowgroup'});
        this.empty = element('p', {class: 'empty', hidden: true}, options.empty);
        this.more = element('button', {type: 'button', class: 'quiet more-rows', hidden: true, onclick: () => {
            this.limit = Infinity;
            this.update(this.latest);
        }});
        this.table = element('table', {role: 'table', 'aria-label': options.label, class: options.className},
            element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'}, ...this.heads)), this.body);
        container.append(this.table, this.empty, this.more);
        new ResizeObserver(([{contentRect}]) => setAttribute(this.table, 'data-cards', contentRect.width < (options.cardsBelow ?? 560) || null))
            .observe(container);
    }

    /** @param {T[]} items */
    update(items) {
        this.latest = items;
        const shown = this.#sorted(items).slice(0, this.limit);
        const keys = new Set(shown.map(this.options.key));
        for (const [key, row] of this.rows) {
            if (!keys.has(key)) {
                row.element.remove();
                this.rows.delete(key);
            }
        }
        const focused = document.activeElement;
        let next = this.body.firstElementChild;
        for (const item of shown) {
            const row = this.#row(this.options.key(item), item);
            row.item = item;
            row.updates.forEach(update => update(item));
            if (row.element === next) {
                next = next.nextElementSibling;
            } else {
                this.body.insertBefore(row.element, next);
            }
        }
        if (focused instanceof HTMLElement && focused !== document.activeElement && this.body.contains(focused)) {
            focused.focus({preventScroll: true});
        }
        this.empty.hidden = items.length > 0;
        this.table.hidden = items.length === 0;
        this.more.hidden = shown.length === items.length;
        setText(this.more, `Show all ${items.length}`);
    }

    #head(column, at) {
        const head = element('th', {role: 'columnheader', scope: 'col', class: column.numeric ? 'numeric' : undefined});
        if (column.value) {
            head.append(element('button', {type: 'button', class: 'sort', onclick: () => this.#sortBy(at)}, column.label));
        } else {
            head.append(column.label);
        }
        return head;
    }

    #sortBy(at) {
        const first = this.options.columns[at].numeric ? -1 : 1;
        if (this.order === null || this.order.at !== at) {
            this.order = {at, direction: first};
        } else {
            this.order = this.order.direction === first ? {at, direction: -first} : null;
        }
        this.heads.forEach((head, index) => setAttribute(head, 'aria-sort',
            this.order?.at === index ? (this.order.direction > 0 ? 'ascending' : 'descending') : null));
        this.update(this.latest);
    }

    #sorted(items) {
        if (this.order === null) {
            return items;
        }
        const {at, direction} = this.order;
        const value = this.options.columns[at].value;
        return items.map(item => ({item, value: value(item)}))
            .sort((a, b) => direction * (typeof a.value === 'string' ? a.value.localeCompare(b.value, undefined, {numeric: true})
                : a.value - b.value))
            .map(({item}) => item);
    }

    #row(key, item) {
        let row = this.rows.get(key);
        if (row === undefined) {
            row = {element: element('tr', {role: 'row'}), item, updates: []};
            this.rows.set(key, row);
            const current = () => row.item;
            for (const column of this.options.columns) {
                const cell = element(column.head ? 'th' : 'td', {
                    role: column.head ? 'rowheader' : 'cell', scope: column.head ? 'row' : undefined,
                    'data-label': column.label, class: column.numeric ? 'numeric' : undefined});
                row.element.append(cell);
                row.updates.push(column.build ? column.build(cell, current) : value => setText(cell, column.text(value)));
            }
        }
        return row;
    }
}

/** A cell of two lines. @return {(upper: string, lower: string) => void} what updates it */
export function twoLines(cell) {
    const upper = element('span', {class: 'upper'});
    const lower = element('span', {class: 'sub'});
    cell.append(element('span', {class: 'two'}, upper, lower));
    return (first, second) => {
        setText(upper, first);
        setText(lower, second);
    };
}

/** A bar with a text, for a value of 0..1. @return {(value: number, text: string, level?: string) => void} what updates it */
export function bar(cell) {
    const fill = element('span', {class: 'bar-fill'});
    const label = element('span', {class: 'bar-text'});
    cell.append(element('span', {class: 'bar'}, element('span', {class: 'bar-track', 'aria-hidden': 'true'}, fill), label));
    return (value, text, level) => {
        const width = `${Math.round(1000 * Math.min(1, Math.max(0, value))) / 10}%`;
        if (fill.style.width !== width) {
            fill.style.width = width;
        }
        setAttribute(fill, 'data-level', level ?? null);
        setText(label, text);
    };
}

/** How hot a load index is: the colour of its bar. */
export function level(index) {
    return index < 0 ? 'unknown' : index < 0.6 ? 'low' : index < 0.85 ? 'middle' : 'high';
}

/** Whether a row has what was typed into a filter; every word must be there. */
export function matches(words, ...texts) {
    const all = texts.flat().join(' ').toLowerCase();
    return words.toLowerCase().split(/\s+/).every(word => all.includes(word));
}
