/** The theme (the system's, light or dark) and whether lines move; both are remembered. */

const THEMES = ['system', 'light', 'dark'];

/**
 * @param {HTMLButtonElement} themeButton
 * @param {HTMLButtonElement} motionButton
 * @param {() => void} onChange called when colours have changed
 */
export function install(themeButton, motionButton, onChange) {
    const root = document.documentElement;
    const showTheme = theme => {
        root.dataset.theme = theme;
        themeButton.textContent = `Theme: ${theme}`;
        onChange();
    };
    const showMotion = on => {
        root.dataset.motion = on ? 'on' : 'off';
        motionButton.setAttribute('aria-pressed', String(on));
    };
    themeButton.addEventListener('click', () => {
        const next = THEMES[(THEMES.indexOf(root.dataset.theme ?? 'system') + 1) % THEMES.length];
        localStorage.setItem('weir.theme', next);
        showTheme(next);
    });
    motionButton.addEventListener('click', () => {
        const on = root.dataset.motion === 'off';
        localStorage.setItem('weir.motion', on ? 'on' : 'off');
        showMotion(on);
    });
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', onChange);
    const still = matchMedia('(prefers-reduced-motion: reduce)');
    const remembered = localStorage.getItem('weir.motion');
    showMotion(remembered === null ? !still.matches : remembered === 'on');
    const theme = localStorage.getItem('weir.theme') ?? 'system';
    showTheme(THEMES.includes(theme) ? theme : 'system');
}

/** The value of a colour of style/theme.css now. */
export function colour(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
