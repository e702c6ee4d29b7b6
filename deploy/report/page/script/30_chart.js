// Charts, of figures that stand in a table beside them. Without the library there are none, and nothing else is missing.

const charts = new Map();
let isPrinting = false;

function color(name) {
    return getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
}

function shorten(text, length) {
    const characters = Array.from(text);
    return characters.length > length ? characters.slice(0, length - 1).join('') + '…' : text;
}

function chartOptions(money, others) {
    const grid = {color: color('line'), drawBorder: false, tickLength: 0};
    const ticks = {color: color('muted'), font: {family: color('font'), size: 12}, padding: 6};
    const amount = {grid, ticks: {...ticks, maxTicksLimit: window.innerWidth < 600 ? 4 : 6, maxRotation: 0, callback: value => money ? formats.short.format(value) : formats.number.format(value)},
        beginAtZero: true};
    const names = {grid: {display: false, drawBorder: false}, ticks};
    const across = others.indexAxis === 'y';
    return {
        animation: false, responsive: true, maintainAspectRatio: false, locale: language, ...others,
        scales: across ? {x: {...amount, stacked: others.stacked}, y: {...names, stacked: others.stacked}}
            : {x: {...names, stacked: others.stacked}, y: {...amount, stacked: others.stacked}},
        plugins: {
            legend: {display: others.legend === true, position: 'bottom', align: 'start',
                labels: {color: color('text'), boxWidth: 12, boxHeight: 12, font: {family: color('font'), size: 12}}},
            tooltip: {callbacks: {label: item => ' ' + (others.legend ? item.dataset.label + ': ' : '') +
                (money ? formats.cents.format(item.raw) : formats.number.format(item.raw))}},
        },
    };
}

// chart({label, height, make: () => ({type, data, options})}): drawn anew when colours change.
function chart(options) {
    if (typeof Chart === 'undefined')
        return null;
    const canvas = make('canvas', {role: 'img', 'aria-label': options.label});
    const box = make('div', {class: 'chart'}, canvas);
    box.style.height = options.height + 'px';
    charts.set(canvas, options);
    return box;
}

function drawCharts() {
    for (const [canvas, options] of charts) {
        const drawn = Chart.getChart(canvas);
        if (drawn)
            drawn.destroy();
        if (!canvas.isConnected)
            charts.delete(canvas);
        else if (canvas.clientWidth || canvas.parentElement.clientWidth)
            new Chart(canvas, options.make());
    }
}

// Horizontal bars, the names beside them.
function barChart(label, names, values, money) {
    const across = window.innerWidth < 600 ? 18 : 34;
    return chart({label, height: 46 + 30 * names.length, make: () => ({
        type: 'bar',
        data: {labels: names.map(name => shorten(name, across)), datasets: [{data: values, backgroundColor: color('accent'),
            borderRadius: 3, maxBarThickness: 20}]},
        options: chartOptions(money, {indexAxis: 'y'}),
    })});
}

// Columns by month, one upon the other or side by side; series: [[label, values, colour]].
function columnChart(label, names, series, money, stacked) {
    return chart({label, height: 260, make: () => ({
        type: 'bar',
        data: {labels: names, datasets: series.map(([name, values, tone]) => ({label: name, data: values,
            backgroundColor: color(tone), borderRadius: 3, maxBarThickness: 48}))},
        options: chartOptions(money, {stacked, legend: true}),
    })});
}
