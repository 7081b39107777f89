import {byId, element} from './dom.js';

/**
 * Opens the page's dialog. Esc and Cancel close it; the focus goes back to where it was.
 *
 * @param {{title: string, content: (Node|string)[], actions: {label: string, kind?: string, id?: string,
 *     run: () => Promise<boolean|void>|boolean|void}[], wide?: boolean, focus?: HTMLElement}} options an action that returns false (or throws) leaves it open
 */
export function open(options) {
    const dialog = byId('dialog');
    const before = document.activeElement;
    const error = element('p', {class: 'field-error', role: 'alert'});
    const buttons = options.actions.map(action => element('button',
        {type: 'button', class: action.kind ?? 'primary', id: action.id}, action.label));
    const cancel = element('button', {type: 'button', onclick: () => dialog.close()}, 'Cancel');
    buttons.forEach((button, at) => button.addEventListener('click', async () => {
        error.textContent = '';
        buttons.forEach(each => each.disabled = true);
        try {
            if (await options.actions[at].run() !== false) {
                dialog.close();
            }
        } catch (failure) {
            error.textContent = failure.message;
        } finally {
            buttons.forEach(each => each.disabled = each.hasAttribute('data-blocked'));
        }
    }));
    dialog.className = options.wide ? 'wide' : '';
    dialog.replaceChildren(
        element('h2', {id: 'dialog-title'}, options.title),
        element('div', {class: 'dialog-body'}, ...options.content),
        error,
        element('div', {class: 'dialog-actions'}, ...buttons, cancel));
    dialog.addEventListener('close', () => {
        dialog.replaceChildren();
        if (before instanceof HTMLElement && before.isConnected) {
            before.focus();
        }
    }, {once: true});
    dialog.showModal();
    (options.focus ?? buttons[0]).focus();
    return {buttons, error, close: () => dialog.close()};
}
