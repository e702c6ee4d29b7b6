// Both together: the agreement and the shared language.

// ------------------------------------------------------------------------------------------------ the agreement

const OWED = {month: 0, owed: 1, delivered: 2, accepted: 3, difference: 4, rate: 5, isOver: 6, status: 7};
const CALLED = {month: 0, handed: 1, met: 2, breached: 3, open: 4, never: 5, share: 6, median: 7, ninety: 8, attempts: 9};
const WAITING = {name: 0, company: 1, owner: 2, since: 3, due: 4, status: 5, attempts: 6};

function statusBadge(status) {
    const tone = {met: 'good', 'on track': 'good', missed: 'bad', breached: 'bad', behind: 'bad'}[status] || 'even';
    return make('span', {class: 'badge ' + tone}, word('status', status));
}

function marketingPromise(agreement) {
    const rows = agreement.marketing || [], inOrder = rows.slice().reverse();
    return part(say('marketing-owes'), say('marketing-owes-about', {count: formats.number.format(agreement.per_month), stage: agreement.marketing_stage}),
        rows.length > 0 && columnChart(say('marketing-owes'), inOrder.map(row => show('shortMonth', row[OWED.month])), [
            [say('owed'), inOrder.map(row => row[OWED.owed]), 'quiet-series'],
            [say('delivered'), inOrder.map(row => row[OWED.delivered]), 'series-1'],
            [say('accepted'), inOrder.map(row => row[OWED.accepted]), 'series-3'],
        ], false, false),
        table({name: 'sla-marketing', caption: say('marketing-owes'), rows, sort: 'month', hasFilter: false, columns: [
            {key: 'month', label: say('month'), kind: 'month', value: row => row[OWED.month]},
            {key: 'owed', label: say('owed'), kind: 'number', value: row => row[OWED.owed]},
            {key: 'delivered', label: say('delivered'), kind: 'number', value: row => row[OWED.delivered]},
            {key: 'accepted', label: say('accepted'), kind: 'number', value: row => row[OWED.accepted], about: say('accepted-about')},
            {key: 'difference', label: say('difference'), kind: 'number', value: row => row[OWED.difference]},
            {key: 'rate', label: say('run-rate'), kind: 'number', value: row => row[OWED.rate], about: say('run-rate-about')},
            {key: 'status', label: say('promise'), kind: 'text', value: row => word('status', row[OWED.status]), cell: row => statusBadge(row[OWED.status])},
        ]}));
}

function salesPromise(agreement) {
    const rows = agreement.sales || [], inOrder = rows.slice().reverse();
    return part(say('sales-owes'), say('sales-owes-about', {hours: formats.number.format(agreement.within_hours), stage: agreement.sales_stage}),
        rows.length > 0 && columnChart(say('sales-owes'), inOrder.map(row => show('shortMonth', row[CALLED.month])), [
            [say('met'), inOrder.map(row => row[CALLED.met]), 'series-3'],
            [say('not-due'), inOrder.map(row => row[CALLED.open]), 'quiet-series'],
            [say('breached'), inOrder.map(row => row[CALLED.breached]), 'series-2'],
        ], false, true),
        table({name: 'sla-sales', caption: say('sales-owes'), rows, sort: 'month', hasFilter: false, columns: [
            {key: 'month', label: say('month'), kind: 'month', value: row => row[CALLED.month]},
            {key: 'handed', label: say('handed-over'), kind: 'number', value: row => row[CALLED.handed]},
            {key: 'met', label: say('met'), kind: 'number', value: row => row[CALLED.met]},
            {key: 'breached', label: say('breached'), kind: 'number', value: row => row[CALLED.breached]},
            {key: 'open', label: say('not-due'), kind: 'number', value: row => row[CALLED.open]},
            {key: 'share', label: say('met-share'), kind: 'rate', value: row => row[CALLED.share]},
            {key: 'median', label: say('median-hours'), kind: 'hours', value: row => row[CALLED.median]},
            {key: 'ninety', label: say('p90-hours'), kind: 'hours', value: row => row[CALLED.ninety]},
            {key: 'attempts', label: say('attempts'), kind: 'decimal', value: row => row[CALLED.attempts]},
        ]}));
}

function waitingPart(agreement) {
    return agreement.waiting && part(say('waiting'), say('waiting-about'),
        table({name: 'waiting', caption: say('waiting'), rows: agreement.waiting, sort: 'due', limit: 8, columns: [
            {key: 'name', label: say('lead'), kind: 'text', value: row => row[WAITING.name]},
            {key: 'company', label: say('company'), kind: 'text', value: row => row[WAITING.company]},
            {key: 'owner', label: say('owner'), kind: 'text', value: row => row[WAITING.owner], isOptional: true},
            {key: 'since', label: say('handed-over-at'), kind: 'time', value: row => row[WAITING.since]},
            {key: 'due', label: say('due'), kind: 'time', value: row => row[WAITING.due]},
            {key: 'attempts', label: say('attempts-one'), kind: 'number', value: row => row[WAITING.attempts]},
            {key: 'status', label: say('promise'), kind: 'text', value: row => word('status', row[WAITING.status]), cell: row => statusBadge(row[WAITING.status])},
        ]}));
}

function agreementCard() {
    const agreement = data.agreement;
    if (!agreement)
        return card('agreement', say('agreement'), null, missing('agreement', 'agreement-missing'), !isWithheld('agreement') && example('agreement-example'));
    return card('agreement', say('agreement'), say('agreement-about'),
        agreement.marketing_stage && marketingPromise(agreement), agreement.sales_stage && salesPromise(agreement), waitingPart(agreement));
}

// ------------------------------------------------------------------------------------------------ the shared language

const STAGE = {name: 0, place: 1, who: 2, did: 3, times: 4, within: 5, from: 6, until: 7};

function condition(stage) {
    const parts = [];
    if (stage[STAGE.who])
        parts.push(make('span', {class: 'under'}, say('who') + ' ', make('code', null, stage[STAGE.who])));
    if (stage[STAGE.did])
        parts.push(make('span', {class: 'under'}, say('did') + ' ', make('code', null, stage[STAGE.did]),
            stage[STAGE.times] > 1 ? ' ' + say('times', {count: stage[STAGE.times], within: isEmpty(stage[STAGE.within]) ? say('ever')
                : say(stage[STAGE.within] === 1 ? 'one-day' : 'days', {count: formats.number.format(stage[STAGE.within])})}) : ''));
    return make('span', null, parts);
}

// A line for each month, a column for each stage.
function enteredPart() {
    const entered = data.stages.entered || [], months = new Map();
    for (const [month, stage, leads] of entered)
        months.set(month, (months.get(month) || new Map()).set(stage, leads));
    const stages = (data.stages.standing || []).map(([name]) => name);
    return months.size > 0 && part(say('entered'), say('entered-about'),
        table({name: 'entered', caption: say('entered'), rows: [...months], sort: 'month', hasFilter: false, columns: [
            {key: 'month', label: say('month'), kind: 'month', value: row => row[0]},
            ...stages.map(stage => ({key: 'stage-' + stage, label: stage, kind: 'number', value: row => row[1].get(stage)})),
        ]}));
}

function disagreementPart() {
    return data.stages.disagreements && part(say('disagreements'), say('disagreements-about'),
        table({name: 'disagreements', caption: say('disagreements'), rows: data.stages.disagreements, sort: 'leads', hasFilter: false, columns: [
            {key: 'crm', label: say('crm-stage'), kind: 'text', value: row => row[0]},
            {key: 'ours', label: say('our-stage'), kind: 'text', value: row => row[1]},
            {key: 'relation', label: say('relation'), kind: 'text', value: row => word('relation', row[2])},
            {key: 'leads', label: say('leads'), kind: 'number', value: row => row[3]},
        ]}));
}

function stagesCard() {
    if (!data.stages)
        return card('stages', say('stages'), null, missing('stages', 'stages-missing'), !isWithheld('stages') && example('stages-example'));
    const standing = data.stages.standing || [];
    return card('stages', say('stages'), say('stages-about'),
        table({name: 'stages', caption: say('stages'), rows: data.stages.definitions, hasFilter: false, columns: [
            {key: 'name', label: say('stage'), kind: 'text', value: stage => stage[STAGE.name]},
            {key: 'standing', label: say('stages-standing'), kind: 'number', value: stage => (standing.find(([name]) => name === stage[STAGE.name]) || [])[1]},
            {key: 'condition', label: say('condition'), kind: 'text', value: stage => [stage[STAGE.who], stage[STAGE.did]].filter(text => text).join('; '), cell: condition},
            {key: 'from', label: say('in-force-from'), kind: 'day', value: stage => stage[STAGE.from], isOptional: true},
        ]}),
        enteredPart(), disagreementPart());
}

function smarketingView() {
    return make('div', {class: 'view'}, meetingCard(), funnelCard(), agreementCard(), stagesCard());
}
