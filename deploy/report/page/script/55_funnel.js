// The funnel, its weakest step, and the meeting.

const STEP = {from: 0, to: 1, entered: 2, skipped: 3, converted: 4, rate: 5, open: 6, median: 7, ninety: 8, amount: 9, won: 10};
const WEAK = {area: 0, from: 1, to: 2, first: 3, last: 4, entered: 5, converted: 6, rate: 7, before: 8, difference: 9, low: 10, high: 11,
    isEnough: 12, isWeak: 13, isWeakest: 14, months: 15};
const BY = {dimension: 0, item: 1, from: 2, to: 3, entered: 4, converted: 5, rate: 6, median: 7};

const funnelState = {dimension: 'channel'};

function stepName(step) {
    return word('step', step);
}

function stepTitle(from, to) {
    return stepName(from) + ' → ' + stepName(to);
}

// Bars that narrow, as wide as the share of the widest.
function funnelBars(steps) {
    const most = Math.max(...steps.map(step => step[STEP.entered]), 1);
    const entries = steps.map(step => [stepName(step[STEP.from]), step[STEP.entered], step[STEP.rate]]);
    const last = steps[steps.length - 1];
    entries.push([stepName(last[STEP.to]), last[STEP.converted], null]);
    return make('ol', {class: 'funnel'}, entries.map(([name, people, rate]) => {
        const bar = make('span', {class: 'bar'});
        bar.style.width = 100 * people / most + '%';
        return make('li', null, make('span', {class: 'step'}, plain(name)), make('span', {class: 'track'}, bar),
            make('span', {class: 'people'}, formats.number.format(people)),
            make('span', {class: 'rate'}, rate === null ? '' : '↓ ' + show('rate', rate)));
    }));
}

function spanOf(row) {
    return row[WEAK.first] === row[WEAK.last] ? show('month', row[WEAK.last]) : show('month', row[WEAK.first]) + ' – ' + show('month', row[WEAK.last]);
}

function weakestPart(rows) {
    const weakest = rows.find(row => row[WEAK.isWeakest]), isRate = row => row[WEAK.area] !== 'generation';
    const shownRate = (row, value) => isEmpty(value) ? NOTHING : isRate(row) ? show('rate', value) : say('a-month', {count: formats.decimal.format(value)});
    const shownDifference = (row, value) => isEmpty(value) ? NOTHING : isRate(row) ? show('points', value) : formats.signed.format(value);
    const verdict = row => !row[WEAK.isEnough] ? say('too-little') : row[WEAK.isWeak] ? say('weaker') : say('not-weaker');
    return part(say('weakest'), null,
        make('p', {class: 'callout' + (weakest ? ' weak' : '')}, weakest ? say('weakest-is', {area: word('area', weakest[WEAK.area]),
            step: stepTitle(weakest[WEAK.from], weakest[WEAK.to]), span: spanOf(weakest), rate: shownRate(weakest, weakest[WEAK.rate]),
            before: shownRate(weakest, weakest[WEAK.before]), low: shownDifference(weakest, weakest[WEAK.low]), high: shownDifference(weakest, weakest[WEAK.high])})
            : say('weakest-none')),
        table({name: 'weakest', caption: say('weakest'), rows, hasFilter: false, columns: [
            {key: 'step', label: say('step'), kind: 'text', value: row => stepTitle(row[WEAK.from], row[WEAK.to]),
                cell: row => make('span', null, stepTitle(row[WEAK.from], row[WEAK.to]), make('span', {class: 'under'}, word('area', row[WEAK.area])))},
            {key: 'span', label: say('months'), kind: 'text', value: spanOf},
            {key: 'rate', label: say('rate-now'), kind: 'rate', value: row => row[WEAK.rate], cell: row => shownRate(row, row[WEAK.rate])},
            {key: 'before', label: say('rate-before'), kind: 'rate', value: row => row[WEAK.before], cell: row => shownRate(row, row[WEAK.before]),
                about: say('rate-before-about')},
            {key: 'difference', label: say('lift-column'), kind: 'points', value: row => row[WEAK.difference], cell: row => shownDifference(row, row[WEAK.difference])},
            {key: 'interval', label: say('interval-column'), kind: 'text', value: row => isEmpty(row[WEAK.low]) ? null : shownDifference(row, row[WEAK.low]) +
                ' … ' + shownDifference(row, row[WEAK.high])},
            {key: 'verdict', label: say('verdict'), kind: 'text', value: verdict,
                cell: row => make('span', {class: 'badge' + (row[WEAK.isEnough] && row[WEAK.isWeak] ? ' bad' : '')}, verdict(row))},
        ]}));
}

function byPart(redraw) {
    const rows = (data.funnel.items || []).filter(row => row[BY.dimension] === funnelState.dimension);
    return part(say('funnel-by'), say('funnel-by-about'),
        segments('dimension', say('by'), ['channel', 'topic', 'owner'].map(name => [name, say('dimension.' + name)]), funnelState.dimension, value => {
            funnelState.dimension = value;
            redraw();
            document.querySelector(`.segments [value="${value}"]`).focus();
        }),
        table({name: 'funnel-' + funnelState.dimension, caption: say('funnel-by'), rows, sort: 'entered', limit: 12, columns: [
            {key: 'item', label: say('dimension-one.' + funnelState.dimension), kind: 'text', value: row => noneOr(row[BY.item])},
            {key: 'step', label: say('step'), kind: 'text', value: row => stepTitle(row[BY.from], row[BY.to])},
            {key: 'entered', label: say('entered-step'), kind: 'number', value: row => row[BY.entered]},
            {key: 'converted', label: say('converted'), kind: 'number', value: row => row[BY.converted]},
            {key: 'rate', label: say('rate'), kind: 'rate', value: row => row[BY.rate], heat: row => row[BY.rate] / 1.5},
            {key: 'median', label: say('median-days'), kind: 'number', value: row => row[BY.median]},
        ]}));
}

function funnelCard() {
    if (!data.funnel || !data.funnel.steps)
        return card('funnel', say('funnel'), null, missing('funnel', 'funnel-missing'));
    const parts = make('div');
    const redraw = () => clear(parts, byPart(redraw));
    redraw();
    return card('funnel', say('funnel'), say('funnel-about'), funnelBars(data.funnel.steps),
        table({name: 'funnel', caption: say('funnel'), rows: data.funnel.steps, hasFilter: false, columns: [
            {key: 'step', label: say('step'), kind: 'text', value: row => stepTitle(row[STEP.from], row[STEP.to])},
            {key: 'entered', label: say('entered-step'), kind: 'number', value: row => row[STEP.entered]},
            {key: 'converted', label: say('converted'), kind: 'number', value: row => row[STEP.converted]},
            {key: 'rate', label: say('rate'), kind: 'rate', value: row => row[STEP.rate]},
            {key: 'open', label: say('still-open'), kind: 'number', value: row => row[STEP.open], about: say('still-open-about')},
            {key: 'skipped', label: say('skipped'), kind: 'number', value: row => row[STEP.skipped], about: say('skipped-about')},
            {key: 'median', label: say('median-days'), kind: 'number', value: row => row[STEP.median]},
            {key: 'ninety', label: say('p90-days'), kind: 'number', value: row => row[STEP.ninety]},
            {key: 'won', label: say('converted-amount'), kind: 'money', value: row => row[STEP.won], isOptional: true},
        ]}),
        data.funnel.weakest && weakestPart(data.funnel.weakest), parts);
}

// ------------------------------------------------------------------------------------------------ the meeting

const meetingState = {month: null};
const meetingFacts = [['visitors', 'number'], ['leads', 'number'], ['stages', 'stages'], ['delivered_leads', 'number'], ['owed_leads', 'number'],
    ['handed_over', 'number'], ['met_share', 'rate'], ['deals_created', 'number'], ['won_deals', 'number'], ['lost_deals', 'number'], ['win_rate', 'rate'],
    ['revenue', 'money'], ['lost_amount', 'money'], ['pipeline', 'money'], ['unattributed_revenue', 'money'], ['spend', 'money'], ['cost_per_lead', 'money'],
    ['questions', 'number'], ['unanswered_questions', 'number']];

function changeOf(kind, value) {
    if (isEmpty(value))
        return null;
    return kind === 'rate' ? show('points', value) : kind === 'money' ? formats.signedMoney.format(value) : formats.signed.format(value);
}

// [fact, kind, value, against the month before, against the year before]
function meetingRows(month) {
    return meetingFacts.flatMap(([fact, kind]) => kind !== 'stages' ? [[say('fact.' + fact), kind, month[fact], month[fact + '_vs_month'], month[fact + '_vs_year']]]
        : Object.entries(month.stages || {}).map(([stage, people]) => [say('fact.stage', {stage}), 'number', people, (month.stages_vs_month || {})[stage],
            (month.stages_vs_year || {})[stage]])).filter(row => !isEmpty(row[2]));
}

function meetingCard() {
    if (!data.meeting)
        return card('meeting', say('meeting'), null, missing('meeting', 'no-data'));
    const body = make('div');
    const whole = data.meeting.find(month => month.is_over) || data.meeting[0];
    meetingState.month = meetingState.month || whole.month;
    const redraw = () => {
        const month = data.meeting.find(entry => entry.month === meetingState.month);
        clear(body, make('p', {class: 'callout'}, month.top_content ? say('top-content', {content: month.top_content, credit: show('money', month.top_content_credit)})
            : say('top-content-none'), ' ', month.weakest_step ? say('weak-then', {area: word('area', month.weakest_area), step: stepTitle(month.weakest_from, month.weakest_to)}) : ''),
        !month.is_over && make('p', {class: 'about'}, say('month-runs')),
        table({name: 'meeting', caption: say('meeting'), rows: meetingRows(month), hasFilter: false, limit: 40, columns: [
            {key: 'fact', label: say('fact'), kind: 'text', value: row => row[0]},
            {key: 'value', label: show('month', month.month), kind: 'number', value: row => row[2], cell: row => show(row[1], row[2])},
            {key: 'month', label: say('vs-month'), kind: 'number', value: row => row[3], cell: row => changeOf(row[1], row[3]) || NOTHING},
            {key: 'year', label: say('vs-year'), kind: 'number', isOptional: true, value: row => row[4], cell: row => changeOf(row[1], row[4]) || NOTHING},
        ]}));
    };
    redraw();
    return card('meeting', say('meeting'), say('meeting-about'),
        make('div', {class: 'controls'}, choice('meeting-month', say('month'), data.meeting.map(month => [month.month, show('month', month.month)]), meetingState.month, value => {
            meetingState.month = value;
            redraw();
            announce(show('month', value));
        })), body);
}
