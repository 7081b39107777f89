import {byId, element, setAttribute, setText} from './dom.js';
import * as format from './format.js';

/** Data that is older than this is called old. */
const OLD_MS = 4000;

/** The connection's and the node's state in the head of the page, and how old the data is. */
export class Status {
    /** @param {() => void} onRetry */
    constructor(onRetry) {
        this.snapshot = null;
        this.receivedMs = 0;
        this.retryAtMs = 0;
        this.state = 'connecting';
        this.facts = new Map();
        byId('reconnect').addEventListener('click', onRetry);
        setInterval(() => this.#show(), 1000);
    }

    connecting() {
        this.state = 'connecting';
        this.#show();
    }

    open() {
        this.state = 'live';
        this.#show();
    }

    lost(retryAtMs) {
        this.state = 'lost';
        this.retryAtMs = retryAtMs;
        this.#show();
    }

    signedOut() {
        this.state = 'signed-out';
        this.snapshot = null;
        this.#show();
    }

    /** @param {import('./model.js').Snapshot} snapshot */
    received(snapshot) {
        this.snapshot = snapshot;
        this.receivedMs = Date.now();
        this.state = 'live';
        this.#show();
    }

    #show() {
        const age = Date.now() - this.receivedMs;
        const old = this.snapshot !== null && (this.state !== 'live' || age > OLD_MS);
        const down = this.snapshot !== null && !this.snapshot.running;
        const kind = this.state === 'live' ? (old ? 'lost' : down ? 'down' : 'live') : this.state;
        setAttribute(byId('status'), 'data-state', kind);
        setText(byId('status-text'), {live: 'Live', down: 'Node is not running', connecting: 'Connecting', 'signed-out': 'Not signed in',
            lost: 'Connection lost'}[kind]);
        byId('reconnect').hidden = this.state !== 'lost';
        setAttribute(document.documentElement, 'data-old', old || down || null);
        const banner = byId('stale');
        banner.hidden = !old && !down;
        const wait = Math.max(0, Math.ceil((this.retryAtMs - Date.now()) / 1000));
        setText(banner, old ? `The data is ${format.duration(age)} old.${this.state === 'lost' ? (wait > 0 ? ` Next try in ${wait} s.` : ' Trying to connect.') : ''}`
            : down ? 'The control processor shows no sign of life. These are the last values in the shared memory.' : '');
        setText(byId('node-name'), this.snapshot?.name ?? '');
        document.title = this.snapshot ? `${kind === 'live' ? '' : '⚠ '}${this.snapshot.name} · weir` : 'weir';
        this.#fact('Generation', this.snapshot && format.count(this.snapshot.generation));
        this.#fact('Up for', this.snapshot && format.duration(this.snapshot.uptimeMs));
    }

    #fact(name, value) {
        let fact = this.facts.get(name);
        if (fact === undefined) {
            const text = element('dd');
            fact = {text, group: element('div', null, element('dt', null, name), text)};
            this.facts.set(name, fact);
            byId('facts').append(fact.group);
        }
        fact.group.hidden = value === null;
        setText(fact.text, value ?? '');
    }
}
