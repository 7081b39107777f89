/** Elements without markup in strings: whatever comes from the node becomes text, never HTML. */

const SVG = 'http://www.w3.org/2000/svg';

/**
 * @param {string} tag
 * @param {Object<string, any>} [attributes] attributes; keys that begin with `on` are listeners, undefined ones are left out
 * @param {...(Node|string|null|undefined)} children
 * @return {HTMLElement}
 */
export function element(tag, attributes, ...children) {
    return fill(document.createElement(tag), attributes, children);
}

/** The same in SVG. @return {SVGElement} */
export function svg(tag, attributes, ...children) {
    return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** An element of the page that must be there. @return {any} */
export function byId(id) {
    const found = document.getElementById(id);
    if (!found) {
        throw new Error(`index.html has no element with id ${id}`);
    }
    return found;
}

/** Sets the text when it differs, so that an unchanged page is not laid out again. */
export function setText(node, text) {
    if (node.textContent !== text) {
        node.textContent = text;
    }
}

/** Sets an attribute when it differs; null removes it. */
export function setAttribute(node, name, value) {
    if (value === null || value === undefined || value === false) {
        if (node.hasAttribute(name)) {
            node.removeAttribute(name);
        }
    } else if (node.getAttribute(name) !== String(value)) {
        node.setAttribute(name, String(value));
    }
}

function fill(node, attributes, children) {
    for (const [name, value] of Object.entries(attributes ?? {})) {
        if (name.startsWith('on')) {
            node.addEventListener(name.slice(2), value);
        } else if (value !== undefined && value !== null && value !== false) {
            node.setAttribute(name, value === true ? '' : String(value));
        }
    }
    for (const child of children) {
        if (child !== null && child !== undefined) {
            node.append(child);
        }
    }
    return node;
}
