import {ApiError} from './api.js';

const LEAST_WAIT_MS = 1000;
const GREATEST_WAIT_MS = 15_000;
/** The node sends once a second; a connection that is silent for so long is dead even if TCP has not noticed. */
const SILENCE_MS = 10_000;

/**
 * The stream of server-sent events, read by fetch rather than EventSource: the token stays in a header and out of logs, a
 * refused token is told from a lost connection, and the wait before the next try grows.
 */
export class Events {
    /**
     * @param {import('./api.js').Api} api
     * @param {{onEvent: (name: string, data: any) => void, onOpen: () => void, onLost: (retryAtMs: number) => void}} listener
     */
    constructor(api, listener) {
        this.api = api;
        this.listener = listener;
        this.wait = LEAST_WAIT_MS;
        this.abort = null;
        this.timer = 0;
        this.running = false;
    }

    start() {
        if (!this.running) {
            this.running = true;
            this.#connect();
        }
    }

    stop() {
        this.running = false;
        clearTimeout(this.timer);
        this.abort?.abort();
    }

    /** Tries again without waiting. */
    retry() {
        if (this.running && this.abort === null) {
            clearTimeout(this.timer);
            this.#connect();
        }
    }

    async #connect() {
        const abort = new AbortController();
        this.abort = abort;
        let watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
        try {
            const response = await this.api.request('GET', 'v1/events', {signal: abort.signal, accept: 'text/event-stream'});
            const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
            const parser = new EventParser((name, data) => this.running && this.listener.onEvent(name, data));
            let first = true;
            for (let part = await reader.read(); !part.done; part = await reader.read()) {
                clearTimeout(watchdog);
                watchdog = setTimeout(() => abort.abort(), SILENCE_MS);
                if (first) {
                    first = false;
                    this.wait = LEAST_WAIT_MS;
                    this.listener.onOpen();
                }
                parser.push(part.value);
            }
        } catch (error) {
            if (error instanceof ApiError && error.status === 401) {
                this.running = false;
            } else if (!(error instanceof ApiError) && error.name !== 'AbortError' && error.name !== 'TypeError') {
                console.error(error);
            }
        } finally {
            clearTimeout(watchdog);
            this.abort = null;
        }
        if (this.running) {
            const wait = this.wait * (0.8 + 0.4 * Math.random());
            this.wait = Math.min(GREATEST_WAIT_MS, this.wait * 2);
            this.listener.onLost(Date.now() + wait);
            this.timer = setTimeout(() => this.#connect(), wait);
        }
    }
}

/** Parses text/event-stream (HTML standard, section 9.2.6) as far as names and data go. */
export class EventParser {
    /** @param {(name: string, data: any) => void} onEvent */
    constructor(onEvent) {
        this.onEvent = onEvent;
        this.rest = '';
        this.name = 'message';
        this.data = [];
    }

    /** @param {string} text any part of the stream */
    push(text) {
        const lines = (this.rest + text).split(/\r?\n/);
        this.rest = lines.pop() ?? '';
        for (const line of lines) {
            if (line === '') {
                this.#dispatch();
            } else if (line.startsWith('event:')) {
                this.name = line.slice(6).trim();
            } else if (line.startsWith('data:')) {
                this.data.push(line.slice(line[5] === ' ' ? 6 : 5));
            }
        }
    }

    #dispatch() {
        if (this.data.length > 0) {
            this.onEvent(this.name, JSON.parse(this.data.join('\n')));
        }
        this.name = 'message';
        this.data = [];
    }
}
