'use strict';
const {assert, csv, expected, run, withPage} = require('./browser.js');

const {titles, names} = expected();
const cut = (text, length) => Array.from(text).slice(0, length).join('');
const wasHit = page => page.evaluate(() => 'hit' in window);

async function everything(page) {
    for (const button of await page.locator('.more button').all())
        await button.click();
}

run({
    'titles stand as they are': () => withPage('en', {}, async page => {
        await everything(page);
        const shown = await page.locator('[data-table=content] tbody .item > bdi').allTextContents();
        for (const {title} of titles)
            assert.ok(shown.includes(cut(title, 300)), cut(title, 60));
        assert.equal(await page.locator('main img, main script, main b').count(), 0);
        assert.equal(await wasHit(page), false);
    }),

    'names stand as they are, and open': () => withPage('en', {view: 'sales'}, async page => {
        await everything(page);
        const links = page.locator('[data-table=leads] .link');
        const shown = await links.allTextContents();
        for (const {name} of names)
            assert.ok(shown.includes(cut(name, 200)), cut(name, 60));
        for (let place = 0; place < shown.length; place++) {
            await links.nth(place).click();
            assert.equal(await page.locator('.panel h3').textContent(), shown[place]);
        }
        assert.equal(await page.locator('main img, main script, main b').count(), 0);
        assert.equal(await wasHit(page), false);
    }),

    'what begins like a formula is none in a spreadsheet': () => withPage('en', {view: 'sales'}, async page => {
        const found = new Set((await csv(page, 'leads')).slice(1).map(row => row[0]));
        for (const {name} of names)
            assert.ok(found.has(/^[=@+-]/.test(name) ? "'" + name : cut(name, 200)), cut(name, 60));
        const deals = await csv(page, 'open-deals');
        assert.ok(deals.every(row => row.every(field => !/^[=+@]/.test(field))));
    }),

    'nothing sticks out': async () => {
        for (const width of [390, 1440])
            for (const view of ['marketing', 'sales', 'smarketing'])
                await withPage('en', {view, width}, async page =>
                    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, `${view} at ${width}`));
    },

    'what is not configured says how': () => withPage('en', {view: 'smarketing'}, async page => {
        assert.match(await page.locator('[data-card=stages]').innerText(), /stages:\n {2}- \{name: mql/);
        assert.match(await page.locator('[data-card=agreement]').innerText(), /sla:/);
    }),

    'what the role may not see is said': async () => {
        await withPage('narrow', {view: 'sales'}, async page =>
            assert.match(await page.locator('main').innerText(), /may not read these tables/));
        await withPage('narrow', {}, async page => assert.ok(await page.locator('[data-table=content] tbody tr').count() > 5, await page.locator('main').innerText()));
    },

    'the policy lets nothing else run': () => withPage('en', {}, async page => {
        const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute('content');
        assert.match(policy, /^default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}' 'sha256-[A-Za-z0-9+/=]{44}'; style-src 'sha256-/);
        assert.doesNotMatch(policy, /unsafe|\*|https?:/);
    }),
});
