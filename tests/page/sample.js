'use strict';
const {assert, column, csv, expected, number, run, withPage} = require('./browser.js');

const figures = expected();
const byName = rows => new Map(rows.map(row => [row[0], row]));
const english = new Intl.NumberFormat('en', {style: 'currency', currency: 'EUR', maximumFractionDigits: 0});
const german = new Intl.NumberFormat('de', {style: 'currency', currency: 'EUR', maximumFractionDigits: 0});
const called = name => name === 'unattributed' ? 'Unattributed: no content on the way' : name;

function tile(page, key) {
    return page.locator(`[data-tile="${key}"] dd`).first().innerText();
}

// Every figure of a table's column against those of the database, by name.
function compare(rows, heading, wanted, key) {
    const place = rows[0].indexOf(heading), found = byName(rows.slice(1));
    assert.notEqual(place, -1, heading);
    for (const row of wanted) {
        assert.ok(found.has(called(row.name)), row.name);
        assert.equal(number(found.get(called(row.name))[place]) || 0, row[key], `${heading} of ${row.name}`);
    }
}

// All rows of all tables, not the first ones.
async function everything(page) {
    while (await page.locator('.more button').count())
        await page.locator('.more button').first().click();
}

async function choose(page, kind) {
    await page.locator('.segments label', {hasText: kind}).click();
}

run({
    'marketing: the tiles': () => withPage('en', {}, async page => {
        assert.equal(await tile(page, 'won'), english.format(figures.deals[0].won));
        assert.equal(await tile(page, 'open'), english.format(figures.deals[0].open));
        assert.match(await page.locator('[data-tile=won]').innerText(), new RegExp(`\\b${figures.deals[0].won_deals} won deals`));
    }),

    'marketing: credit, sourced, influenced and spend of channels': () => withPage('en', {}, async page => {
        await choose(page, 'Channels');
        const rows = await csv(page, 'channel');
        compare(rows, 'Credit', figures.channels.filter(row => row.model === 'linear'), 'credit');
        compare(rows, 'Sourced', figures.sources, 'sourced');
        compare(rows, 'Deals sourced', figures.sources, 'sourced_deals');
        compare(rows, 'Influenced', figures.sources, 'influenced');
        compare(rows, 'Deals influenced', figures.sources, 'influenced_deals');
        compare(rows, 'Spend', figures.returns, 'cost');
        compare(rows, 'Return', figures.returns, 'return_on_cost');
        const credit = rows[0].indexOf('Credit');
        assert.equal(rows.slice(1).reduce((sum, row) => sum + Math.round(100 * row[credit]), 0), Math.round(100 * figures.deals[0].won));
    }),

    'marketing: each model': () => withPage('en', {}, async page => {
        await choose(page, 'Channels');
        for (const model of new Set(figures.channels.map(row => row.model))) {
            await page.selectOption('select[name=model]', model);
            assert.equal(await page.evaluate(() => document.activeElement.name), 'model');
            compare(await csv(page, 'channel'), 'Credit', figures.channels.filter(row => row.model === model && row.credit), 'credit');
        }
    }),

    'marketing: a month': () => withPage('en', {}, async page => {
        await choose(page, 'Channels');
        await page.selectOption('select[name=model]', 'w_shaped');
        await page.selectOption('select[name=span]', '2026-03');
        compare(await csv(page, 'channel'), 'Credit', figures.march.filter(row => row.credit), 'credit');
    }),

    'marketing: contents, in order, and what is seen is what is downloaded': () => withPage('en', {}, async page => {
        const rows = await csv(page, 'content'), credit = rows[0].indexOf('Credit');
        const shown = figures.contents.filter(row => byName(rows.slice(1)).has(called(row.name)));
        assert.ok(shown.length >= 40);
        compare(rows, 'Credit', shown, 'credit');
        const values = rows.slice(1, -2).map(row => Number(row[credit]));
        assert.deepEqual(values, values.slice().sort((a, b) => b - a));
        assert.deepEqual(await column(page, 'content', 1 + credit),
            rows.slice(1, 13).map(row => english.format(row[credit])));
    }),

    'lift: too little data is said': () => withPage('en', {}, async page => {
        const rows = await csv(page, 'lift'), verdict = rows[0].indexOf('Beyond chance?'), lift = rows[0].indexOf('Difference');
        assert.equal(rows.length - 1, figures.lift.length);
        assert.equal(rows.filter(row => row[verdict] === 'too little data').length, figures.lift.filter(row => !row.has_enough_data).length);
        for (const row of figures.lift)
            assert.equal(number(byName(rows.slice(1)).get(row.title)[lift]), row.has_enough_data ? row.lift : null, row.title);
        await page.locator('[data-table=lift] .more button').click();
        assert.equal(await page.locator('[data-table=lift] .interval').count(), figures.lift.filter(row => row.has_enough_data).length);
    }),

    'a table sorts by its headings': () => withPage('en', {}, async page => {
        const heading = page.locator('[data-table=content] thead th[data-key=name]');
        assert.equal(await page.locator('[data-table=content] thead th[data-key=credit]').getAttribute('aria-sort'), 'descending');
        await heading.locator('button').click();
        assert.equal(await heading.getAttribute('aria-sort'), 'ascending');
        assert.match(await page.locator('#said').innerText(), /Sorted by Content, ascending/);
        const names = (await csv(page, 'content')).slice(1, -2).map(row => row[0]);
        assert.deepEqual(names, names.slice().sort(new Intl.Collator('en', {numeric: true, sensitivity: 'base'}).compare));
        await heading.locator('button').press('Enter');
        assert.equal(await heading.getAttribute('aria-sort'), 'descending');
        assert.equal(await page.evaluate(() => document.activeElement.closest('th').dataset.key), 'name');
    }),

    'a table filters': () => withPage('en', {}, async page => {
        await page.locator('[data-table=content] input[type=search]').fill('sap connected');
        assert.deepEqual((await column(page, 'content', 1)).map(text => text.split('\n')[0]), ['Foundry: SAP connected in six weeks']);
        assert.equal((await csv(page, 'content')).length, 2);
        await page.locator('[data-table=content] input[type=search]').fill('no such thing');
        assert.match(await page.locator('[data-table=content] tbody').innerText(), /Nothing fits/);
    }),

    'sales: a lead is found, with its timeline': () => withPage('en', {view: 'sales'}, async page => {
        const [lead] = figures.lead;
        assert.equal(await tile(page, 'leads'), String(figures.leads[0].leads));
        await page.getByRole('searchbox', {name: 'Search for a lead'}).fill('hagedorn brandt');
        await page.locator('[data-table=leads] .link').click();
        const panel = page.locator('.panel');
        assert.equal(await panel.locator('h3').innerText(), lead.name);
        assert.match(await panel.innerText(), new RegExp(`${lead.views} views of ${lead.contents} contents`));
        assert.match(await panel.innerText(), new RegExp(`\\b${lead.new_since_contact} new since the last contact`));
        assert.match(await panel.innerText(), new RegExp(`Score: ${new Intl.NumberFormat('en', {minimumFractionDigits: 1, maximumFractionDigits: 1}).format(figures.points[0].points)}`));
        assert.equal(await panel.locator('.event').count(), lead.events);
        assert.equal(await page.evaluate(() => document.activeElement.id), 'lead-heading');
    }),

    'sales: open deals': () => withPage('en', {view: 'sales'}, async page => {
        const rows = await csv(page, 'open-deals'), amount = rows[0].indexOf('Amount');
        assert.equal(rows.length - 1, figures.open_deals.length);
        for (const deal of figures.open_deals)
            assert.equal(number(byName(rows.slice(1)).get(deal.name)[amount]), deal.amount, deal.name);
    }),

    'smarketing: both promises, and who stands where': () => withPage('en', {view: 'smarketing'}, async page => {
        const marketing = byName((await csv(page, 'sla-marketing')).slice(1));
        for (const row of figures.marketing_promise)
            assert.deepEqual(marketing.get(row.month).slice(1, 4).map(Number), [row.owed, row.delivered, row.accepted], row.month);
        const sales = byName((await csv(page, 'sla-sales')).slice(1));
        for (const row of figures.sales_promise)
            assert.deepEqual(sales.get(row.month).slice(1, 4).map(Number), [row.handed_over, row.met, row.breached], row.month);
        const stages = byName((await csv(page, 'stages')).slice(1));
        for (const row of figures.standing)
            assert.equal(Number(stages.get(row.stage)[1]), row.leads, row.stage);
    }),

    'smarketing: the funnel, by channel too': () => withPage('en', {view: 'smarketing'}, async page => {
        const called = step => ({lead: 'Lead', deal: 'Deal', won: 'Won'})[step] || step;
        const rows = byName((await csv(page, 'funnel')).slice(1));
        for (const row of figures.funnel)
            assert.deepEqual(rows.get(`${called(row.from_step)} → ${called(row.to_step)}`).slice(1, 5).map(Number),
                [row.entered, row.converted, row.rate, row.still_open], row.to_step);
        assert.deepEqual(await page.locator('.funnel .people').allInnerTexts(),
            [...figures.funnel.map(row => row.entered), figures.funnel.at(-1).converted].map(String));
        const channels = (await csv(page, 'funnel-channel')).slice(1);
        for (const row of figures.channel_funnel)
            assert.ok(channels.some(line => line[0] === row.item && line[1].endsWith('→ ' + called(row.to_step)) &&
                Number(line[2]) === row.entered && Number(line[3]) === row.converted), row.item + row.to_step);
    }),

    'smarketing: the weakest step': () => withPage('en', {view: 'smarketing'}, async page => {
        const rows = await csv(page, 'weakest');
        figures.weakest.forEach((row, place) => assert.equal(number(rows[1 + place][2]), row.rate, row.to_step));
        const weakest = figures.weakest.find(row => row.is_weakest);
        assert.match(await page.locator('.callout.weak').innerText(), new RegExp(`→ ${weakest.to_step}, ${Math.round(100 * weakest.rate)}%`));
    }),

    'smarketing: the meeting, of a month that is over': () => withPage('en', {view: 'smarketing'}, async page => {
        assert.equal(await page.locator('select[name=meeting-month]').inputValue(), '2026-03');
        const rows = byName((await csv(page, 'meeting')).slice(1)), [month] = figures.meeting;
        for (const [fact, key] of [['New leads', 'leads'], ['Deals won', 'won_deals'], ['Revenue', 'revenue'], ['Pipeline at the end', 'pipeline'], ['Questions of customers', 'questions']])
            assert.equal(Number(rows.get(fact)[1]), month[key], fact);
        await page.selectOption('select[name=meeting-month]', '2026-04');
        assert.match(await page.locator('[data-card=meeting]').innerText(), /This month is not over/);
    }),

    'marketing: what to write next': () => withPage('en', {}, async page => {
        const rows = await csv(page, 'gaps');
        assert.equal(rows.length - 1, figures.gaps.length);
        for (const row of figures.gaps) {
            const line = byName(rows.slice(1)).get(row.topic);
            assert.deepEqual([line[2], line[4]].map(Number), [row.questions, row.contents], row.topic);
        }
        const coverage = await csv(page, 'coverage-stage');
        for (const row of figures.coverage)
            assert.equal(Number(byName(coverage.slice(1)).get(row.topic)[coverage[0].indexOf(row.item)]), row.pieces, row.topic + row.item);
    }),

    'sales: hot leads in their order': () => withPage('en', {view: 'sales'}, async page => {
        const rows = await csv(page, 'hot-leads'), score = rows[0].indexOf('Score');
        assert.deepEqual(rows.slice(1).map(row => [row[0], row[1], Number(row[score])]), figures.hot.map(row => [row.name, row.why, row.score]));
    }),

    'sales: what to send next, and which deals say so': () => withPage('en', {view: 'sales'}, async page => {
        for (const next of figures.next) {
            await page.getByRole('searchbox', {name: 'Search for a lead'}).fill(next.name);
            await page.locator('[data-table=leads] .link').first().click();
            const line = page.locator('.panel .lines li', {hasText: `${next.won_with} of ${next.deals_with} that met it were won`}).filter({hasText: next.title});
            assert.match(await line.innerText(), new RegExp({persona: `Of ${next.deals} closed deals with the persona`, industry: `Of ${next.deals} closed deals in the industry`,
                all: `Of all ${next.deals} closed deals`}[next.compared_with]));
        }
        await everything(page);
        for (const unread of figures.unread)
            assert.match(await page.locator('[data-table=open-deals] tr', {hasText: unread.deal}).textContent(),
                new RegExp(`${unread.won_with} of ${unread.deals_with} that met it were won .*of the others ${unread.won_without} of ${unread.deals_without}`));
    }),

    'sales: an account, reached from a lead and from a deal': () => withPage('en', {view: 'sales'}, async page => {
        const [account] = figures.account;
        await page.getByRole('searchbox', {name: 'Search for a lead'}).fill('hagedorn brandt');
        await page.locator('[data-table=leads] .link').click();
        await page.locator('.panel .facts .link').click();
        assert.equal(await page.evaluate(() => document.activeElement.closest('.card').dataset.card), 'account');
        const rows = await csv(page, 'account-timeline');
        assert.equal(rows.length - 1, Math.min(account.events, 15));
        assert.deepEqual(rows.slice(1).map(row => row[1]).sort(), account.titles.map(title => title || '').sort());
        assert.match(await page.locator('[data-card=account]').innerText(), new RegExp(`${account.leads} leads`));
        await page.locator('[data-table=open-deals] tbody .link').first().click();
        assert.equal(await page.locator('select[name=account] option:checked').innerText(), await page.locator('[data-table=open-deals] tbody .link').first().innerText());
    }),

    'sales: what the owners won': () => withPage('en', {view: 'sales'}, async page => {
        const found = byName((await csv(page, 'owners')).slice(1));
        for (const row of figures.owners)
            assert.deepEqual([1, 2, 3, 6].map(place => Number(found.get(row.owner)[place])), [row.revenue, row.won, row.lost, row.pipeline], row.owner);
        assert.equal(found.size, figures.owners.length);
        await page.locator('[data-card=owners] .segments label', {hasText: 'Last 3 months'}).click();
        const lately = byName((await csv(page, 'owners')).slice(1));
        for (const row of figures.owners_lately)
            assert.equal(Number(lately.get(row.owner)[1]), row.revenue, row.owner);
    }),

    'marketing: personas, and what goes with winning for each': () => withPage('en', {}, async page => {
        const found = byName((await csv(page, 'personas')).slice(1));
        for (const row of figures.personas)
            assert.deepEqual([1, 2, 3, 4, 5].map(place => Number(found.get(row.persona)[place])), [row.leads, row.revenue, row.won_deals, row.lost_deals, row.open_deals], row.persona);
        for (const {persona} of figures.personas.filter(row => figures.persona_contents.some(met => met.item === row.persona))) {
            await page.selectOption('select[name=persona]', persona);
            assert.equal(await page.evaluate(() => document.activeElement.name), 'persona');
            const met = byName((await csv(page, 'persona-contents')).slice(1)), wanted = figures.persona_contents.filter(row => row.item === persona);
            assert.equal(met.size, Math.min(wanted.length, 25));
            for (const row of wanted.filter(row => met.has(row.title)))
                assert.deepEqual([met.get(row.title)[1], met.get(row.title)[2]].map(Number), [row.deals_with, row.won_with], row.title);
        }
    }),

    'the views are reached by their links, and named': () => withPage('en', {}, async page => {
        for (const name of ['Sales', 'Smarketing', 'Marketing']) {
            await page.getByRole('navigation').getByRole('link', {name, exact: true}).click();
            await page.getByRole('heading', {level: 1, name, exact: true}).waitFor();
            assert.equal(await page.title(), name + ' · closedloop');
            assert.equal(await page.locator('nav [aria-current=page]').innerText(), name);
            assert.equal(await page.evaluate(() => document.activeElement.id), 'title');
        }
    }),

    'German': () => withPage('de', {}, async page => {
        assert.equal(await page.locator('html').getAttribute('lang'), 'de');
        assert.equal(await tile(page, 'won'), german.format(figures.deals[0].won));
        await choose(page, 'Kanäle');
        const rows = await csv(page, 'channel', ';'), place = rows[0].indexOf('Zugerechnet');
        for (const row of figures.channels.filter(row => row.model === 'linear' && row.name !== 'unattributed'))
            assert.equal(byName(rows.slice(1)).get(row.name)[place], String(row.credit).replace('.', ','), row.name);
        for (const name of ['Vertrieb', 'Smarketing']) {
            await page.getByRole('navigation').getByRole('link', {name, exact: true}).click();
            await page.getByRole('heading', {level: 1, name, exact: true}).waitFor();
        }
    }),

    // What is composed of parts: whatever is left when the texts of the data are taken away is German.
    'German: reasons, signals, timelines and comparisons too': async () => {
        const english = /\b(the|of|and|were|by|from|with|entered|rose|touch|touches|views|closed|last|never|back|campaign|others|chance|asked|price|prices|won|lost|stage|days?|new|page|call|meeting|inbound|outbound)\b/i;
        const seen = [];
        const look = async (page, view) => {
            const text = await page.evaluate(() => {
                const found = new Set();
                const walk = value => typeof value === 'string' ? value.length > 3 && found.add(value).add(value.replace(/\s+/g, ' '))
                    : value && typeof value === 'object' && Object.values(value).forEach(walk);
                walk({...data, setting: null}); // what models mean is told in the page's language
                let rest = document.querySelector('main').innerText + [...document.querySelectorAll('main details')].map(element => element.textContent).join('\n') +
                    [...document.querySelectorAll('main [title], main [aria-label]')].map(element => (element.title || '') + ' ' + (element.getAttribute('aria-label') || '')).join('\n');
                for (const part of [...found].sort((a, b) => b.length - a.length))
                    rest = rest.replaceAll(part, ' ');
                return rest;
            });
            const line = text.split('\n').find(part => english.test(part));
            assert.equal(line, undefined, view);
            seen.push(text);
        };
        await withPage('de', {view: 'sales'}, async page => {
            await everything(page);
            for (const name of new Set([figures.lead[0].name, ...figures.hot.map(row => row.name), ...figures.next.map(row => row.name)])) {
                await page.locator('[data-table=leads] .link', {hasText: name}).first().click();
                await look(page, name);
            }
            for (const account of await page.locator('select[name=account] option').all()) {
                await page.selectOption('select[name=account]', await account.getAttribute('value'));
                await look(page, await account.innerText());
            }
        });
        await withPage('de', {}, page => look(page, 'marketing'));
        await withPage('de', {view: 'smarketing'}, async page => {
            for (const {month} of figures.months) {
                await page.selectOption('select[name=meeting-month]', month);
                await look(page, month);
            }
        });
        for (const said of [/Punkte um .* gestiegen/, /neue Kontakte: /, /die es kannten, wurden gewonnen/, /zuletzt am .*: (über Preise|gefordert von|hat eine)/,
            /über /, /E-Mail, ausgehend/, /jetzt in Phase/, /vorher /, /Schwach (ist|war)/])
            assert.ok(seen.some(text => said.test(text)), String(said));
    },

    'both languages say the same things': async () => {
        const keys = [];
        for (const language of ['en', 'de'])
            await withPage(language, {}, async page => keys.push(await page.evaluate(() => Object.keys(texts).filter(key => !key.startsWith('model-about.')))));
        assert.deepEqual(keys[0], keys[1]);
    },

    'no text is missing in any view': async () => {
        for (const view of ['marketing', 'sales', 'smarketing'])
            await withPage('en', {view}, async page => {
                const unknown = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, h4, th, dt, label, .about, .missing, option')]
                    .map(element => element.textContent.trim()).filter(text => /^[a-z]+([.-][a-z]+)+$/.test(text)));
                assert.deepEqual(unknown, []);
            });
    },

    'for keyboard and screen reader': async () => {
        for (const view of ['marketing', 'sales', 'smarketing'])
            await withPage('en', {view}, async page => {
                const flaws = await page.evaluate(() => {
                    const found = [];
                    const named = element => element.labels && element.labels.length || element.getAttribute('aria-label') || element.textContent.trim();
                    for (const element of document.querySelectorAll('button, a, input, select'))
                        if (!named(element))
                            found.push('no name: ' + element.outerHTML.slice(0, 100));
                    for (const table of document.querySelectorAll('table'))
                        if (!table.caption || [...table.tHead.rows[0].cells].some(cell => !cell.getAttribute('aria-sort')))
                            found.push('table without caption or order');
                    for (const canvas of document.querySelectorAll('canvas'))
                        if (!canvas.getAttribute('aria-label') || !canvas.closest('.card').querySelector('table'))
                            found.push('chart without a name or a table');
                    const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
                    if (new Set(ids).size !== ids.length)
                        found.push('an id twice');
                    let level = 0;
                    for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
                        const next = Number(heading.tagName[1]);
                        if (next > level + 1)
                            found.push('heading skips a level: ' + heading.textContent);
                        level = next;
                    }
                    for (const landmark of ['header', 'nav[aria-label]', 'main', 'footer'])
                        if (document.querySelectorAll(landmark).length !== 1)
                            found.push('not one ' + landmark);
                    return found;
                });
                assert.deepEqual(flaws, []);
                await page.keyboard.press('Tab');
                assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
            });
    },

    'phone and desktop, light and dark: nothing sticks out': async () => {
        for (const width of [390, 1440])
            for (const view of ['marketing', 'sales', 'smarketing'])
                await withPage('en', {view, width, scheme: width === 390 ? 'dark' : 'light'}, async page => {
                    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false, view);
                    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
                    const before = await ground();
                    await page.locator('#theme').click();
                    assert.notEqual(await ground(), before);
                });
    },

    'it prints: no controls, light, some pages': () => withPage('en', {view: 'smarketing', scheme: 'dark'}, async page => {
        const pdf = await page.pdf({format: 'A4', landscape: true});
        assert.equal(pdf.subarray(0, 5).toString(), '%PDF-');
        const pages = pdf.toString('latin1').split('/Type /Page\n').length - 1;
        assert.ok(pages >= 1 && pages <= 8, `${pages} pages`);
        await page.emulateMedia({media: 'print'});
        assert.equal(await page.locator('#print').isVisible(), false);
        assert.equal(await page.locator('.download').first().isVisible(), false);
    }),
});
