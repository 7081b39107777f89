import {byId, element} from './dom.js';

const SUCCESS_MS = 8000;
const MOST = 4;

/** Says that something has been done. */
export function success(text) {
    const notice = show(byId('notices-polite'), 'success', text);
    setTimeout(() => notice.remove(), SUCCESS_MS);
}

/** Says that something failed; it stays until it is closed. */
export function failure(text) {
    show(byId('notices-alert'), 'failure', text);
}

function show(region, kind, text) {
    const notice = element('div', {class: `notice ${kind}`},
        element('span', {class: 'notice-text'}, text),
        element('button', {type: 'button', class: 'quiet', 'aria-label': `Close: ${text}`, onclick: () => notice.remove()}, '×'));
    region.append(notice);
    while (region.childElementCount > MOST) {
        region.firstElementChild.remove();
    }
    return notice;
}
