// Before the call: who is warm, and what they have read.

const LEAD = {name: 0, email: 1, company: 2, owner: 3, stage: 4, seen: 5, detail: 6};

function leadName(lead) {
    return lead[LEAD.name] || lead[LEAD.email] || say('lead-nameless');
}

// What a line of a timeline says besides its title, in the order in which it is said.
const PARTS = ['interaction', 'kind', 'direction', 'outcome', 'owner', 'views', 'channel', 'campaign', 'topic', 'deal', 'amount', 'with', 'roles',
    'now_in', 'entry', 'from', 'back_from', 'skipped'];

function partText(parts, key) {
    const part = parts[key];
    const value = Array.isArray(part) ? formats.list.format(part) : key === 'amount' ? formats.number.format(part) + '\u00a0' + (parts.currency || '')
        : typeof part === 'number' ? formats.number.format(part) : word('part.' + key, part);
    return 'part.' + key in texts ? say('part.' + key, {value}) : value;
}

function detailText(parts) {
    return parts ? PARTS.filter(key => !isEmpty(parts[key])).map(key => partText(parts, key)).join(', ') : '';
}

function eventLine([at, what, title, parts]) {
    const detail = detailText(parts);
    return make('li', {class: 'event event-' + what},
        make('time', {datetime: at}, show('time', at)),
        make('div', null, make('span', {class: 'event-what'}, word('event', what)), ' ', title && plain(title),
            detail && make('span', {class: 'under'}, plain(detail))));
}

function factList(entries) {
    return make('dl', {class: 'facts'}, entries.filter(([, value]) => !isEmpty(value)).map(([label, value]) =>
        make('div', null, make('dt', null, label), make('dd', null, value))));
}

// Why the score is what it is, line by line.
function scorePart(detail) {
    return isEmpty(detail.score) ? null : [make('h4', null, say('score') + ': ' + show('decimal', detail.score)),
        make('ul', {class: 'lines'}, (detail.points || []).map(([rule, content, at, points]) => make('li', null,
            make('span', {class: 'points'}, formats.signed.format(points)), make('span', null, plain(rule),
                make('span', {class: 'under'}, content && plain(content), content && ', ', at && show('day', at))))))];
}

function signalLine([title, touches, last, askedForDemo, isOfPrice, stages]) {
    const why = [askedForDemo && say('signal-demo'), isOfPrice && say('signal-price'),
        stages.length > 0 && say('signal-stage', {stage: formats.list.format(stages)})].filter(text => text);
    return make('li', null, make('span', null, plain(title), make('span', {class: 'under'}, plain(
        say(touches === 1 ? 'signal-one' : 'signal', {touches: formats.number.format(touches), last: show('day', last)}) + ': ' + why.join(', ')))));
}

function signalsPart(detail) {
    return detail.signals && detail.signals.length ? [make('h4', null, say('signals')),
        make('ul', {class: 'lines'}, detail.signals.map(signalLine))] : null;
}

const NEXT = {title: 0, kind: 1, item: 2, wonWith: 3, dealsWith: 4, rateWith: 5, wonWithout: 6, dealsWithout: 7, rateWithout: 8, isOpen: 9, deals: 10};

// A content to send, and which deals say so.
function nextLine(next) {
    const reason = say('reason.' + next[NEXT.kind], {item: next[NEXT.item], count: show('number', next[NEXT.deals])}) + ' ' +
        say('reason', {wonWith: show('number', next[NEXT.wonWith]), dealsWith: show('number', next[NEXT.dealsWith]), rateWith: show('rate', next[NEXT.rateWith]),
            wonWithout: show('number', next[NEXT.wonWithout]), dealsWithout: show('number', next[NEXT.dealsWithout]),
            rateWithout: show('rate', next[NEXT.rateWithout])}) + (next[NEXT.isOpen] ? ' ' + say('reason-open') : '');
    return make('li', null, make('span', null, plain(next[NEXT.title]), make('span', {class: 'under'}, plain(reason))));
}

function nextPart(detail) {
    return detail.next ? [make('h4', null, say('next')), make('ul', {class: 'lines'}, detail.next.map(nextLine))] : null;
}

function leadPanel(lead) {
    const detail = lead[LEAD.detail];
    const heading = make('h3', {id: 'lead-heading', tabindex: '-1'}, plain(leadName(lead)));
    const facts = [[say('company'), lead[LEAD.company] && accountLink(detail && detail.account, lead[LEAD.company])], [say('email'), lead[LEAD.email] && plain(lead[LEAD.email])],
        [say('job'), detail && detail.title && plain(detail.title)], [say('owner'), lead[LEAD.owner] && plain(lead[LEAD.owner])],
        [say('stage'), lead[LEAD.stage] && plain(lead[LEAD.stage])], [say('last-seen'), lead[LEAD.seen] && show('day', lead[LEAD.seen])]];
    if (!detail)
        return [heading, factList(facts), make('p', {class: 'missing'}, say('lead-not-told'))];
    facts.push([say('persona'), detail.persona && plain(detail.persona)], [say('customer-since'), detail.customer_since && show('day', detail.customer_since)],
        [say('became-lead'), detail.became_lead_at && show('time', detail.became_lead_at)],
        [say('first-seen'), detail.first_seen_at && show('time', detail.first_seen_at)],
        [say('last-contact'), detail.last_activity_at && show('time', detail.last_activity_at) + (detail.last_activity ? ', ' + word('part.kind', detail.last_activity) : '')],
        [say('topics'), detail.topics && detail.topics.length ? plain(detail.topics.join(', ')) : null],
        [say('open-deals-short'), detail.open_deals ? show('number', detail.open_deals) : null],
        [say('won-deals-short'), detail.won_deals ? show('number', detail.won_deals) : null]);
    return [heading,
        make('p', {class: 'highlights'}, make('span', {class: 'badge strong'}, say('new-contents', {count: formats.number.format(detail.new_since_contact)})), ' ',
            make('span', {class: 'badge'}, say('views-of', {views: formats.number.format(detail.views), contents: formats.number.format(detail.contents)}))),
        factList(facts),
        scorePart(detail), signalsPart(detail), nextPart(detail),
        make('h4', null, say('timeline')),
        make('ol', {class: 'timeline'}, (detail.events || []).map(eventLine)),
        (detail.events || []).length >= 25 && make('p', {class: 'about'}, say('timeline-newest'))];
}

function leadColumns(open, extra, before) {
    return [
        {key: 'name', label: say('lead'), kind: 'text', value: leadName, cell: lead =>
            make('button', {type: 'button', class: 'link', onclick: () => open(lead)}, plain(leadName(lead)))},
        ...before || [],
        {key: 'company', label: say('company'), kind: 'text', value: lead => lead[LEAD.company]},
        ...extra,
        {key: 'stage', label: say('stage'), kind: 'text', value: lead => lead[LEAD.stage], isOptional: true},
        {key: 'owner', label: say('owner'), kind: 'text', value: lead => lead[LEAD.owner], isOptional: true},
        {key: 'seen', label: say('last-seen'), kind: 'day', value: lead => lead[LEAD.seen]},
    ];
}

const HOT = {place: 0, stage: 1, from: 2, rise: 3, score: 4, touches: 5, contents: 6};

// What changed of a lead since the day before.
function whyHot(lead) {
    const hot = lead[LEAD.detail].hot, touches = hot[HOT.touches];
    return [hot[HOT.stage] && say(hot[HOT.from] ? 'hot-stage-from' : 'hot-stage', {stage: hot[HOT.stage], from: hot[HOT.from]}),
        hot[HOT.rise] > 0 && say('hot-score', {rise: formats.hundredths.format(hot[HOT.rise]), score: formats.hundredths.format(hot[HOT.score])}),
        touches > 0 && say(touches === 1 ? 'hot-touch' : 'hot-touches', {count: formats.number.format(touches),
            contents: (hot[HOT.contents] || []).join(', ')})].filter(text => text).join('; ');
}

function hotCard(open, list) {
    const hot = list.filter(lead => lead[LEAD.detail] && lead[LEAD.detail].hot);
    const place = lead => lead[LEAD.detail].hot[HOT.place];
    return card('hot', say('hot'), say('hot-about'),
        hot.length ? table({name: 'hot-leads', caption: say('hot'), rows: hot.sort((a, b) => place(a) - place(b)), limit: 10, columns: [
            ...leadColumns(open, [{key: 'score', label: say('score'), kind: 'decimal', value: lead => lead[LEAD.detail].score, isOptional: true}],
                [{key: 'why', label: say('why'), kind: 'text', isWide: true, value: whyHot}])]}) : missing('leads', 'hot-missing'));
}

function warmCard(open, list) {
    const warm = list.filter(lead => lead[LEAD.detail] && lead[LEAD.detail].days_silent !== null && lead[LEAD.detail].days_silent <= 14 &&
        lead[LEAD.detail].new_since_contact > 0);
    const told = key => lead => lead[LEAD.detail][key];
    return card('warm', say('warm'), say('warm-about'),
        warm.length ? table({name: 'warm-leads', caption: say('warm'), rows: warm, sort: 'new', limit: 8, columns: leadColumns(open, [
            {key: 'new', label: say('new-since'), kind: 'number', value: told('new_since_contact'), about: say('new-since-about')},
            {key: 'deals', label: say('open-deals-short'), kind: 'number', value: told('open_deals')},
            {key: 'topics', label: say('topics'), kind: 'text', value: lead => (lead[LEAD.detail].topics || []).slice(0, 3).join(', ')},
            {key: 'score', label: say('score'), kind: 'decimal', value: told('score'), isOptional: true},
        ])}) : missing('leads', 'warm-missing'));
}

function searchCard(open, panel, list) {
    const about = data.leads.leads > list.length
        ? say('search-about-part', {listed: formats.number.format(list.length), leads: formats.number.format(data.leads.leads)})
        : say('search-about', {leads: formats.number.format(data.leads.leads)});
    return card('search', say('search'), about,
        make('div', {class: 'split'},
            table({name: 'leads', caption: say('search'), rows: list, sort: 'seen', limit: 15, filterLabel: say('search'), filterHint: say('search-hint'),
                searched: [{value: lead => lead[LEAD.email]}], columns: leadColumns(open, [])}),
            panel));
}

function salesTiles() {
    const deals = data.deals && data.deals.list || [];
    return tiles(
        [say('leads'), show('number', data.leads.leads), say('leads-note'), 'leads'],
        [say('pipeline'), data.marketing ? show('money', data.marketing.spans[0].open_amount) : NOTHING,
            data.deals && say('open-deals', {count: formats.number.format(data.deals.deals)}), 'open'],
        deals.length && [say('largest-deal'), show('money', deals[0][4]), plain(deals[0][1] || deals[0][0]), 'largest']);
}

const DEAL = {name: 0, account: 1, owner: 2, stage: 3, amount: 4, created: 5, expected: 6, score: 7, silent: 8, people: 9, unread: 10, accountId: 11};
const PERSON = {name: 0, title: 1, stage: 2, contents: 3, read: 4};

// Who takes part, what they have read, and what nobody there has read though won deals did.
function briefCell(deal) {
    const people = deal[DEAL.people] || [], unread = deal[DEAL.unread] || [];
    return make('details', {class: 'brief'}, make('summary', null, say(people.length === 1 ? 'brief-one' : 'brief', {count: formats.number.format(people.length)})),
        make('ul', {class: 'lines'}, people.map(person => make('li', null, make('span', null, make('strong', null, plain(person[PERSON.name])),
            person[PERSON.title] && ', ', person[PERSON.title] && plain(person[PERSON.title]),
            make('span', {class: 'under'}, person[PERSON.read] ? plain(person[PERSON.read].join(', ')) : say('read-nothing')))))),
        unread.length > 0 && [make('p', {class: 'sub'}, say('unread')), make('ul', {class: 'lines'}, unread.map(nextLine))]);
}

function dealsCard() {
    if (!data.deals || !data.deals.list)
        return card('deals', say('open-deals-title'), null, missing('deals', 'deals-missing'));
    const about = data.deals.deals > data.deals.list.length
        ? say('deals-about-part', {listed: formats.number.format(data.deals.list.length), deals: formats.number.format(data.deals.deals)})
        : say('deals-about');
    return card('deals', say('open-deals-title'), about,
        table({name: 'open-deals', caption: say('open-deals-title'), rows: data.deals.list, sort: 'amount', limit: 12, columns: [
            {key: 'name', label: say('deal'), kind: 'text', value: deal => deal[DEAL.name],
                cell: deal => make('span', {class: 'item'}, plain(deal[DEAL.name]), deal[DEAL.account] && make('span', {class: 'under'}, accountLink(deal[DEAL.accountId], deal[DEAL.account])))},
            {key: 'amount', label: say('amount'), kind: 'money', value: deal => deal[DEAL.amount]},
            {key: 'stage', label: say('deal-stage'), kind: 'text', value: deal => deal[DEAL.stage], isOptional: true},
            {key: 'owner', label: say('owner'), kind: 'text', value: deal => deal[DEAL.owner], isOptional: true},
            {key: 'expected', label: say('expected'), kind: 'day', value: deal => deal[DEAL.expected], isOptional: true},
            {key: 'score', label: say('score'), kind: 'decimal', value: deal => deal[DEAL.score], isOptional: true},
            {key: 'silent', label: say('days-silent'), kind: 'number', value: deal => deal[DEAL.silent]},
            {key: 'brief', label: say('before-the-call'), kind: 'text', value: deal => (deal[DEAL.people] || []).map(person => person[PERSON.name]).join(', '), cell: briefCell},
        ]}));
}

function salesView() {
    const view = make('div', {class: 'view'});
    if (!data.leads)
        return clear(view, missing('leads', 'no-data'), dealsCard(), accountCard(), ownersCard());
    const list = data.leads.list || [];
    if (!list.length)
        return clear(view, card('leads', say('leads'), null, missing('leads', 'leads-missing')), dealsCard(), accountCard(), ownersCard());
    const panel = make('aside', {class: 'panel', tabindex: '0', 'aria-label': say('lead-panel')}, make('p', {class: 'missing'}, say('choose-lead')));
    const open = lead => {
        clear(panel, leadPanel(lead));
        const heading = panel.querySelector('h3');
        heading.focus({preventScroll: true});
        heading.scrollIntoView({block: window.innerWidth < 900 ? 'start' : 'nearest'});
    };
    return clear(view, salesTiles(), hotCard(open, list), warmCard(open, list), searchCard(open, panel, list), dealsCard(), accountCard(),
        ownersCard());
}
