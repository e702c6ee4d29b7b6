// Both together: the shared language, the agreement, the meeting.

const STAGE = {name: 0, place: 1, who: 2, did: 3, times: 4, within: 5, from: 6, until: 7};

function condition(stage) {
    const parts = [];
    if (stage[STAGE.who])
        parts.push(make('span', {class: 'under'}, say('who') + ' ', make('code', null, stage[STAGE.who])));
    if (stage[STAGE.did])
        parts.push(make('span', {class: 'under'}, say('did') + ' ', make('code', null, stage[STAGE.did]),
            stage[STAGE.times] > 1 ? ' ' + say('times', {count: stage[STAGE.times], within: stage[STAGE.within] || say('ever')}) : ''));
    return make('span', null, parts);
}

function stagesCard() {
    if (!data.stages)
        return card('stages', say('stages'), null, missing(data.stages === null ? [] : null, 'stages-missing'), example('stages-example'));
    const standing = data.stages.standing || [];
    return card('stages', say('stages'), say('stages-about'),
        barChart(say('stages-standing'), standing.map(([name]) => name), standing.map(([, leads]) => leads), false),
        table({name: 'stages', caption: say('stages'), rows: data.stages.definitions, hasFilter: false, columns: [
            {key: 'name', label: say('stage'), kind: 'text', value: stage => stage[STAGE.name]},
            {key: 'standing', label: say('stages-standing'), kind: 'number', value: stage => (standing.find(([name]) => name === stage[STAGE.name]) || [])[1]},
            {key: 'condition', label: say('condition'), kind: 'text', value: stage => [stage[STAGE.who], stage[STAGE.did]].filter(part => part).join('; '), cell: condition},
            {key: 'from', label: say('in-force-from'), kind: 'day', value: stage => stage[STAGE.from]},
        ]}),
        enteredPart(), disagreementPart());
}

function enteredPart() {
    const entered = data.stages.entered;
    if (!entered)
        return null;
    return make('div', null, make('h3', null, say('entered')), make('p', {class: 'about'}, say('entered-about')),
        table({name: 'entered', caption: say('entered'), rows: entered, sort: 'month', hasFilter: false, columns: [
            {key: 'month', label: say('month'), kind: 'month', value: row => row[0]},
            {key: 'stage', label: say('stage'), kind: 'text', value: row => row[1]},
            {key: 'leads', label: say('leads'), kind: 'number', value: row => row[2]},
        ]}));
}

function disagreementPart() {
    const rows = data.stages.disagreements;
    if (!rows)
        return null;
    return make('div', null, make('h3', null, say('disagreements')), make('p', {class: 'about'}, say('disagreements-about')),
        table({name: 'disagreements', caption: say('disagreements'), rows, sort: 'leads', columns: [
            {key: 'crm', label: say('crm-stage'), kind: 'text', value: row => row[0]},
            {key: 'ours', label: say('our-stage'), kind: 'text', value: row => row[1]},
            {key: 'relation', label: say('relation'), kind: 'text', value: row => word('relation', row[2])},
            {key: 'leads', label: say('leads'), kind: 'number', value: row => row[3]},
        ]}));
}

// What to write into the configuration to see more.
function example(key) {
    return make('pre', {class: 'example', tabindex: '0'}, make('code', null, say(key)));
}

function smarketingView() {
    return make('div', {class: 'view'}, stagesCard());
}
