// The page: which view is shown, in which colours, and what stands above and below it.

const views = {marketing: marketingView, sales: salesView, smarketing: smarketingView};

function viewName() {
    const name = location.hash.slice(1);
    return name in views ? name : 'marketing';
}

function asOf() {
    return setting.read_at ? say('as-of', {time: show('time', setting.read_at)}) : say('no-data');
}

function showView(isMove) {
    const name = viewName(), view = views[name]();
    const heading = make('h1', {tabindex: '-1', id: 'title'}, say('view.' + name));
    clear(document.getElementById('main'), make('div', {class: 'head'}, heading, make('p', {class: 'lead'}, say('view-about.' + name)),
        make('p', {class: 'as-of'}, asOf() + ' · ' + setting.currency + ' · ' + setting.timezone)), view);
    document.title = say('view.' + name) + ' · closedloop';
    for (const link of document.querySelectorAll('#views a'))
        if (link.hash === '#' + name)
            link.setAttribute('aria-current', 'page');
        else
            link.removeAttribute('aria-current');
    if (view.ready)
        view.ready();
    else
        drawCharts();
    if (isMove) {
        window.scrollTo(0, 0);
        heading.focus({preventScroll: true});
    }
}

// ------------------------------------------------------------------------------------------------ colours

function kept(key) {
    try {
        return localStorage.getItem(key);
    } catch (error) {
        return null; // a file may have no storage
    }
}

function keep(key, value) {
    try {
        localStorage.setItem(key, value);
    } catch (error) {
        return;
    }
}

const prefersDark = window.matchMedia('(prefers-color-scheme: dark)');

function isDark() {
    const theme = document.documentElement.dataset.theme;
    return theme ? theme === 'dark' : prefersDark.matches;
}

function icon(path) {
    return make('svg', {viewBox: '0 0 24 24', 'aria-hidden': 'true'}, make('path', {d: path, fill: 'none', stroke: 'currentColor',
        'stroke-width': '1.8', 'stroke-linecap': 'round', 'stroke-linejoin': 'round'}));
}

function themeButton() {
    const button = make('button', {type: 'button', class: 'icon', id: 'theme', onclick: () => {
        document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
        keep('closedloop-theme', document.documentElement.dataset.theme);
        label();
        drawCharts();
    }}, icon('M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z'));
    const label = () => {
        const text = say(isDark() ? 'to-light' : 'to-dark');
        button.setAttribute('aria-label', text);
        button.title = text;
    };
    label();
    return button;
}

// Paper is light.
function printing(isOn) {
    const root = document.documentElement;
    if (isOn === isPrinting)
        return;
    isPrinting = isOn;
    if (isOn) {
        root.dataset.kept = root.dataset.theme || '';
        root.dataset.theme = 'light';
    } else if (root.dataset.kept) {
        root.dataset.theme = root.dataset.kept;
    } else {
        delete root.dataset.theme;
    }
    drawCharts();
}

// ------------------------------------------------------------------------------------------------ the frame

function frame() {
    document.querySelector('.skip').textContent = say('skip');
    const nav = document.getElementById('views');
    nav.setAttribute('aria-label', say('views'));
    nav.append(...Object.keys(views).map(name => make('a', {href: '#' + name}, say('view.' + name))));
    document.getElementById('tools').append(themeButton(), make('button', {type: 'button', class: 'icon', id: 'print', 'aria-label': say('print'),
        title: say('print'), onclick: () => window.print()}, icon('M7 9V4h10v5M7 17H4v-6.5A1.5 1.5 0 0 1 5.500 9h13a1.5 1.5 0 0 1 1.5 1.500V17h-3M7 14.500h10V20H7z')));
    const checks = setting.checks;
    clear(document.getElementById('foot'), make('div', {class: 'inner'},
        make('p', null, asOf() + '. ' + say('computed', {time: show('time', setting.refreshed_at)})),
        checks && checks.checks > 0 && make('p', {class: 'checks'}, checks.differing === 0 ? say('checked', {checks: formats.number.format(checks.checks)})
            : say('check-differs', {checks: formats.number.format(checks.differing)})),
        setting.quality.length > 0 && make('details', null, make('summary', null, say('quality')),
            make('ul', null, setting.quality.map(([name, items]) => make('li', null, word('quality', name) + ': ' + formats.number.format(items)))),
            make('p', null, say('quality-about'))),
        make('p', null, say('offline'))));
}

function start() {
    const theme = kept('closedloop-theme');
    if (theme === 'light' || theme === 'dark')
        document.documentElement.dataset.theme = theme;
    frame();
    showView(false);
    window.addEventListener('hashchange', () => showView(true));
    prefersDark.addEventListener('change', drawCharts);
    window.addEventListener('beforeprint', () => printing(true));
    window.addEventListener('afterprint', () => printing(false));
}

start();
