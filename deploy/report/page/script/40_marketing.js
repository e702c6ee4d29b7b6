// What drove sales.

const marketing = {model: setting.model, span: 'all', outcome: 'won', kind: 'content'};
const kinds = ['content', 'channel', 'campaign', 'topic'];

function modelName(model) {
    return word('model', model);
}

function modelAbout(name) {
    const key = 'model-about.' + name;
    return key in texts ? texts[key] : (setting.models.find(model => model.name === name) || {}).meaning || '';
}

function spanName(span) {
    return /^\d{4}-\d{2}$/.test(span) ? show('month', span) : say('span.' + span);
}

// How an item is called.
function itemName(kind, item) {
    if (item.role)
        return say('item.' + item.role);
    if (item.name === '(none)')
        return kind === 'campaign' ? say('no-campaign', {place: item.place || ''}) : say('item.none');
    return item.name;
}

function itemCell(kind, item) {
    const name = itemName(kind, item);
    const place = item.name === '(none)' || item.role ? null : item.place;
    return make('span', {class: 'item' + (item.role ? ' item-special' : '')}, plain(name),
        place && place !== item.name && make('span', {class: 'under'}, plain(place.replace(/^https?:\/\//, ''))));
}

function creditOf(item, model, outcome, span) {
    const bySpan = item.credit && item.credit[outcome];
    const byModel = bySpan && bySpan[span];
    return byModel && byModel[model] || [null, null];
}

function influenceOf(item) {
    const bySpan = item.influence && item.influence[marketing.outcome];
    return bySpan && bySpan[marketing.span] || [null, null, null, null];
}

function spendOf(item) {
    return item.spend && item.spend[marketing.span] || [null, null, null, null];
}

// Those that have anything to show in the chosen months.
function itemsOf(kind) {
    const items = data.marketing.kinds && data.marketing.kinds[kind] || [];
    return items.filter(item => creditOf(item, marketing.model, marketing.outcome, marketing.span)[0] !== null ||
        influenceOf(item)[2] || marketing.outcome === 'won' && spendOf(item)[0]);
}

// ------------------------------------------------------------------------------------------------ the parts

function marketingControls(redraw) {
    const take = key => value => {
        marketing[key] = value;
        redraw();
        announce(say('now-shown', {model: modelName(marketing.model), span: spanName(marketing.span)}));
        const control = document.querySelector(`.controls [name="${key}"]`);
        if (control)
            control.focus();
    };
    return make('div', {class: 'controls'},
        choice('model', say('model'), setting.models.map(model => [model.name, modelName(model.name)]), marketing.model, take('model')),
        choice('span', say('months'), data.marketing.spans.map(span => [span.span, spanName(span.span)]), marketing.span, take('span')),
        choice('outcome', say('deals'), [['won', say('outcome.won')], ['open', say('outcome.open')]], marketing.outcome, take('outcome')),
        make('p', {class: 'about model-about'}, make('strong', null, modelName(marketing.model) + ': '), modelAbout(marketing.model)));
}

function marketingTiles() {
    const span = data.marketing.spans.find(entry => entry.span === marketing.span);
    return tiles(
        [say('won-revenue'), show('money', span.won_amount), say('won-deals', {count: formats.number.format(span.won_deals)}), 'won'],
        [say('touched'), show('percent', span.touched_share), say('touched-note', {amount: show('money', span.touched_amount)}), 'touched'],
        [say('pipeline'), show('money', span.open_amount), say('open-deals', {count: formats.number.format(span.open_deals)}), 'open'],
        [say('new-leads'), show('number', span.leads), say('new-leads-note'), 'leads'],
        [say('spend'), show('money', span.cost), say('spend-note'), 'cost']);
}

function driversCard(redraw) {
    const kind = marketing.kind, items = itemsOf(kind);
    const credit = item => creditOf(item, marketing.model, marketing.outcome, marketing.span);
    const top = items.filter(item => !item.role && credit(item)[0] > 0).sort((a, b) => credit(b)[0] - credit(a)[0]).slice(0, 10);
    const bars = top.length && barChart(say('chart-drivers', {kind: say('kind.' + kind), model: modelName(marketing.model)}),
        top.map(item => itemName(kind, item)), top.map(item => credit(item)[0]), true);
    const hasSpend = kind !== 'topic' && marketing.outcome === 'won';
    const columns = [
        {key: 'name', label: say('kind-one.' + kind), kind: 'text', value: item => itemName(kind, item), cell: item => itemCell(kind, item)},
        {key: 'credit', label: say('credit'), kind: 'money', value: item => credit(item)[0], about: say('credit-about')},
        {key: 'share', label: say('share'), kind: 'percent', value: item => credit(item)[1], about: say('share-about')},
        {key: 'sourced', label: say('sourced'), kind: 'money', value: item => influenceOf(item)[1], about: say('sourced-about')},
        {key: 'sourced-deals', label: say('sourced-deals'), kind: 'number', value: item => influenceOf(item)[0], about: say('sourced-about')},
        {key: 'influenced', label: say('influenced'), kind: 'money', value: item => influenceOf(item)[3], about: say('influenced-about')},
        {key: 'influenced-deals', label: say('influenced-deals'), kind: 'number', value: item => influenceOf(item)[2], about: say('influenced-about')},
        hasSpend && {key: 'cost', label: say('cost'), kind: 'money', isOptional: true, value: item => spendOf(item)[0]},
        hasSpend && {key: 'return', label: say('return'), kind: 'ratio', isOptional: true, value: item => spendOf(item)[3],
            about: say('return-about', {model: modelName(setting.model)})},
        kind === 'content' && {key: 'topic', label: say('topic'), kind: 'text', value: item => item.role ? null : item.topic, isOptional: true},
    ];
    return card('drivers', say('drivers'), say('drivers-about'),
        segments('kind', say('by'), kinds.map(name => [name, say('kind.' + name)]), kind, value => {
            marketing.kind = value;
            redraw();
            document.querySelector(`.segments [value="${value}"]`).focus();
        }),
        bars,
        table({name: kind, caption: say('drivers-of', {kind: say('kind.' + kind), model: modelName(marketing.model)}), columns,
            searched: [{value: item => item.place}], rows: items, sort: 'credit', limit: 12, fixed: item => Boolean(item.role),
            rowClass: item => item.role ? 'special' : null}));
}

function modelsCard() {
    const kind = marketing.kind;
    const share = (item, model) => creditOf(item, model, marketing.outcome, marketing.span)[1];
    return card('models', say('side-by-side'), say('side-by-side-about', {kind: say('kind.' + kind)}),
        table({name: 'models-' + kind, caption: say('side-by-side'), sort: marketing.model, limit: 12, fixed: item => Boolean(item.role),
            rowClass: item => item.role ? 'special' : null, rows: itemsOf(kind),
            columns: [{key: 'name', label: say('kind-one.' + kind), kind: 'text', value: item => itemName(kind, item)},
                ...setting.models.map(model => ({key: model.name, label: modelName(model.name), kind: 'percent',
                    about: modelAbout(model.name), value: item => share(item, model.name), heat: item => share(item, model.name) / 40}))]}));
}

function monthsCard() {
    const months = data.marketing.spans.filter(span => /^\d{4}-\d{2}$/.test(span.span)).reverse();
    if (!months.length)
        return null;
    return card('months', say('by-month'), say('by-month-about'),
        columnChart(say('by-month'), months.map(month => show('shortMonth', month.span)), [
            [say('with-content'), months.map(month => month.touched_amount), 'series-1'],
            [say('without-content'), months.map(month => month.untouched_amount), 'series-2'],
        ], true, true),
        table({name: 'months', caption: say('by-month'), rows: months, sort: 'month', hasFilter: false, limit: 12, columns: [
            {key: 'month', label: say('month'), kind: 'month', value: month => month.span},
            {key: 'won', label: say('won-revenue'), kind: 'money', value: month => month.won_amount},
            {key: 'deals', label: say('won-deals-short'), kind: 'number', value: month => month.won_deals},
            {key: 'with', label: say('with-content'), kind: 'money', value: month => month.touched_amount},
            {key: 'leads', label: say('new-leads'), kind: 'number', value: month => month.leads},
            {key: 'open', label: say('pipeline-made'), kind: 'money', value: month => month.open_amount},
            {key: 'cost', label: say('cost'), kind: 'money', value: month => month.cost},
        ]}));
}

// ------------------------------------------------------------------------------------------------ lift

const LIFT = {title: 0, url: 1, topic: 2, wonWith: 3, lostWith: 4, wonWithout: 5, lostWithout: 6, rateWith: 7, rateWithout: 8, lift: 9,
    low: 10, high: 11, isEnough: 12};

// The interval on a line from -100 to 100 points, with nothing in the middle.
function liftInterval(row) {
    if (!row[LIFT.isEnough] || row[LIFT.low] === null)
        return make('span', {class: 'badge'}, say('too-little'));
    const at = value => 100 + 100 * value;
    const tone = row[LIFT.low] > 0 ? 'good' : row[LIFT.high] < 0 ? 'bad' : 'even';
    return make('svg', {class: 'interval ' + tone, viewBox: '0 0 200 20', role: 'img', 'aria-label': say('interval', {
        low: show('points', row[LIFT.low]), high: show('points', row[LIFT.high])})},
    make('line', {class: 'axis', x1: 0, x2: 200, y1: 10, y2: 10}), make('line', {class: 'zero', x1: 100, x2: 100, y1: 2, y2: 18}),
    make('line', {class: 'range', x1: at(row[LIFT.low]), x2: at(row[LIFT.high]), y1: 10, y2: 10}),
    make('circle', {class: 'point', cx: at(row[LIFT.lift]), cy: 10, r: 4.5}));
}

function liftVerdict(row) {
    return !row[LIFT.isEnough] ? say('too-little') : row[LIFT.low] > 0 ? say('lift.more') : row[LIFT.high] < 0 ? say('lift.less') : say('lift.open');
}

function liftCard() {
    if (!data.lift)
        return card('lift', say('lift'), null, missing('lift', 'lift-missing'));
    return card('lift', say('lift'), say('lift-about'),
        table({name: 'lift', caption: say('lift'), rows: data.lift, limit: 10, columns: [
            {key: 'title', label: say('kind-one.content'), kind: 'text', value: row => row[LIFT.title],
                cell: row => make('span', {class: 'item'}, plain(row[LIFT.title]), row[LIFT.topic] && make('span', {class: 'under'}, plain(row[LIFT.topic])))},
            {key: 'with', label: say('rate-with'), kind: 'rate', value: row => row[LIFT.rateWith], about: say('rate-with-about')},
            {key: 'without', label: say('rate-without'), kind: 'rate', value: row => row[LIFT.rateWithout]},
            {key: 'lift', label: say('lift-column'), kind: 'points', value: row => row[LIFT.isEnough] ? row[LIFT.lift] : null},
            {key: 'interval', label: say('interval-column'), kind: 'interval', value: row => row[LIFT.isEnough] ? row[LIFT.low] : null, cell: liftInterval},
            {key: 'won', label: say('won-with'), kind: 'number', value: row => row[LIFT.wonWith]},
            {key: 'lost', label: say('lost-with'), kind: 'number', value: row => row[LIFT.lostWith]},
            {key: 'verdict', label: say('verdict'), kind: 'text', value: liftVerdict},
        ]}));
}

// ------------------------------------------------------------------------------------------------ personas

const PERSONA = {name: 0, leads: 1, open: 2, won: 3, lost: 4, revenue: 5, rate: 6, others: 7, lift: 8, isEnough: 9};
const MET = {persona: 0, title: 1, topic: 2, won: 3, deals: 4, rateWith: 5, rateWithout: 6, lift: 7, low: 8, high: 9, isEnough: 10};

const personaState = {persona: null};

function metVerdict(row) {
    return !row[MET.isEnough] ? say('too-little') : row[MET.low] > 0 ? say('lift.more') : row[MET.high] < 0 ? say('lift.less') : say('lift.open');
}

function personaContents(redraw) {
    const contents = data.personas.contents || [], known = new Set(contents.map(row => row[MET.persona]));
    const names = data.personas.list.map(row => row[PERSONA.name]).filter(name => known.has(name));
    if (!names.length)
        return null;
    const chosen = names.includes(personaState.persona) ? personaState.persona : names[0];
    const choose = choice('persona', say('persona'), names.map(name => [name, name]), chosen, value => {
        personaState.persona = value;
        redraw();
        document.querySelector('select[name=persona]').focus();
        announce(value);
    });
    return part(say('persona-contents'), say('persona-contents-about'), make('div', {class: 'controls'}, choose),
        table({name: 'persona-contents', caption: say('persona-contents'), rows: contents.filter(row => row[MET.persona] === chosen), limit: 10, columns: [
            {key: 'title', label: say('kind-one.content'), kind: 'text', value: row => row[MET.title],
                cell: row => make('span', {class: 'item'}, plain(row[MET.title]), row[MET.topic] && make('span', {class: 'under'}, plain(row[MET.topic])))},
            {key: 'deals', label: say('closed-with'), kind: 'number', value: row => row[MET.deals]},
            {key: 'won', label: say('won-with'), kind: 'number', value: row => row[MET.won]},
            {key: 'with', label: say('rate-with'), kind: 'rate', value: row => row[MET.rateWith], about: say('rate-with-about')},
            {key: 'without', label: say('rate-without'), kind: 'rate', value: row => row[MET.rateWithout]},
            {key: 'lift', label: say('lift-column'), kind: 'points', value: row => row[MET.isEnough] ? row[MET.lift] : null},
            {key: 'verdict', label: say('verdict'), kind: 'text', value: metVerdict},
        ]}));
}

function personasCard() {
    if (!data.personas || !data.personas.list)
        return card('personas', say('personas'), null, missing('personas', 'personas-missing'), !isWithheld('personas') && example('personas-example'));
    const contents = make('div');
    const redraw = () => clear(contents, personaContents(redraw));
    redraw();
    return card('personas', say('personas'), say('personas-about'),
        table({name: 'personas', caption: say('personas'), rows: data.personas.list, sort: 'revenue', hasFilter: false, columns: [
            {key: 'persona', label: say('persona'), kind: 'text', value: row => row[PERSONA.name]},
            {key: 'leads', label: say('leads'), kind: 'number', value: row => row[PERSONA.leads]},
            {key: 'revenue', label: say('fact.revenue'), kind: 'money', value: row => row[PERSONA.revenue]},
            {key: 'won', label: say('won-deals-short'), kind: 'number', value: row => row[PERSONA.won]},
            {key: 'lost', label: say('fact.lost_deals'), kind: 'number', value: row => row[PERSONA.lost]},
            {key: 'open', label: say('open-deals-short'), kind: 'number', value: row => row[PERSONA.open]},
            {key: 'rate', label: say('fact.win_rate'), kind: 'rate', value: row => row[PERSONA.rate]},
            {key: 'others', label: say('rate-others'), kind: 'rate', value: row => row[PERSONA.others], about: say('rate-others-about')},
            {key: 'lift', label: say('lift-column'), kind: 'points', value: row => row[PERSONA.isEnough] ? row[PERSONA.lift] : null,
                cell: row => row[PERSONA.isEnough] ? show('points', row[PERSONA.lift]) : make('span', {class: 'badge'}, say('too-little'))},
        ]}), contents);
}

// ------------------------------------------------------------------------------------------------ what to write next

const GAP = {topic: 0, gap: 1, questions: 2, persons: 3, unseen: 4, contents: 5, deals: 6, open: 7, lost: 8, asked: 9};
const COVERED = {dimension: 0, topic: 1, item: 2, pieces: 3, revenue: 4, age: 5};
const FADED = {title: 0, topic: 1, views: 2, before: 3, change: 4, age: 5, peak: 6};

function noneOr(value) {
    return value === '(none)' ? say('item.none') : value === 'unattributed' ? say('item.unseen') : value;
}

// Topics down, stages or personas across: how many pieces there are.
function coveragePart(dimension) {
    const cells = (data.gaps.coverage || []).filter(cell => cell[COVERED.dimension] === dimension), topics = new Map();
    for (const cell of cells)
        topics.set(cell[COVERED.topic], (topics.get(cell[COVERED.topic]) || new Map()).set(cell[COVERED.item], cell[COVERED.pieces]));
    const items = [...new Set(cells.map(cell => cell[COVERED.item]))];
    return topics.size > 0 && items.length > 0 && part(say('coverage-' + dimension), say('coverage-about'),
        table({name: 'coverage-' + dimension, caption: say('coverage-' + dimension), rows: [...topics], sort: 'topic', hasFilter: false, limit: 30, columns: [
            {key: 'topic', label: say('topic'), kind: 'text', value: row => noneOr(row[0])},
            ...items.map((item, place) => ({key: 'item-' + place, label: noneOr(item), kind: 'number', value: row => row[1].get(item),
                heat: row => row[1].get(item) / 8})),
        ]}));
}

function gapsCard() {
    if (!data.gaps || !data.gaps.gaps && !data.gaps.coverage)
        return card('gaps', say('gaps'), null, missing('gaps', 'gaps-missing'));
    return card('gaps', say('gaps'), say('gaps-about'),
        data.gaps.gaps ? table({name: 'gaps', caption: say('gaps'), rows: data.gaps.gaps, sort: 'questions', limit: 10, hasFilter: false, columns: [
            {key: 'topic', label: say('topic'), kind: 'text', value: row => noneOr(row[GAP.topic])},
            {key: 'gap', label: say('gap'), kind: 'text', value: row => word('gap', row[GAP.gap]), cell: row => make('span', {class: 'badge'}, word('gap', row[GAP.gap]))},
            {key: 'questions', label: say('questions'), kind: 'number', value: row => row[GAP.questions]},
            {key: 'unseen', label: say('unseen'), kind: 'number', value: row => row[GAP.unseen], about: say('unseen-about')},
            {key: 'contents', label: say('pieces'), kind: 'number', value: row => row[GAP.contents]},
            {key: 'open', label: say('gap-open'), kind: 'money', value: row => row[GAP.open]},
            {key: 'lost', label: say('gap-lost'), kind: 'money', value: row => row[GAP.lost]},
            {key: 'asked', label: say('last-asked'), kind: 'day', value: row => row[GAP.asked]},
        ]}) : missing('gaps', 'gaps-missing'),
        coveragePart('stage'), coveragePart('persona'),
        data.gaps.decay && part(say('decay'), say('decay-about'), table({name: 'decay', caption: say('decay'), rows: data.gaps.decay, sort: 'change',
            direction: 'ascending', columns: [
                {key: 'title', label: say('kind-one.content'), kind: 'text', value: row => row[FADED.title]},
                {key: 'views', label: say('views-now'), kind: 'number', value: row => row[FADED.views]},
                {key: 'before', label: say('views-before'), kind: 'number', value: row => row[FADED.before]},
                {key: 'change', label: say('change'), kind: 'points', value: row => row[FADED.change]},
                {key: 'age', label: say('age-days'), kind: 'number', value: row => row[FADED.age]},
            ]})));
}

// ------------------------------------------------------------------------------------------------ the view

function marketingView() {
    const view = make('div', {class: 'view'});
    const redraw = () => {
        clear(view, marketingControls(redraw), marketingTiles(), driversCard(redraw), modelsCard(), monthsCard(), liftCard(), personasCard(), gapsCard());
        drawCharts();
    };
    if (!data.marketing)
        return clear(view, missing('marketing', 'no-data'));
    view.ready = redraw;
    return view;
}
