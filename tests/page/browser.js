// What the browser's tests share: a page that is watched, tables read back, and comparisons.
'use strict';
const fs = require('fs');
const path = require('path');
const assert = require('assert').strict;
const {chromium} = require(path.join(process.env.PAGE_MODULES, 'playwright-core'));

const scratch = process.env.PAGE_SCRATCH;

// What the shell wrote by sql_json.
function expected() {
    const found = {};
    for (const line of fs.readFileSync(path.join(scratch, 'expected'), 'utf8').split('\n').filter(Boolean)) {
        const tab = line.indexOf('\t');
        found[line.slice(0, tab)] = JSON.parse(line.slice(tab + 1));
    }
    return found;
}

let browser;

// withPage('en', {view: 'sales', width: 390}, async page => …): whatever the page complains of, or asks a network for, is a fault.
async function withPage(name, options, use) {
    const context = await browser.newContext({viewport: {width: options.width || 1440, height: 900},
        colorScheme: options.scheme || 'light', acceptDownloads: true});
    try {
        const page = await context.newPage(), faults = [];
        page.on('console', message => ['error', 'warning'].includes(message.type()) && faults.push(message.text()));
        page.on('pageerror', error => faults.push(error.stack));
        page.on('dialog', dialog => {
            faults.push('a dialog: ' + dialog.message());
            dialog.dismiss();
        });
        page.on('request', request => /^(file|blob|data):/.test(request.url()) || faults.push('asked for ' + request.url()));
        await page.goto('file://' + path.join(scratch, name + '.html') + '#' + (options.view || 'marketing'));
        await page.locator('h1').waitFor();
        await use(page);
        assert.deepEqual(faults, []);
    } finally {
        await context.close();
    }
}

function fieldsOf(text, separator) {
    const rows = [[]];
    let field = '', quoted = false;
    for (let i = 0; i < text.length; i++) {
        const character = text[i];
        if (quoted && character === '"' && text[i + 1] === '"') {
            field += '"';
            i++;
        } else if (character === '"') {
            quoted = !quoted;
        } else if (!quoted && character === separator) {
            rows.at(-1).push(field);
            field = '';
        } else if (!quoted && character === '\n') {
            rows.at(-1).push(field.replace(/\r$/, ''));
            field = '';
            rows.push([]);
        } else {
            field += character;
        }
    }
    rows.pop();
    return rows;
}

// The rows that a table downloads, the heading first.
async function csv(page, table, separator = ',') {
    const waiting = page.waitForEvent('download');
    await page.locator(`[data-table="${table}"] .download`).click();
    const download = await waiting;
    const text = fs.readFileSync(await download.path(), 'utf8');
    assert.equal(text[0], '\ufeff');
    return fieldsOf(text.slice(1), separator);
}

const number = text => text === '' ? null : Number(text);

// A column of what a table shows.
function column(page, table, index) {
    return page.locator(`[data-table="${table}"] tbody tr > :nth-child(${index})`).allInnerTexts();
}

async function run(tests) {
    browser = await chromium.launch({executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu']});
    for (const [name, test] of Object.entries(tests)) {
        try {
            await test();
            console.log('ok      ' + name);
        } catch (error) {
            console.log('FAILED  ' + name + '\n' + error.stack);
            process.exitCode = 1;
        }
    }
    await browser.close();
}

module.exports = {assert, column, csv, expected, number, run, scratch, withPage};
