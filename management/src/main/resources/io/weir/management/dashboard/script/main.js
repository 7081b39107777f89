import {Api} from './api.js';
import {Charts} from './charts.js';
import * as configuration from './configuration.js';
import {Controls} from './controls.js';
import {byId} from './dom.js';
import {Events} from './events.js';
import {routersOf} from './figure.js';
import {Generations} from './generations.js';
import {History} from './history.js';
import {shares} from './model.js';
import {failure} from './notices.js';
import * as parts from './parts.js';
import {Picture} from './picture.js';
import {ratesBetween} from './rates.js';
import {reveal, Servers} from './servers.js';
import {Services} from './services.js';
import {Status} from './status.js';
import * as theme from './theme.js';
import * as tiles from './tiles.js';
import * as token from './token.js';

const LEAST_MEASURED_MS = 500;

/** Wires the parts of the page together: events come in, everything is drawn at most once per frame. */
class Dashboard {
    constructor() {
        this.snapshot = null;
        /** The snapshot that the next rates begin at. */
        this.measured = null;
        this.rates = null;
        this.frame = 0;
        this.generationsAsked = 0;
        this.history = new History();
        this.api = new Api(() => this.#signIn('The node refuses this token.'));
        this.events = new Events(this.api, {
            onEvent: (name, data) => this.#event(name, data),
            onOpen: () => this.#opened(),
            onLost: retryAtMs => this.status.lost(retryAtMs),
        });
        this.status = new Status(() => this.events.retry());
        const controls = new Controls(this.api, () => this.snapshot);
        this.picture = new Picture(byId('picture'));
        this.charts = new Charts(this.history);
        this.servers = new Servers((server, drain) => controls.drain(server, drain));
        this.services = new Services((service, member) => controls.weight(service, member));
        this.generations = new Generations((generation, later) => controls.rollback(generation, later));
        this.updateTiles = tiles.install();
        this.updateParts = parts.install();
        theme.install(byId('theme'), byId('motion'), () => this.charts.recolour());
        byId('change-configuration').addEventListener('click', () => configuration.change(this.api));
        byId('picture').addEventListener('click', event => {
            const link = event.target.closest('a');
            if (link) {
                event.preventDefault();
                reveal(decodeURIComponent(link.getAttribute('href').slice('#server-'.length)));
            }
        });
        byId('token-form').addEventListener('submit', event => this.#submitToken(event));
        byId('forget').addEventListener('click', () => {
            token.forget();
            this.#signIn('');
        });
        addEventListener('hashchange', () => this.#fragment());
        document.addEventListener('visibilitychange', () => document.hidden || this.#draw());
    }

    start() {
        token.adoptFragment();
        if (token.current() === null) {
            this.#signIn('');
        } else {
            this.#connect();
        }
    }

    #fragment() {
        if (location.hash.startsWith('#token=')) {
            token.adoptFragment();
            this.events.stop();
            this.#connect();
        }
    }

    #submitToken(event) {
        event.preventDefault();
        const typed = byId('token').value.trim();
        if (!token.sendable(typed)) {
            byId('token-error').textContent = 'A token has letters, digits and signs of ASCII only, without blanks.';
            return;
        }
        byId('token-error').textContent = '';
        token.keep(typed);
        this.#connect();
    }

    #connect() {
        if (!token.sendable(token.current())) {
            this.#signIn('The token in the address has characters that no token has.');
            return;
        }
        this.status.connecting();
        // A new object: what was stopped may still be on its way out.
        this.events.stop();
        this.events = new Events(this.api, this.events.listener);
        this.events.start();
    }

    #signIn(message) {
        this.events.stop();
        token.forget();
        this.status.signedOut();
        byId('token-error').textContent = message;
        byId('content').hidden = true;
        byId('forget').hidden = true;
        byId('sign-in').hidden = false;
        byId('dialog').close();
        byId('token').value = '';
        byId('token').focus();
    }

    #opened() {
        const form = byId('sign-in');
        const focus = !form.hidden;
        form.hidden = true;
        byId('content').hidden = false;
        byId('forget').hidden = false;
        if (focus) {
            byId('content').focus({preventScroll: true});
        }
        this.status.open();
        this.#askGenerations();
    }

    #event(name, data) {
        if (name === 'node') {
            this.snapshot = data;
            // A change sends a snapshot at once; the rates of so short a time would say nothing.
            const elapsedMs = data.takenAtEpochMs - (this.measured?.takenAtEpochMs ?? 0);
            if (elapsedMs < 0 || elapsedMs >= LEAST_MEASURED_MS) {
                this.rates = ratesBetween(this.measured, data);
                this.measured = data;
                this.history.add(data, this.rates, this.charts.shownService());
            }
            this.status.received(data);
            if (!this.generations.knows(data.generation)) {
                this.#askGenerations();
            }
            this.generations.setActive(data.generation);
            this.#draw();
        } else if (name === 'generation') {
            this.generations.add(data);
        }
    }

    /** Asks for the list, at most once a second: after a connection, and when a generation is in force that is not in it. */
    async #askGenerations() {
        if (Date.now() - this.generationsAsked < 1000) {
            return;
        }
        this.generationsAsked = Date.now();
        try {
            this.generations.replace(await this.api.generations());
            this.picture.routers = routersOf(await this.api.configuration());
        } catch (error) {
            if (error.status !== 401 && error.status !== 0) {
                failure(`The generations cannot be read: ${error.message}`);
            }
        }
    }

    #draw() {
        if (this.frame !== 0 || this.snapshot === null) {
            return;
        }
        this.frame = requestAnimationFrame(() => {
            this.frame = 0;
            const {snapshot, rates} = this;
            const byServer = shares(snapshot, rates?.services ?? new Map());
            this.updateTiles(snapshot, rates);
            this.picture.update(snapshot, rates, byServer);
            this.charts.update(snapshot);
            this.servers.update(snapshot, rates, byServer);
            this.services.update(snapshot, rates);
            this.updateParts(snapshot, rates);
        });
    }
}

new Dashboard().start();
