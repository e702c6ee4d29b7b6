// Tables that sort, filter and download. The browser orders and formats; every figure comes from the database.
//
//     table({name: 'channels', caption: 'Channels', columns: [{key: 'name', label: 'Channel', kind: 'text',
//            value: row => row.name}], rows, sort: 'credit', limit: 15})
//
// A column: value(row) is what sorts, is searched and downloaded; cell(row), if given, what is shown. `fixed` rows
// (row => true) stay at the end, however it is sorted. A column that isOptional goes where no row has anything in it; one that
// isHidden is searched and downloaded alone; one that isWide holds sentences.

const DESCENDING_FIRST = new Set(['number', 'money', 'percent', 'rate', 'points', 'ratio', 'hours', 'decimal', 'signed', 'day', 'month', 'time']);

function isEmpty(value) {
    return value === null || value === undefined || value === '';
}

function compareBy(column, direction, fixed) {
    return (a, b) => {
        if (fixed && fixed(a) !== fixed(b))
            return fixed(a) ? 1 : -1;
        const one = column.value(a), other = column.value(b);
        if (isEmpty(one) || isEmpty(other))
            return isEmpty(one) - isEmpty(other);
        const order = typeof one === 'number' ? one - other : collator.compare(String(one), String(other));
        return direction === 'descending' ? -order : order;
    };
}

// ------------------------------------------------------------------------------------------------ download

// A spreadsheet takes a text that begins like a formula for one: an apostrophe before it says that it is none.
function csvField(value, separator) {
    if (isEmpty(value))
        return '';
    let text = String(value);
    if (typeof value === 'number')
        return language === 'de' ? text.replace('.', ',') : text;
    if (/^[=+\-@\t\r\n]/.test(text))
        text = "'" + text;
    return text.includes(separator) || /["\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

// What spreadsheets of the page's language read by a double click.
function csvOf(columns, rows) {
    const separator = language === 'de' ? ';' : ',';
    const line = fields => fields.map(field => csvField(field, separator)).join(separator) + '\r\n';
    return '\ufeff' + line(columns.map(column => column.label)) +
        rows.map(row => line(columns.map(column => column.value(row)))).join('');
}

function download(name, text) {
    const address = URL.createObjectURL(new Blob([text], {type: 'text/csv;charset=utf-8'}));
    make('a', {href: address, download: name}).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
}

// ------------------------------------------------------------------------------------------------ the table

function tableHead(state, redraw) {
    return make('tr', null, state.columns.filter(column => !column.isHidden).map(column => {
        const isSorted = state.sort === column.key;
        const sort = () => {
            const first = DESCENDING_FIRST.has(column.kind) ? 'descending' : 'ascending';
            const other = first === 'descending' ? 'ascending' : 'descending';
            state.direction = isSorted && state.direction === first ? other : first;
            state.sort = column.key;
            redraw();
            state.head.querySelector(`[data-key="${column.key}"] button`).focus();
            announce(say('sorted', {column: column.label, direction: say(state.direction)}));
        };
        return make('th', {scope: 'col', class: 'kind-' + column.kind, 'data-key': column.key,
            'aria-sort': isSorted ? state.direction : 'none'},
            make('button', {type: 'button', title: column.about, onclick: sort}, column.label,
                make('span', {class: 'arrow', 'aria-hidden': 'true'},
                    isSorted ? (state.direction === 'descending' ? '↓' : '↑') : '')));
    }));
}

function tableRow(state, row) {
    return make('tr', {class: state.rowClass && state.rowClass(row)}, state.columns.filter(column => !column.isHidden).map((column, index) => {
        const content = column.cell ? column.cell(row) : column.kind === 'text' ? plain(column.value(row))
            : show(column.kind, column.value(row));
        const exact = column.kind === 'money' && !isEmpty(column.value(row)) ? formats.cents.format(column.value(row)) : null;
        const cell = make(index ? 'td' : 'th', {class: 'kind-' + column.kind + (column.isWide ? ' wide' : ''), scope: index ? null : 'row', title: exact}, content);
        if (column.heat && !isEmpty(column.value(row)))
            cell.style.setProperty('--heat', Math.min(column.heat(row), 1));
        return cell;
    }));
}

function chosenRows(state) {
    const wanted = state.filter.trim().toLocaleLowerCase(language).split(/\s+/).filter(part => part);
    const texts = state.columns.filter(column => column.kind === 'text').concat(state.searched || []);
    const holds = row => {
        const text = texts.map(column => column.value(row)).filter(value => !isEmpty(value)).join(' ').toLocaleLowerCase(language);
        return wanted.every(part => text.includes(part));
    };
    const rows = wanted.length ? state.rows.filter(holds) : state.rows.slice();
    const column = state.columns.find(candidate => candidate.key === state.sort);
    return column ? rows.sort(compareBy(column, state.direction, state.fixed)) : rows;
}

const MORE = 200; // as many rows more with each "show more"

function table(options) {
    const columns = options.columns.filter(column => column && !(column.isOptional && options.rows.every(row => isEmpty(column.value(row)))));
    const sorted = columns.find(column => column.key === options.sort);
    const state = {limit: 15, ...options, columns, filter: '',
        direction: options.direction || (sorted && DESCENDING_FIRST.has(sorted.kind) ? 'descending' : 'ascending')};
    const most = {rows: state.limit};
    const body = make('tbody'), count = make('span', {class: 'count'}), more = make('div', {class: 'more'});
    state.head = make('thead');
    const redraw = () => {
        const rows = chosenRows(state), visible = rows.slice(0, most.rows);
        clear(state.head, tableHead(state, redraw));
        clear(body, visible.length ? visible.map(row => tableRow(state, row))
            : make('tr', null, make('td', {colspan: columns.length, class: 'none'}, say('no-rows'))));
        count.textContent = say(rows.length === 1 ? 'row' : 'rows', {count: formats.number.format(rows.length)});
        const left = rows.length - visible.length;
        clear(more, left > 0 && make('button', {type: 'button', class: 'quiet', onclick: () => {
            most.rows += MORE;
            redraw();
        }}, say('show-more', {count: formats.number.format(Math.min(left, MORE))})));
    };
    const filter = fresh('filter'), caption = fresh('caption');
    const bar = make('div', {class: 'table-bar'},
        options.hasFilter !== false && make('div', {class: 'filter'},
            make('label', {for: filter, class: 'visually-hidden'}, options.filterLabel || say('filter', {table: options.caption})),
            make('input', {type: 'search', id: filter, placeholder: options.filterHint || say('filter-hint'), autocomplete: 'off',
                oninput: event => {
                    state.filter = event.target.value;
                    most.rows = state.limit;
                    redraw();
                }})),
        count,
        make('button', {type: 'button', class: 'quiet download', 'aria-label': say('csv-of', {table: options.caption}),
            onclick: () => download('closedloop-' + options.name + '.csv', csvOf(columns, chosenRows(state)))}, 'CSV'));
    redraw();
    return make('div', {class: 'table', 'data-table': options.name}, bar,
        make('div', {class: 'scroll', role: 'region', tabindex: '0', 'aria-labelledby': caption},
            make('table', null, make('caption', {id: caption, class: 'visually-hidden'}, options.caption), state.head, body)),
        more);
}
