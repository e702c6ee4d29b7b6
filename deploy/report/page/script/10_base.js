'use strict';
// What all views are made of: texts, numbers and dates in the page's language, and elements. Whatever comes from the
// data becomes text, never markup.

const texts = JSON.parse(document.getElementById('texts').textContent);
const data = JSON.parse(document.getElementById('data').textContent);
const language = document.documentElement.lang;
const setting = data.setting || {currency: 'EUR', timezone: 'UTC', models: [], quality: []};

// The text of a key, with what stands in braces put in.
function say(key, values) {
    const text = key in texts ? texts[key] : key;
    return values ? text.replace(/\{(\w+)\}/g, (place, name) => name in values ? values[name] : place) : text;
}

// A word of the data that the page knows to say in its language; others stand as they are.
function word(kind, value) {
    const key = kind + '.' + value;
    return key in texts ? texts[key] : value;
}

// ------------------------------------------------------------------------------------------------ numbers and dates

const NOTHING = '–';
const formats = {
    number: new Intl.NumberFormat(language),
    money: new Intl.NumberFormat(language, {style: 'currency', currency: setting.currency, maximumFractionDigits: 0}),
    cents: new Intl.NumberFormat(language, {style: 'currency', currency: setting.currency}),
    short: new Intl.NumberFormat(language, {style: 'currency', currency: setting.currency, notation: 'compact', maximumFractionDigits: 1}),
    percent: new Intl.NumberFormat(language, {style: 'unit', unit: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1}),
    rate: new Intl.NumberFormat(language, {style: 'percent', maximumFractionDigits: 0}),
    points: new Intl.NumberFormat(language, {maximumFractionDigits: 0, signDisplay: 'exceptZero', style: 'percent'}),
    decimal: new Intl.NumberFormat(language, {minimumFractionDigits: 1, maximumFractionDigits: 1}),
    hundredths: new Intl.NumberFormat(language, {minimumFractionDigits: 2, maximumFractionDigits: 2}),
    signed: new Intl.NumberFormat(language, {signDisplay: 'exceptZero', maximumFractionDigits: 2}),
    signedMoney: new Intl.NumberFormat(language, {style: 'currency', currency: setting.currency, maximumFractionDigits: 0, signDisplay: 'exceptZero'}),
    list: new Intl.ListFormat(language),
    day: new Intl.DateTimeFormat(language, {dateStyle: 'medium', timeZone: 'UTC'}),
    month: new Intl.DateTimeFormat(language, {month: 'long', year: 'numeric', timeZone: 'UTC'}),
    shortMonth: new Intl.DateTimeFormat(language, {month: 'short', year: '2-digit', timeZone: 'UTC'}),
    time: new Intl.DateTimeFormat(language, {dateStyle: 'medium', timeStyle: 'short', timeZone: setting.timezone}),
};
const collator = new Intl.Collator(language, {numeric: true, sensitivity: 'base'});

// How a value of a kind is shown; what is not known is a dash.
const shown = {
    text: value => value,
    number: value => formats.number.format(value),
    money: value => formats.money.format(value),
    percent: value => formats.percent.format(value),
    rate: value => formats.rate.format(value),
    points: value => formats.points.format(value).replace(/\s?%/, '\u00a0' + say('points')),
    ratio: value => formats.decimal.format(value) + '\u00a0×',
    decimal: value => formats.decimal.format(value),
    signed: value => formats.signed.format(value),
    hours: value => formats.decimal.format(value) + '\u00a0h',
    day: value => formats.day.format(new Date(value + 'T00:00:00Z')),
    month: value => formats.month.format(new Date(value + '-01T00:00:00Z')),
    shortMonth: value => formats.shortMonth.format(new Date(value + '-01T00:00:00Z')),
    time: value => formats.time.format(new Date(value)),
};
function show(kind, value) {
    return value === null || value === undefined || value === '' ? NOTHING : shown[kind](value);
}

// ------------------------------------------------------------------------------------------------ elements

const drawing = new Set(['svg', 'line', 'circle', 'rect', 'path', 'title']);

// make('p', {class: 'note'}, 'text', other): properties that begin with "on" are listeners; nothing is parsed as markup.
function make(name, properties, ...children) {
    const element = drawing.has(name) ? document.createElementNS('http://www.w3.org/2000/svg', name)
        : document.createElement(name);
    for (const [key, value] of Object.entries(properties || {})) {
        if (value === null || value === undefined || value === false)
            continue;
        if (key.startsWith('on'))
            element.addEventListener(key.slice(2), value);
        else
            element.setAttribute(key, value === true ? '' : value);
    }
    for (const child of children.flat(3))
        if (child !== null && child !== undefined && child !== false)
            element.append(child);
    return element;
}

// Text of the data stands by itself, whichever way it is written.
function plain(value) {
    return value === null || value === undefined || value === '' ? NOTHING : make('bdi', null, String(value));
}

function clear(element, ...children) {
    element.replaceChildren(...children.flat(3).filter(child => child));
    return element;
}

let numbers = 0;
function fresh(prefix) {
    return prefix + '-' + ++numbers;
}

// A part of a view: a heading, what it says in a sentence, and what stands in it.
function card(key, title, about, ...children) {
    const id = fresh('heading');
    return make('section', {class: 'card', 'aria-labelledby': id, 'data-card': key},
        make('div', {class: 'card-head'},
            make('h2', {id}, title),
            about && make('p', {class: 'about'}, about)),
        ...children);
}

// A part of a card, below others.
function part(title, about, ...children) {
    return make('div', {class: 'part'}, make('h3', null, title), about && make('p', {class: 'about'}, about), children);
}

// Whether the role that wrote the page had no right to read it; what has no rows is null too, and known by its absence.
function isWithheld(block) {
    return (data.withheld || []).includes(block);
}

// In place of what cannot be shown: why, and what to do about it.
function missing(block, key) {
    return make('p', {class: 'missing'}, say(isWithheld(block) ? 'withheld' : key));
}

// What to write into the configuration to see more.
function example(key) {
    return make('pre', {class: 'example', tabindex: '0'}, make('code', null, say(key)));
}

function tiles(...entries) {
    return make('dl', {class: 'tiles'}, entries.map(([label, value, note, key]) =>
        make('div', {class: 'tile', 'data-tile': key}, make('dt', null, label), make('dd', null, value),
            note && make('dd', {class: 'tile-note'}, note))));
}

// choice('model', 'Model', [['linear', 'Linear'], …], 'linear', value => …)
function choice(name, label, entries, chosen, take) {
    const id = fresh(name);
    const select = make('select', {id, name, onchange: event => take(event.target.value)},
        entries.map(([value, text]) => make('option', {value, selected: value === chosen}, text)));
    return make('div', {class: 'choice'}, make('label', {for: id}, label), select);
}

// Of a few, all in sight.
function segments(name, label, entries, chosen, take) {
    const group = fresh(name);
    return make('fieldset', {class: 'segments'}, make('legend', null, label), entries.map(([value, text]) => {
        const id = fresh(name);
        return make('span', null,
            make('input', {type: 'radio', id, name: group, value, checked: value === chosen, onchange: () => take(value)}),
            make('label', {for: id}, text));
    }));
}

// For those who do not see that something changed.
function announce(text) {
    document.getElementById('said').textContent = text;
}
