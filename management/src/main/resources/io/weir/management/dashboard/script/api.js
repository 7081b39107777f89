import * as token from './token.js';

/** A request that failed; `status` is 0 when the node did not answer at all. */
export class ApiError extends Error {
    constructor(status, message) {
        super(message);
        this.status = status;
    }
}

/** Calls of the REST API. Paths are relative to the page, so that a proxy may put both below a prefix. */
export class Api {
    /** @param {() => void} onUnauthorized called when the node refuses the token */
    constructor(onUnauthorized) {
        this.onUnauthorized = onUnauthorized;
    }

    generations() {
        return this.#json('GET', 'v1/generations');
    }

    async configuration() {
        return (await this.request('GET', 'v1/configuration')).text();
    }

    preview(file, yaml) {
        return this.#json('POST', `v1/configuration/preview?file=${encodeURIComponent(file)}`, yaml, 'application/yaml');
    }

    apply(file, yaml) {
        return this.#json('PUT', `v1/configuration?file=${encodeURIComponent(file)}`, yaml, 'application/yaml');
    }

    rollback(generation) {
        return this.#json('POST', 'v1/rollback', JSON.stringify({generation}));
    }

    drain(server, drain) {
        return this.#json(drain ? 'PUT' : 'DELETE', `v1/servers/${encodeURIComponent(server)}/drain`);
    }

    setWeight(service, server, weight) {
        return this.#json('PUT', weightPath(service, server), JSON.stringify({weight}));
    }

    clearWeight(service, server) {
        return this.#json('DELETE', weightPath(service, server));
    }

    /**
     * @param {string} method
     * @param {string} path
     * @param {{body?: string, type?: string, signal?: AbortSignal, accept?: string}} [options]
     * @return {Promise<Response>} a successful one
     */
    async request(method, path, options = {}) {
        const headers = {Authorization: `Bearer ${token.current() ?? ''}`, Accept: options.accept ?? 'application/json, application/yaml, */*'};
        if (options.body !== undefined) {
            headers['Content-Type'] = options.type ?? 'application/json';
        }
        let response;
        try {
            response = await fetch(new URL(path, document.baseURI),
                {method, headers, body: options.body, signal: options.signal, cache: 'no-store', redirect: 'error'});
        } catch (error) {
            if (error.name === 'AbortError') {
                throw error;
            }
            throw new ApiError(0, 'The node does not answer.');
        }
        if (!response.ok) {
            const message = await reason(response);
            if (response.status === 401) {
                this.onUnauthorized();
            }
            throw new ApiError(response.status, message);
        }
        return response;
    }

    async #json(method, path, body, type) {
        const response = await this.request(method, path, {body, type});
        const text = await response.text();
        return text === '' ? null : JSON.parse(text);
    }
}

function weightPath(service, server) {
    return `v1/services/${encodeURIComponent(service)}/servers/${encodeURIComponent(server)}/weight`;
}

async function reason(response) {
    const text = await response.text().catch(() => '');
    try {
        const {error, field} = JSON.parse(text);
        return field && !error.includes(field) ? `${field}: ${error}` : error ?? text;
    } catch {
        return text || `The node answered ${response.status}.`;
    }
}
