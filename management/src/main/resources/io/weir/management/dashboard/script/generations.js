import {changeList, moveList, moveSummary} from './changes.js';
import {byId, element, setAttribute, setText} from './dom.js';
import * as format from './format.js';

const SHOWN_AT_FIRST = 8;
const REMEMBERED = 500;

/** The list of generations, newest first. */
export class Generations {
    /** @param {(generation: import('./model.js').Generation, later: import('./model.js').Generation[]) => void} onRollback */
    constructor(onRollback) {
        this.onRollback = onRollback;
        /** @type {import('./model.js').Generation[]} */
        this.all = [];
        this.limit = SHOWN_AT_FIRST;
        this.items = new Map();
        this.byLoad = byId('show-load-changes');
        this.byLoad.addEventListener('change', () => this.#show());
        this.list = element('ol', {class: 'generations', 'aria-label': 'Generations, newest first'});
        this.empty = element('p', {class: 'empty'}, 'No generations are remembered.');
        this.more = element('button', {type: 'button', class: 'quiet more-rows', onclick: () => {
            this.limit += 50;
            this.#show();
        }}, 'Show more');
        byId('generations').append(this.list, this.empty, this.more);
    }

    /** @param {import('./model.js').Generation[]} generations newest first */
    replace(generations) {
        this.all = generations.slice(0, REMEMBERED);
        this.#show();
    }

    /** @param {import('./model.js').Generation} generation a new one */
    add(generation) {
        this.all = [generation, ...this.all.filter(({number}) => number !== generation.number)]
            .sort((a, b) => b.number - a.number).slice(0, REMEMBERED);
        if (generation.active) {
            this.setActive(generation.number);
        }
        this.#show();
    }

    /** @param {number} number of the generation in force */
    setActive(number) {
        if (this.all.some(each => each.active !== (each.number === number))) {
            this.all = this.all.map(each => ({...each, active: each.number === number}));
            this.#show();
        }
    }

    knows(number) {
        return this.all.some(each => each.number === number);
    }

    #show() {
        const found = this.all.filter(({cause, active}) => this.byLoad.checked || active || !/^load\b/.test(cause));
        const shown = found.slice(0, this.limit);
        const numbers = new Set(shown.map(({number}) => number));
        for (const [number, item] of this.items) {
            if (!numbers.has(number)) {
                item.element.remove();
                this.items.delete(number);
            }
        }
        let next = this.list.firstElementChild;
        for (const generation of shown) {
            let item = this.items.get(generation.number);
            if (item === undefined) {
                item = this.#item(generation);
                this.items.set(generation.number, item);
            }
            if (item.element === next) {
                next = next.nextElementSibling;
            } else {
                this.list.insertBefore(item.element, next);
            }
            item.update(generation);
        }
        this.empty.hidden = found.length > 0;
        this.more.hidden = shown.length === found.length;
    }

    #item(generation) {
        const button = element('button', {type: 'button', class: 'small', 'aria-label': `Roll back to generation ${generation.number}`,
            onclick: () => this.onRollback(generation, this.all.filter(({number}) => number > generation.number))}, 'Roll back');
        const active = element('span', {class: 'badge', 'data-state': 'up'}, 'in force');
        const body = element('div', {class: 'generation-body'});
        const details = element('details', {ontoggle: () => {
            if (details.open && body.childElementCount === 0) {
                body.append(changeList(generation.changes), moveList(generation.moves));
            }
        }}, element('summary', null,
            element('span', {class: 'generation-number'}, String(generation.number)),
            element('span', {class: 'generation-cause'}, generation.cause),
            element('span', {class: 'sub'}, `${format.moment(generation.epochMs)} · ${moveSummary(generation.moves)}`)), body);
        const item = element('li', null, details, element('div', {class: 'generation-side'}, active, button));
        return {element: item, update: now => {
            active.hidden = !now.active;
            button.hidden = now.active;
            setAttribute(item, 'data-active', now.active || null);
            setText(details.querySelector('.generation-cause'), now.cause);
        }};
    }
}
