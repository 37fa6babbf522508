// The colour bar, the legend, the clock and the scale bar.

const LONGEST = 0.2; // of the scale bar, relative to the picture's smaller side
const SVG = "http://www.w3.org/2000/svg";

function element(id) {
  return document.getElementById(id);
}

function made(name, text, attributes = {}) {
  const node = document.createElement(name);
  node.textContent = text;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

// A number with U+2212 as its minus sign; zero has none.
function number(value, nDecimals) {
  const text = value.toFixed(nDecimals);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "−");
}

function showLegend({ scale, otherScales, legend }) {
  const panel = element("legend"), scales = scale ? [scale, ...otherScales] : otherScales;
  panel.style.setProperty("--bars", Math.max(scales.length, 1));
  panel.append(...scales.map(colorBar));
  if (legend.length) {
    const list = made("ul", "");
    for (const { name, color } of legend) {
      const item = made("li", ""), swatch = made("i", "");
      swatch.style.background = color;
      item.append(swatch, made("span", name));
      list.append(item);
    }
    panel.append(list);
  }
  panel.hidden = !scales.length && !legend.length;
}

// Texts over the picture; those of one place stand below each other.
function showTexts(texts) {
  const places = new Map();
  for (const { text, place, size, color } of texts) {
    if (!places.has(place)) {
      const box = made("div", "", { class: "texts" });
      box.dataset.place = place;
      element("stage").append(box);
      places.set(place, box);
    }
    const line = made("p", text);
    line.style.fontSize = `${15 * size}px`;
    if (color) line.style.color = color;
    places.get(place).append(line);
  }
}

function colorBar({ title, ticks, colors, under, over, missing }) {
  const bar = made("figure", "", { class: "bar" }), strip = made("div", "", { class: "strip" });
  const ramp = colors.map((color, k) => {
    const [from, to] = [k, k + 1].map((c) => `${((100 * c) / colors.length).toFixed(3)}%`);
    return `${color} ${from} ${to}`;
  });
  strip.style.setProperty("--ramp", ramp.join(", "));
  const first = ticks[0]?.label ?? "", last = ticks[ticks.length - 1]?.label ?? "";
  strip.setAttribute("role", "img");
  strip.setAttribute("aria-label", `Colours of ${title}, ticks from ${first} to ${last}`);
  for (const [name, color] of [["under", under], ["over", over]]) {
    if (!color) continue;
    const tip = made("b", "", { class: name });
    tip.style.background = color;
    strip.append(tip);
  }
  for (const { at, label } of ticks) {
    const tick = made("span", label, { class: "tick" });
    tick.style.setProperty("--at", at);
    strip.append(tick);
  }
  bar.append(made("figcaption", title), strip);
  if (missing) {
    const note = made("div", "", { class: "missing" }), swatch = made("i", "");
    swatch.style.background = missing;
    note.append(swatch, made("span", "not recorded"));
    bar.append(note);
  }
  return bar;
}

// The greatest 1, 2 or 5 times a power of ten that is not above `most`.
function roundBelow(most) {
  const power = 10 ** Math.floor(Math.log10(most) + 1e-9);
  return [5, 2, 1].find((digit) => digit * power <= most * (1 + 1e-9)) * power;
}

// `pixel` is the size of a CSS pixel, µm; `side` the smaller side of the picture, CSS pixels.
function showScaleBar(pixel, side) {
  const bar = element("scale-bar"), length = roundBelow(LONGEST * side * pixel);
  const [words, line] = bar.children;
  const [shown, unit] = length >= 1000 ? [length / 1000, "mm"] : [length, "µm"];
  words.textContent = `${Number(shown.toPrecision(3))} ${unit}`;
  line.style.width = `${length / pixel}px`;
  bar.hidden = false;
}
