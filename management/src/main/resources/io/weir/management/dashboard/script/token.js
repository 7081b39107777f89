/** The management token: from the address bar's fragment or the form, kept for this tab only. */

const KEY = 'weir.token';

/** Takes a token out of `#token=…` and out of the address bar, so that it is not bookmarked or shared by accident. */
export function adoptFragment() {
    const match = /^#token=(.+)$/.exec(location.hash);
    if (match) {
        keep(decode(match[1]));
        history.replaceState(null, '', location.pathname + location.search);
    }
}

/** @return {?string} */
export function current() {
    return sessionStorage.getItem(KEY);
}

/** @param {string} token */
export function keep(token) {
    sessionStorage.setItem(KEY, token.trim());
}

export function forget() {
    sessionStorage.removeItem(KEY);
}

/** Header values are bytes; anything else cannot be a token of ours and would make fetch throw. */
export function sendable(token) {
    return /^[\x21-\x7e]+$/.test(token);
}

function decode(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}
