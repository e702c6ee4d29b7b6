// What happened at an account, and what those in sales won.

const ACCOUNT = {id: 0, name: 1, people: 2, events: 3};
const HAPPENED = {at: 0, what: 1, who: 2, title: 3, parts: 4};
const OWNER = {span: 0, owner: 1, won: 2, wonAmount: 3, lost: 4, lostAmount: 5, rate: 6, influenced: 7, share: 8, open: 9, openAmount: 10};

const accountState = {account: null, redraw: null};
const ownerState = {span: 'all'};

// The name of an account, by which its timeline is reached if the page holds it.
function accountLink(id, name) {
    const isTold = id && (data.accounts || []).some(account => account[ACCOUNT.id] === id);
    return isTold ? make('button', {type: 'button', class: 'link', title: say('account-open'), onclick: () => {
        accountState.account = id;
        accountState.redraw();
        const heading = document.querySelector('[data-card=account] h2');
        heading.setAttribute('tabindex', '-1');
        heading.focus({preventScroll: true});
        heading.scrollIntoView({block: 'start'});
    }}, plain(name)) : plain(name);
}

function accountCard() {
    const accounts = data.accounts || [];
    if (!accounts.length)
        return card('account', say('account'), null, missing('accounts', 'account-missing'));
    const body = make('div');
    const chosen = () => accounts.find(account => account[ACCOUNT.id] === accountState.account) || accounts[0];
    accountState.redraw = () => {
        const account = chosen(), count = account[ACCOUNT.people];
        const byName = accounts.slice().sort((a, b) => collator.compare(a[ACCOUNT.name], b[ACCOUNT.name]));
        clear(body,
            make('div', {class: 'controls'}, choice('account', say('company'), byName.map(entry => [entry[ACCOUNT.id], entry[ACCOUNT.name] || say('lead-nameless')]),
                account[ACCOUNT.id], value => {
                    accountState.account = value;
                    accountState.redraw();
                    announce(chosen()[ACCOUNT.name]);
                    body.querySelector('select').focus();
                })),
            table({name: 'account-timeline', caption: say('account'), rows: account[ACCOUNT.events], sort: 'at', limit: 10, columns: [
                {key: 'at', label: say('when'), kind: 'time', value: event => event[HAPPENED.at]},
                {key: 'title', label: say('subject'), kind: 'text', isWide: true, value: event => event[HAPPENED.title],
                    cell: event => make('span', {class: 'item'}, event[HAPPENED.title] ? plain(event[HAPPENED.title]) : word('event', event[HAPPENED.what]),
                        detailText(event[HAPPENED.parts]) && make('span', {class: 'under'}, plain(detailText(event[HAPPENED.parts]))))},
                {key: 'what', label: say('what'), kind: 'text', value: event => word('event', event[HAPPENED.what])},
                {key: 'who', label: say('whom'), kind: 'text', value: event => event[HAPPENED.who]},
                {key: 'detail', label: say('detail'), kind: 'text', isHidden: true, value: event => detailText(event[HAPPENED.parts])},
            ]}),
            make('p', {class: 'about'}, say(count === 1 ? 'account-lead' : 'account-leads', {count: formats.number.format(count)}),
                account[ACCOUNT.events].length >= 15 && ' ' + say('account-newest')));
    };
    accountState.redraw();
    return card('account', say('account'), say('account-about'), body);
}

function ownersCard() {
    if (!data.owners)
        return card('owners', say('owners'), null, missing('owners', 'owners-missing'));
    const body = make('div');
    const redraw = () => clear(body,
        segments('owner-span', say('months'), ['all', '12_months', '3_months'].map(span => [span, say('span.' + span)]), ownerState.span, value => {
            ownerState.span = value;
            redraw();
            body.querySelector(`.segments [value="${value}"]`).focus();
        }),
        table({name: 'owners', caption: say('owners'), rows: data.owners.filter(row => row[OWNER.span] === ownerState.span), sort: 'won-amount', limit: 12, columns: [
            {key: 'owner', label: say('owner'), kind: 'text', value: row => noneOr(row[OWNER.owner])},
            {key: 'won-amount', label: say('fact.revenue'), kind: 'money', value: row => row[OWNER.wonAmount]},
            {key: 'won', label: say('won-deals-short'), kind: 'number', value: row => row[OWNER.won]},
            {key: 'lost', label: say('fact.lost_deals'), kind: 'number', value: row => row[OWNER.lost]},
            {key: 'rate', label: say('fact.win_rate'), kind: 'rate', value: row => row[OWNER.rate]},
            {key: 'share', label: say('touched'), kind: 'rate', value: row => row[OWNER.share], about: say('owner-touched-about')},
            {key: 'open-amount', label: say('pipeline'), kind: 'money', value: row => row[OWNER.openAmount]},
            {key: 'open', label: say('open-deals-short'), kind: 'number', value: row => row[OWNER.open]},
        ]}));
    redraw();
    return card('owners', say('owners'), say('owners-about'), body);
}
