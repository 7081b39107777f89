import {changeList, moveList} from './changes.js';
import * as dialogs from './dialogs.js';
import {element, setAttribute} from './dom.js';
import * as format from './format.js';
import {failure, success} from './notices.js';

const GREATEST_BYTES = 16 << 20;

/**
 * Shows the configuration in force, takes another (typed, pasted or from a file), says what it would change and applies
 * exactly the text that was previewed.
 *
 * @param {import('./api.js').Api} api
 */
export async function change(api) {
    let inForce;
    try {
        inForce = await api.configuration();
    } catch (error) {
        failure(`The configuration cannot be read: ${error.message}`);
        return;
    }
    let fileName = 'dashboard.yaml';
    let previewed = null;
    const text = element('textarea', {id: 'yaml', rows: '16', spellcheck: 'false', wrap: 'off', autocomplete: 'off'});
    text.value = inForce;
    const file = element('input', {id: 'yaml-file', type: 'file', accept: '.yaml,.yml,text/yaml,application/yaml'});
    const outcome = element('div', {id: 'preview', 'aria-live': 'polite'});
    const {buttons, error} = dialogs.open({
        title: 'Change the configuration', wide: true, focus: text,
        content: [
            element('label', {for: 'yaml-file'}, 'Take it from a file'), file,
            element('label', {for: 'yaml'}, 'Configuration (YAML)'), text, outcome],
        actions: [
            {label: 'Preview', kind: 'secondary', id: 'preview-button', run: async () => {
                block(true);
                outcome.replaceChildren();
                const yaml = text.value;
                outcome.replaceChildren(...view(await api.preview(fileName, yaml)));
                previewed = yaml;
                block(text.value !== yaml);
                return false;
            }},
            {label: 'Apply', id: 'apply-button', run: async () => {
                const generation = await api.apply(fileName, previewed);
                success(`The configuration is in force as generation ${generation.number}.`);
            }},
        ],
    });
    const block = blocked => {
        setAttribute(buttons[1], 'data-blocked', blocked ? '' : null);
        buttons[1].disabled = blocked;
    };
    block(true);
    text.addEventListener('input', () => {
        block(text.value !== previewed);
        error.textContent = '';
    });
    file.addEventListener('change', async () => {
        const chosen = file.files[0];
        if (!chosen) {
            return;
        }
        if (chosen.size > GREATEST_BYTES) {
            error.textContent = `${chosen.name} has ${format.count(chosen.size)} bytes; a configuration has at most ${format.count(GREATEST_BYTES)}.`;
            return;
        }
        fileName = chosen.name;
        text.value = await chosen.text();
        text.dispatchEvent(new Event('input'));
    });
}

/** @param {import('./model.js').Preview} preview */
function view(preview) {
    const share = preview.liveConnections === 0 ? '' : ` (${format.percent(preview.movedConnections / preview.liveConnections)})`;
    return [
        element('h3', null, 'What it would change'),
        changeList(preview.changes),
        moveList(preview.moves),
        element('p', null, `${format.count(preview.movedConnections)} of ${format.plural(preview.liveConnections, 'live connection')}${share} would be given another server `
            + `if they were opened now; they stay where they are.`
            + (preview.endedConnections > 0 ? ` ${format.plural(preview.endedConnections, 'connection')} would be ended.` : '')),
        ...(preview.examples.length === 0 ? [] : [element('details', null, element('summary', null, 'Examples'),
            element('ul', {class: 'moves'}, ...preview.examples.map(({client, service, from, to}) =>
                element('li', null, `${client} to ${service}: ${from} → ${to}`))))]),
    ];
}
