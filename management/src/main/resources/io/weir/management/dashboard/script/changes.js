import {element} from './dom.js';
import * as format from './format.js';

/** A diff as a list; lines that begin with + or - are coloured and keep their sign. @param {string[]} changes */
export function changeList(changes) {
    return changes.length === 0 ? element('p', {class: 'sub'}, 'No line of the configuration differs.')
        : element('ul', {class: 'diff'}, ...changes.map(line => element('li',
            {class: line.startsWith('+') ? 'added' : line.startsWith('-') ? 'removed' : undefined}, line)));
}

/** Shares of the hash spaces that move. @param {import('./model.js').Move[]} moves */
export function moveList(moves) {
    const moving = moves.filter(({share}) => share > 0);
    return moving.length === 0 ? element('p', {class: 'sub'}, 'No new connection goes elsewhere than before.')
        : element('ul', {class: 'moves'}, ...moving.map(({service, family, share}) =>
            element('li', null, `${service}, IPv${family}: ${format.percent(share)} of new connections go elsewhere`)));
}

/** The greatest share that moves, in words. @param {import('./model.js').Move[]} moves */
export function moveSummary(moves) {
    const greatest = Math.max(0, ...moves.map(({share}) => share));
    return greatest === 0 ? 'moves nothing' : `moves ${moves.filter(({share}) => share > 0).length > 1 ? 'up to ' : ''}${format.percent(greatest)}`;
}
