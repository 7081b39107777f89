// Checks of a page that need no library: names, contrast, tables, ids, focus. They run in the page.

/** What is wrong with the page as it is, a line each. */
export function findings() {
    const problems = [];
    const visible = node => node.checkVisibility({checkOpacity: true, checkVisibilityCSS: true});
    const describe = node => `${node.tagName.toLowerCase()}${node.id ? '#' + node.id : ''} “${(node.textContent ?? '').trim().slice(0, 40)}”`;

    const nameOf = node => {
        const ids = node.getAttribute('aria-labelledby');
        if (ids) {
            return ids.split(' ').map(id => document.getElementById(id)?.textContent ?? '').join(' ');
        }
        const labels = node.labels ? [...node.labels].map(label => label.textContent).join(' ') : '';
        return node.getAttribute('aria-label') || labels || node.textContent || node.getAttribute('title') || '';
    };
    for (const node of document.querySelectorAll('a, button, input, select, textarea, summary, [role=img], dialog[open], section, table')) {
        if (visible(node) && nameOf(node).trim() === '') {
            problems.push(`no name: ${describe(node)}`);
        }
    }
    for (const image of document.querySelectorAll('img:not([alt])')) {
        problems.push(`no alt: ${image.src}`);
    }
    const ids = new Set();
    for (const {id} of document.querySelectorAll('[id]')) {
        if (ids.has(id)) {
            problems.push(`id twice: ${id}`);
        }
        ids.add(id);
    }
    for (const node of [...document.querySelectorAll('[aria-labelledby], [aria-describedby], label[for]')].filter(visible)) {
        for (const attribute of ['aria-labelledby', 'aria-describedby', 'for']) {
            for (const id of (node.getAttribute(attribute) ?? '').split(' ').filter(Boolean)) {
                if (!ids.has(id)) {
                    problems.push(`${attribute} names ${id}, which is not there: ${describe(node)}`);
                }
            }
        }
    }
    let depth = 0;
    for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
        if (visible(heading)) {
            const now = Number(heading.tagName[1]);
            if (now > depth + 1) {
                problems.push(`heading skips a level: ${describe(heading)}`);
            }
            depth = now;
        }
    }
    if (!document.documentElement.lang || !document.title) {
        problems.push('the page has no language or no title');
    }
    if (document.documentElement.scrollWidth > document.documentElement.clientWidth) {
        problems.push(`the page is ${document.documentElement.scrollWidth} pixels wide, the window ${document.documentElement.clientWidth}`);
    }

    // Contrast, WCAG 2.2 success criterion 1.4.3.
    const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
    const rgba = colour => {
        canvas.clearRect(0, 0, 1, 1);
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return canvas.getImageData(0, 0, 1, 1).data;
    };
    const luminance = ([r, g, b]) => [r, g, b].map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
        .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
    const ratio = (a, b) => {
        const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
        return (high + 0.05) / (low + 0.05);
    };
    const ground = node => {
        for (let at = node; at; at = at.parentElement) {
            const colour = rgba(getComputedStyle(at).backgroundColor);
            if (colour[3] === 255) {
                return colour;
            }
        }
        return rgba('white');
    };
    const box = text => {
        const {x, y, width, height} = text.getBBox();
        let found = null;
        for (const rect of text.ownerSVGElement.querySelectorAll('rect.box')) {
            const b = rect.getBBox();
            if (b.x <= x + width / 2 && b.x + b.width >= x + width / 2 && b.y <= y + height / 2 && b.y + b.height >= y + height / 2) {
                found = rect;
            }
        }
        return found;
    };
    const seen = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const holder = node.parentElement;
        if (node.textContent.trim() === '' || !holder || !visible(holder) || holder.closest('title, desc, noscript, :disabled, .skip')) {
            continue;
        }
        const style = getComputedStyle(holder);
        const isSvg = holder instanceof SVGElement;
        if (isSvg && holder.tagName !== 'text') {
            continue;
        }
        const behind = isSvg ? box(holder) : null;
        const back = behind ? rgba(getComputedStyle(behind).fill) : ground(isSvg ? holder.ownerSVGElement.parentElement : holder);
        const size = parseFloat(style.fontSize);
        const least = size >= 24 || size >= 18.66 && Number(style.fontWeight) >= 700 ? 3 : 4.5;
        const value = ratio(rgba(isSvg ? style.fill : style.color), back);
        const key = `${holder.className?.baseVal ?? holder.className} ${value.toFixed(2)}`;
        if (value < least && !seen.has(key)) {
            seen.add(key);
            problems.push(`contrast ${value.toFixed(2)}: ${describe(holder)}`);
        }
    }

    // Texts of the picture stay in their boxes.
    for (const text of document.querySelectorAll('.picture text:not(.switch-label):not(.title)')) {
        const rect = box(text);
        if (rect && !rect.classList.contains('weir')) {
            const inner = text.getBBox();
            const outer = rect.getBBox();
            if (inner.x < outer.x - 1 || inner.x + inner.width > outer.x + outer.width + 1) {
                problems.push(`text wider than its box: “${text.textContent}”`);
            }
        }
    }
    return problems;
}

/** Whether the focus can be seen where it is: an outline, or the frame that stands for one in the picture. */
export function focusShown() {
    const node = document.activeElement;
    if (!node || node === document.body) {
        return 'nothing has the focus';
    }
    const style = getComputedStyle(node);
    const frame = node.querySelector?.(':scope > rect.box');
    const shown = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
        || frame && parseFloat(getComputedStyle(frame).strokeWidth) >= 3;
    return shown ? '' : `the focus on ${node.tagName} ${node.id || node.textContent.trim().slice(0, 30)} is not visible`;
}
