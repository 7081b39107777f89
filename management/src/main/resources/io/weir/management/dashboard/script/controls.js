import {changeList} from './changes.js';
import * as dialogs from './dialogs.js';
import {element} from './dom.js';
import * as format from './format.js';
import {failure, success} from './notices.js';

const GREATEST_WEIGHT = 65535;
const CHANGES_SHOWN = 30;

/** Drain, weight and rollback: each says what it will do before, and what came of it after. */
export class Controls {
    /**
     * @param {import('./api.js').Api} api
     * @param {() => ?import('./model.js').Snapshot} snapshot
     */
    constructor(api, snapshot) {
        this.api = api;
        this.snapshot = snapshot;
    }

    /** @param {import('./model.js').Server} server @param {boolean} drain */
    drain(server, drain) {
        if (!drain) {
            this.#run(() => this.api.drain(server.name, false), generation => `${server.name} takes new connections again (generation ${generation.number}).`)
                .catch(error => failure(`${server.name} could not be undrained: ${error.message}`));
            return;
        }
        const members = this.snapshot()?.services.flatMap(service => service.members
            .filter(member => member.server === server.name && member.share > 0)
            .map(({share}) => `${service.name}: ${format.percent(share)} of new connections`)) ?? [];
        dialogs.open({
            title: `Drain ${server.name}?`,
            content: [
                element('p', null, `It takes no new connections. ${format.plural(server.liveConnections, 'live connection')} `
                    + `${server.liveConnections === 1 ? 'stays' : 'stay'} until ${server.liveConnections === 1 ? 'it ends' : 'they end'}.`),
                ...(members.length === 0 ? [] : [element('p', null, 'Goes to other servers:'), element('ul', null, ...members.map(text => element('li', null, text)))]),
            ],
            actions: [{label: 'Drain', id: 'confirm', run: () => this.#run(() => this.api.drain(server.name, true),
                generation => `${server.name} is draining (generation ${generation.number}).`)}],
        });
    }

    /** @param {import('./model.js').Service} service @param {import('./model.js').Member} member */
    weight(service, member) {
        const input = element('input', {id: 'weight', type: 'number', min: '0', max: String(GREATEST_WEIGHT), step: '1', inputmode: 'numeric',
            value: String(Math.round(member.weight)), 'aria-describedby': 'weight-hint'});
        const opened = dialogs.open({
            title: `Weight of ${member.server} in ${service.name}`,
            content: [
                element('p', null, `In force: ${format.quantity(member.weight)} (${format.percent(member.share)} of new connections). `
                    + `In the file: ${format.count(member.configuredWeight)}. Weights of this service: ${service.weights}.`),
                element('label', {for: 'weight'}, 'Weight by hand'), input,
                element('p', {class: 'sub', id: 'weight-hint'}, `0 to ${GREATEST_WEIGHT}; 0 takes no new connections. It stays until it is cleared, whatever agents say.`),
            ],
            focus: input,
            actions: [
                {label: 'Set weight', id: 'confirm', run: () => {
                    const weight = Number(input.value);
                    if (input.value.trim() === '' || !Number.isInteger(weight) || weight < 0 || weight > GREATEST_WEIGHT) {
                        throw new Error(`“${input.value}” is not a whole number from 0 to ${GREATEST_WEIGHT}.`);
                    }
                    return this.#run(() => this.api.setWeight(service.name, member.server, weight),
                        generation => `${member.server} has weight ${weight} in ${service.name} (generation ${generation.number}).`);
                }},
                {label: 'Clear', kind: 'secondary', id: 'clear', run: () => this.#run(() => this.api.clearWeight(service.name, member.server),
                    generation => `The weight of ${member.server} in ${service.name} is no longer set by hand (generation ${generation.number}).`)},
            ],
        });
        input.select();
        input.addEventListener('keydown', event => {
            if (event.key === 'Enter') {
                event.preventDefault();
                opened.buttons[0].click();
            }
        });
    }

    /** @param {import('./model.js').Generation} generation @param {import('./model.js').Generation[]} later newest first */
    rollback(generation, later) {
        const undone = later.flatMap(({changes}) => changes);
        const content = [
            element('p', null, `The configuration and settings of generation ${generation.number} (${generation.cause}, ${format.moment(generation.epochMs)}) `
                + `come into force as a new generation. Connections that are open stay where they are.`),
        ];
        if (undone.length > 0) {
            content.push(element('p', null, `Changes since then that are undone, newest first:`), changeList(undone.slice(0, CHANGES_SHOWN)));
            if (undone.length > CHANGES_SHOWN) {
                content.push(element('p', {class: 'sub'}, `and ${undone.length - CHANGES_SHOWN} more`));
            }
        }
        dialogs.open({title: `Roll back to generation ${generation.number}?`, content, wide: undone.length > 0,
            actions: [{label: 'Roll back', id: 'confirm', run: () => this.#run(() => this.api.rollback(generation.number),
                now => `Rolled back to generation ${generation.number}; it is in force as generation ${now.number}.`)}]});
    }

    async #run(call, message) {
        success(message(await call()));
    }
}
