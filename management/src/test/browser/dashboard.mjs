// Drives the dashboard in headless Chromium as a person would, with the keyboard where that matters.
//
//   node dashboard.mjs --base URL --token TOKEN [--mode fixture|lab] [--screenshots FOLDER] [--chromium PATH]
//
// fixture: asks on standard output for the server to be stopped and started (`@stop`, `@start`) and waits for a line on
// standard input each time. lab: a node that is running; what is changed is changed back.
import assert from 'node:assert/strict';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {parseArgs} from 'node:util';
import {chromium} from 'playwright-core';
import {findings, focusShown} from './accessibility.mjs';

const {values: options} = parseArgs({options: {base: {type: 'string'}, token: {type: 'string'}, mode: {type: 'string', default: 'fixture'},
    screenshots: {type: 'string', default: 'screenshots'}, chromium: {type: 'string', default: '/usr/bin/chromium'}}});
const base = new URL(options.base);
const lab = options.mode === 'lab';
const WIDTHS = [1600, 1024, 400];
const PATIENCE_MS = 20_000;
mkdirSync(options.screenshots, {recursive: true});

const profile = mkdtempSync(join(tmpdir(), 'weir-browser-'));
const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.chromium, headless: true, viewport: {width: 1600, height: 1000}, colorScheme: 'light',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
        '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage']});
const page = context.pages()[0] ?? await context.newPage();
page.setDefaultTimeout(PATIENCE_MS);
const lines = createInterface({input: process.stdin})[Symbol.asyncIterator]();

/** Errors of the console that a step is about, and does not count. */
let expected = /^$/;
const complaints = [];
page.on('console', message => {
    if (['error', 'warning'].includes(message.type()) && !expected.test(message.text())) {
        complaints.push(`console: ${message.text()} ${message.location().url}`);
    }
});
page.on('pageerror', error => complaints.push(`page: ${error.stack}`));
context.on('request', request => {
    if (new URL(request.url()).origin !== base.origin) {
        complaints.push(`request to another host: ${request.url()}`);
    }
});

async function step(name, run) {
    const begun = Date.now();
    await run();
    assert.deepEqual(complaints, [], name);
    console.log(`ok ${name} (${Date.now() - begun} ms)`);
}

async function api(method, path, body) {
    const response = await fetch(new URL(path, base), {method, headers: {Authorization: `Bearer ${options.token}`,
        ...(body === undefined ? {} : {'Content-Type': 'application/json'})}, body: body === undefined ? undefined : JSON.stringify(body)});
    assert.ok(response.ok, `${method} ${path}: ${response.status}`);
    return response.json();
}

/** Waits until a function of the page holds; on failure says what for. */
async function eventually(what, run, argument) {
    await page.waitForFunction(run, argument, {timeout: PATIENCE_MS, polling: 100})
        .catch(error => assert.fail(`${what}: ${error.message.split('\n')[0]}`));
}

const textOf = selector => page.locator(selector).first().textContent();

async function notice(pattern) {
    await page.locator('#notices .notice-text').filter({hasText: pattern}).last().waitFor();
}

/** Presses Tab until the focus is on what is wanted; every stop on the way must be visible. */
async function tabTo(what, selector, most = 200) {
    for (let presses = 0; presses < most; presses++) {
        if (await page.evaluate(wanted => document.activeElement?.matches(wanted), selector)) {
            return;
        }
        await page.keyboard.press('Tab');
        const problem = await page.evaluate(focusShown);
        if (problem !== 'nothing has the focus') {
            assert.equal(problem, '', `on the way to ${what}`);
        }
    }
    assert.fail(`${what} is not reached by ${most} presses of Tab`);
}

async function accessible(where) {
    assert.deepEqual(await page.evaluate(findings), [], where);
}

async function ask(line) {
    console.log(line);
    const {value, done} = await lines.next();
    assert.ok(!done, `no answer to ${line}`);
    return value;
}

/** The window as it is. */
async function shoot(name) {
    await page.screenshot({path: join(options.screenshots, `${name}.png`)});
}

/** The whole page, in a window of its height: what is outside of the window is not painted. */
async function shootPage(name) {
    const size = page.viewportSize();
    await page.evaluate(() => scrollTo(0, 0));
    for (let time = 0; time < 2; time++) {
        await page.setViewportSize({width: size.width, height: await page.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height))});
        await page.waitForTimeout(300);
    }
    await page.screenshot({path: join(options.screenshots, `${name}.png`)});
    await page.setViewportSize(size);
}

try {
    const node = await api('GET', 'v1/node');
    const server = node.servers.find(each => each.administration === 'enabled' && each.health !== 'down') ?? node.servers[0];
    const service = node.services.find(each => each.members.some(member => member.server === server.name));
    const other = service.members.map(member => member.server).find(name => name !== server.name) ?? server.name;

    await step('a wrong token is refused and said so', async () => {
        expected = /401/;
        await page.goto(base.href);
        await page.locator('#token').fill('not-the-token');
        await page.keyboard.press('Enter');
        await eventually('an error at the token', () => /refuses/.test(document.getElementById('token-error').textContent));
        assert.ok(await page.locator('#content').isHidden());
        await accessible('sign-in');
        await shoot('sign-in-light');
        await page.locator('#token').fill('wörng token');
        await page.keyboard.press('Enter');
        await eventually('an error at the token', () => /ASCII/.test(document.getElementById('token-error').textContent));
    });

    await step('the right token opens it from the address, which then no longer has it', async () => {
        await page.goto('about:blank');
        expected = /^$/;
        await page.goto(`${base.href}#token=${encodeURIComponent(options.token)}`);
        await page.locator('#status[data-state=live]').waitFor();
        assert.equal(new URL(page.url()).hash, '');
        await page.reload();
        await page.locator('#status[data-state=live]').waitFor();
    });

    await step('applications are listed where there are some, with the reason why one was stopped', async () => {
        const {applications} = await api('GET', '/v1/node');
        assert.equal(await page.locator('#applications-panel').isVisible(), applications.length > 0);
        for (const {name, state, reason} of applications) {
            const row = page.locator('#applications tbody tr', {hasText: name});
            assert.equal(await row.locator('.badge').textContent(), state);
            assert.ok((await row.textContent()).includes(reason), reason);
        }
    });
    await step('the picture has all servers, channels and processors', async () => {
        await page.locator('.picture svg').waitFor();
        await eventually('every server in the picture', names => {
            const titles = [...document.querySelectorAll('.picture title, .picture text')].map(each => each.textContent).join('\n');
            return names.every(name => titles.includes(name));
        }, [...node.servers.map(({name}) => name), ...node.interfaces.map(({name}) => name).filter(name => !name.startsWith('weirc-'))]);
        assert.equal(await page.locator('.picture .box.processor').count(), node.processors.length);
    });

    await step('numbers move, lines are drawn', async () => {
        await eventually('a rate of packets', () => /[1-9]/.test(document.querySelectorAll('.tile-value')[2].textContent));
        const before = await textOf('#interfaces tbody');
        await eventually('another rate', text => document.querySelector('#interfaces tbody').textContent !== text, before);
        await eventually('a line with traffic', () => document.querySelector('.flow.forth[data-step]:not([data-step="0"])') !== null);
        await eventually('five charts', () => document.querySelectorAll('.uplot canvas').length === 5 || document.querySelectorAll('.uplot canvas').length === 4);
        assert.match(await page.locator('.plot').first().getAttribute('aria-label'), /New connections: all services [\d.]+/);
    });

    await step('the tables have every server, service, interface', async () => {
        assert.equal(await page.locator('#servers tbody tr').count(), Math.min(100, node.servers.length));
        assert.equal(await page.locator('details.service').count(), Math.min(50, node.services.length));
        assert.equal(await page.locator('#interfaces tbody tr').count(), node.interfaces.length);
        await page.locator('#server-filter').fill(server.name);
        await eventually('one row', name => [...document.querySelectorAll('#servers tbody tr')].every(row => row.textContent.includes(name)), server.name);
        await page.locator('#server-filter').fill('');
        await page.locator('#servers thead button', {hasText: 'Load'}).click();
        assert.equal(await page.locator('#servers th[aria-sort]').getAttribute('aria-sort'), 'descending');
    });

    await step('the skip link and Tab lead to every control in order, with the focus visible', async () => {
        await page.evaluate(() => document.activeElement?.blur());
        await page.reload();
        await page.locator('#status[data-state=live]').waitFor();
        await page.keyboard.press('Tab');
        assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
        await page.keyboard.press('Enter');
        assert.equal(await page.evaluate(() => document.activeElement.id), 'content');
        await tabTo('the picture', 'a.server-link');
    });

    await step('drain by keyboard: Esc changes nothing, Enter drains, and it shows', async () => {
        await tabTo('the drain button', `button[aria-label=${JSON.stringify(`Drain ${server.name}`)}]`);
        await page.keyboard.press('Enter');
        await page.locator('dialog[open] h2', {hasText: `Drain ${server.name}`}).waitFor();
        await accessible('dialog of drain');
        await shoot('drain-light');
        await page.keyboard.press('Escape');
        await page.locator('dialog[open]').waitFor({state: 'detached'});
        assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Drain', 'the focus is back');
        await page.keyboard.press('Space');
        await page.locator('dialog[open]').waitFor();
        await page.keyboard.press('Enter');
        await notice(`${server.name} is draining`);
        await page.locator('.picture .badge[data-state=draining]').or(page.locator('.picture .tile[data-state=draining]')).first().waitFor();
        assert.equal((await api('GET', 'v1/node')).servers.find(each => each.name === server.name).administration, 'draining');
        await eventually('the share is nought', name => [...document.querySelectorAll('#servers tbody tr')]
            .some(row => row.textContent.includes(name) && /draining/.test(row.textContent) && /0 %/.test(row.textContent)), server.name);
    });

    await step('rollback says what it undoes and undoes it', async () => {
        const generations = await api('GET', 'v1/generations');
        const drained = generations.find(({cause}) => cause.includes(server.name));
        const before = generations.find(({number}) => number < drained.number);
        const button = page.locator(`button[aria-label="Roll back to generation ${before.number}"]`);
        await button.focus();
        await page.keyboard.press('Enter');
        await page.locator('dialog[open] .diff', {hasText: server.name}).waitFor();
        await accessible('dialog of rollback');
        await shoot('rollback-light');
        await page.keyboard.press('Enter');
        await notice(`Rolled back to generation ${before.number}`);
        await page.locator('#generations li[data-active]', {hasText: `rollback to ${before.number}`}).waitFor();
        await eventually('it takes connections again', name => document.querySelector(`button[aria-label=${JSON.stringify(`Drain ${name}`)}]`) !== null, server.name);
        await page.locator('#generations li').nth(1).locator('summary').click();
        await page.locator('#generations li').nth(1).locator('.diff').waitFor();
    });

    await step('a weight is set and cleared, a bad one is refused where it was typed', async () => {
        const row = page.locator('details.service', {hasText: service.name}).first().locator('tbody tr', {hasText: other});
        if (!await row.isVisible()) {
            await page.locator('details.service > summary', {hasText: service.name}).first().click();
        }
        await row.locator('button').click();
        await page.keyboard.type('70000');
        await page.keyboard.press('Enter');
        await page.locator('dialog .field-error', {hasText: '65535'}).waitFor();
        await page.locator('#weight').fill('37');
        await shoot('weight-light');
        await page.keyboard.press('Enter');
        await notice(`${other} has weight 37`);
        await eventually('the weight in force', name => [...document.querySelectorAll('.members tbody tr')]
            .some(each => each.firstChild.textContent === name && /37/.test(each.children[4].textContent)), other);
        await row.locator('button').click();
        await page.locator('#clear').click();
        await notice(`The weight of ${other} in ${service.name} is no longer set by hand`);
    });

    await step('a configuration is previewed, applied; a broken one is refused with its place', async () => {
        await page.locator('#change-configuration').click();
        const yaml = await page.locator('#yaml').inputValue();
        assert.ok(await page.locator('#apply-button').isDisabled());
        await page.locator('#yaml').fill(`nonsense: 1\n${yaml}`);
        expected = /400/;
        await page.locator('#preview-button').click();
        await page.locator('dialog .field-error', {hasText: 'nonsense'}).waitFor();
        expected = /^$/;
        assert.ok(await page.locator('#apply-button').isDisabled());
        await page.locator('#yaml').fill(lab ? yaml : yaml.replace('weight: 20', 'weight: 40'));
        await page.locator('#preview-button').click();
        await page.locator('#preview h3').waitFor();
        await accessible('dialog of the configuration');
        await shoot('preview-light');
        if (lab) {
            await page.keyboard.press('Escape');
        } else {
            await page.locator('#apply-button').click();
            await notice('The configuration is in force');
        }
    });

    if (!lab) {
        await step('a lost connection is said, the data marked old, and it comes back by itself', async () => {
            expected = /Failed to load resource|ERR_/;
            await ask('@stop');
            await page.locator('#status[data-state=lost]').waitFor();
            await page.locator('#stale:not([hidden])', {hasText: 'old'}).waitFor();
            await shootPage('lost-light');
            await page.locator('#reconnect').waitFor();
            await page.locator(`button[aria-label=${JSON.stringify(`Drain ${server.name}`)}]`).click();
            await page.locator('#confirm').click();
            await page.locator('dialog .field-error', {hasText: 'does not answer'}).waitFor();
            await page.keyboard.press('Escape');
            await ask('@start');
            await page.locator('#status[data-state=live]').waitFor();
            await page.locator('#stale').waitFor({state: 'hidden'});
            expected = /^$/;
        });
    }

    await step('a server of the picture leads to its row', async () => {
        await page.locator('a.server-link').first().focus();
        await page.keyboard.press('Enter');
        assert.ok(await page.evaluate(() => document.activeElement.id.startsWith('server-')));
    });

    await step('nothing grows while it runs', async () => {
        const nodes = () => page.evaluate(() => document.querySelectorAll('*').length);
        await page.locator('#notices .notice').first().waitFor({state: 'detached', timeout: 30_000}).catch(() => {});
        const before = await nodes();
        await page.waitForTimeout(5000);
        assert.ok(await nodes() < before * 1.05, `${before} elements, five seconds later ${await nodes()}`);
    });

    await step('light and dark at three widths, readable and without a scrollbar for the page', async () => {
        for (const scheme of ['light', 'dark']) {
            await page.emulateMedia({colorScheme: scheme});
            for (const width of WIDTHS) {
                await page.setViewportSize({width, height: 1000});
                await page.waitForTimeout(1500);
                await accessible(`${scheme}, ${width}`);
                await shootPage(`dashboard-${scheme}-${width}`);
            }
        }
    });

    await step('the theme can be chosen, motion stopped', async () => {
        await page.setViewportSize({width: 1600, height: 1000});
        await page.emulateMedia({colorScheme: 'dark'});
        const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
        const dark = await ground();
        await page.locator('#theme').focus();
        await page.keyboard.press('Enter');
        assert.equal(await page.locator('#theme').textContent(), 'Theme: light');
        assert.notEqual(await ground(), dark);
        await page.keyboard.press('Enter');
        assert.equal(await ground(), dark);
        const moves = () => page.evaluate(() => getComputedStyle(document.querySelector('.flow.forth')).animationName);
        assert.equal(await moves(), 'forth');
        await page.locator('#motion').focus();
        await page.keyboard.press('Space');
        assert.equal(await moves(), 'none');
        await page.evaluate(() => localStorage.clear());
        await page.emulateMedia({reducedMotion: 'reduce'});
        await page.reload();
        await page.locator('.flow.forth').first().waitFor({state: 'attached'});
        assert.equal(await moves(), 'none');
    });

    await step('signing out forgets the token', async () => {
        await page.locator('#forget').click();
        await page.locator('#token').waitFor();
        assert.equal(await page.evaluate(() => sessionStorage.getItem('weir.token')), null);
        await page.emulateMedia({colorScheme: 'dark'});
        await shoot('sign-in-dark');
    });
    console.log('@passed');
} catch (error) {
    await shoot('failure').catch(() => {});
    console.log(`@failed ${error.stack}`);
    if (complaints.length > 0) {
        console.log(complaints.join('\n'));
    }
    process.exitCode = 1;
} finally {
    await context.close();
    rmSync(profile, {recursive: true, force: true});
    process.stdin.destroy();
}
