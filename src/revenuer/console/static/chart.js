// Charts over time: every [data-chart], as console.charts.Chart writes it. The table beside says
// the same, so nothing here is for reading aloud.

const HEIGHT = 220;
const drawn = new Map();
let colour;

function library({ dataset }) {
  return import(dataset.island).then((island) => {
    if (!colour) island.onTheme(again);
    colour = island.colour;
    return Promise.all([island.once(dataset.style), island.once(dataset.script)]);
  });
}

function amount(value) {
  if (value == null) return "–";
  for (const [unit, letter] of [[1e9, "G"], [1e6, "M"], [1e3, "k"]]) {
    if (Math.abs(value) >= unit) return `${+(value / unit).toPrecision(3)} ${letter}`;
  }
  return String(+value.toPrecision(3));
}

// Days as `3 Jun`, and hours between them; years where they turn.
function told(seconds, step) {
  const at = new Date(seconds * 1e3);
  const hours = at.toISOString().slice(11, 16);
  if (step < 86400 && hours !== "00:00") return hours;
  const day = `${at.getUTCDate()} ${at.toLocaleString("en", { month: "short", timeZone: "UTC" })}`;
  return at.getUTCMonth() === 0 && at.getUTCDate() === 1 ? `${day} ${at.getUTCFullYear()}` : day;
}

function stacked(series) {
  let below = series[0].values.map(() => 0);
  return series.map((one) => {
    below = one.values.map((value, place) => (value ?? 0) + below[place]);
    return below;
  });
}

function line(context, x0, y0, x1, y1, style, dash) {
  context.save();
  context.strokeStyle = style;
  context.lineWidth = devicePixelRatio;
  context.setLineDash(dash.map((one) => one * devicePixelRatio));
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  context.restore();
}

// Lines for what happened; a label where there is room for one, on as few rows as it takes.
function marks(plot, spec, ink) {
  const context = plot.ctx;
  const { left, top, width, height } = plot.bbox;
  const step = 13 * devicePixelRatio;
  const reached = [-Infinity, -Infinity, -Infinity];
  context.save();
  context.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  context.textBaseline = "top";
  context.textAlign = "left";
  for (const one of spec.marks) {
    const x = plot.valToPos(one.at, "x", true);
    if (x < left || x > left + width) continue;
    const look = one.kind === "suspension" ? [ink.bad, []] : [ink.text, [4, 3]];
    line(context, x, top, x, top + height, ...look);
    const space = context.measureText(one.label).width + 8 * devicePixelRatio;
    const start = x + space > left + width ? x - space : x;
    const row = reached.findIndex((end) => end <= start);
    if (row < 0) continue;
    reached[row] = start + space;
    context.fillStyle = look[0];
    context.fillText(one.label, start + 4 * devicePixelRatio, top + row * step + devicePixelRatio);
  }
  if (spec.level != null) {
    const y = plot.valToPos(spec.level, "y", true);
    line(context, left, y, left + width, y, ink.text, [2, 3]);
    context.fillStyle = ink.text;
    context.fillText(spec.levelLabel, left + 4 * devicePixelRatio, y - step);
  }
  context.restore();
}

function options(spec, width) {
  const bars = spec.form === "bars";
  const ink = { text: colour("ink"), quiet: colour("quiet"), line: colour("line"), bad: colour("bad") };
  const axis = { stroke: ink.quiet, grid: { stroke: ink.line, width: 1 }, ticks: { stroke: ink.line, width: 1 }, font: "11px system-ui, sans-serif" };
  const day = 86400;
  // Labels of marks stand above what is drawn.
  const room = spec.marks.length ? 1.3 : 1.08;
  // The top of a stack is drawn first, so that what lies below it covers its lower part.
  const order = spec.series.map((_, place) => place);
  if (bars) order.reverse();
  return {
    order,
    uplot: {
      width,
      height: HEIGHT,
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "Etc/UTC"),
      cursor: { points: { show: !bars }, drag: { x: false, y: false } },
      legend: { live: true },
      scales: {
        x: { time: true, range: (_, low, high) => [low, bars ? high + day : high] },
        y: { range: (_, low, high) => [Math.min(0, low), Math.max(high, spec.level ?? 0, 1e-9) * room] },
      },
      axes: [{ ...axis, values: (_plot, at, _axis, _space, step) => at.map((one) => told(one, step)) }, { ...axis, size: 56, values: (_, ticks) => ticks.map(amount) }],
      series: [
        { label: bars ? "day" : "time (UTC)", value: bars ? "{YYYY}-{MM}-{DD}" : "{YYYY}-{MM}-{DD} {HH}:{mm}" },
        ...order.map((place) => {
          const one = spec.series[place];
          const hue = colour(`hue-${one.hue}`);
          return {
            label: one.label,
            stroke: hue,
            fill: bars ? hue : undefined,
            width: bars ? 0 : 1.5,
            dash: bars || place === 0 ? undefined : [6, 2 + 2 * place],
            paths: bars ? uPlot.paths.bars({ size: [0.84, 64], align: 1 }) : undefined,
            points: { show: false },
            value: (_plot, _value, _series, at) => (at == null ? "–" : amount(one.values[at])),
          };
        }),
      ],
      hooks: { draw: [(plot) => marks(plot, spec, ink)] },
    },
  };
}

function draw(area) {
  const spec = JSON.parse(area.dataset.chart);
  const { order, uplot } = options(spec, Math.max(area.clientWidth, 200));
  const values = spec.form === "bars" ? stacked(spec.series) : spec.series.map((one) => one.values);
  drawn.get(area)?.destroy();
  area.replaceChildren();
  drawn.set(area, new uPlot(uplot, [spec.at, ...order.map((place) => values[place])], area));
}

const widths = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    drawn.get(target)?.setSize({ width: Math.max(target.clientWidth, 200), height: HEIGHT });
  }
});

async function start() {
  for (const [area, plot] of drawn) {
    if (area.isConnected) continue;
    plot.destroy();
    widths.unobserve(area);
    drawn.delete(area);
  }
  for (const area of document.querySelectorAll("[data-chart]")) {
    if (drawn.has(area)) continue;
    await library(area);
    if (drawn.has(area) || !area.isConnected) continue;
    draw(area);
    widths.observe(area);
  }
}

function again() {
  for (const area of drawn.keys()) draw(area);
}

document.addEventListener("htmx:afterSettle", start);
start();
