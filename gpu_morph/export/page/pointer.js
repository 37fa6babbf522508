// Readout: the value and the name of the site under the pointer, or of one that a click keeps.

const CURVE = [190, 44]; // pixels

class Readout {
  constructor(page) {
    const { description, arrays } = page, { tubes, sections } = description;
    Object.assign(this, { page, sections, element: element("readout"), kept: null, site: null });
    this.section = arrays.get(tubes.section);
    this.position = arrays.get(tubes.position);
    for (const name of ["label", "cell", "length", "distance"])
      this[name] = sections[name] ? arrays.get(sections[name]) : null;
    this.nDecimals = decimalsFor(description.values.span);
  }

  get hasValues() {
    const { values } = this.page.description;
    return Boolean(values.name || values.maps.length);
  }

  // A value with its unit; "" where it stands for nothing.
  text(value) {
    const { values, scale } = this.page.description;
    if (value !== value) return "not recorded";
    if (!values.maps.length) return Math.abs(value) < 1e38 ? `${number(value, this.nDecimals)} ${scale.unit}` : "";
    const found = this.page.drawing.values.quantity(value);
    if (!found) return "";
    const { map, value: recorded } = found, span = map.values.at(-1) - map.values[0];
    return `${map.name} ${number(recorded, decimalsFor(span))} ${map.unit}`;
  }

  // The value at a site, in the recording's unit; NaN: not recorded.
  value({ ends: [start, end], fraction }, k = this.page.k) {
    const { values } = this.page.drawing;
    const first = values.ofVertex(start, k), second = values.ofVertex(end, k);
    if (first !== first || second !== second) return fraction < 0.5 ? first : second;
    return first + fraction * (second - first);
  }

  words(site) {
    const { sections } = this, { ends: [start, end], fraction } = site;
    const section = this.section[end], from = this.section[start] === section ? this.position[start] : 0;
    const position = from + fraction * (this.position[end] - from);
    const label = sections.labels[this.label[section]];
    const words = [sections.names ? sections.names[section] : `${label} ${section}`];
    if (this.cell) words[0] = `cell ${this.cell[section]}, ${words[0]}`;
    words[0] += ` (${position.toFixed(2)})`;
    const distance = this.distance[section] + position * this.length[section];
    if (distance === distance) words.push(`${distance.toFixed(0)} µm from the ${sections.hasSoma ? "soma" : "root"}`);
    if (this.hasValues) words.unshift(this.text(this.value(site)));
    return words.filter(Boolean);
  }

  // The value over all times as a small curve, with the time that is shown.
  curve(site) {
    const { times } = this.page.description, [width, height] = CURVE;
    const values = times.map((_, k) => this.value(site, k)), finite = values.filter(Number.isFinite);
    if (finite.length < 2) return null;
    const low = Math.min(...finite), span = Math.max(...finite) - low || 1, last = times[times.length - 1];
    const x = (k) => (width * (times[k] - times[0])) / (last - times[0]), y = (v) => height - 1 - ((height - 2) * (v - low)) / span;
    const steps = values.map((v, k) => `${k && Number.isFinite(values[k - 1]) ? "L" : "M"}${x(k).toFixed(1)} ${y(v).toFixed(1)}`);
    const path = steps.filter((_, k) => Number.isFinite(values[k])).join("");
    const drawing = document.createElementNS(SVG, "svg");
    drawing.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const [kind, d] of [["curve", path], ["now", `M${x(this.page.k).toFixed(1)} 0V${height}`]]) {
      const line = document.createElementNS(SVG, "path");
      line.setAttribute("class", kind);
      line.setAttribute("d", d);
      drawing.append(line);
    }
    return drawing;
  }

  // Show what is at a point of the canvas, CSS pixels.
  at(x, y) {
    this.site = this.page.pick(x, y);
    this.point = [x, y];
    this.update();
  }

  keep(x, y) {
    this.kept = this.page.pick(x, y);
    this.element.classList.toggle("kept", this.kept !== null);
    this.update();
    if (this.kept) this.page.say(this.words(this.kept).join(", "));
  }

  leave() {
    this.site = null;
    this.update();
  }

  // Where a site's axis appears, CSS pixels; null behind the eye.
  place({ ends: [start, end], fraction }) {
    const { page } = this, { vertices } = page.drawing;
    const along = [0, 1, 2].map((k) => vertices[4 * start + k] + fraction * (vertices[4 * end + k] - vertices[4 * start + k]));
    return page.camera.project(along, ...page.size)?.map((pixels) => pixels / page.density) ?? null;
  }

  update() {
    const { element: box, kept, page } = this, site = kept ?? this.site, dot = element("site");
    const place = kept ? this.place(kept) : this.point, stage = page.stage.getBoundingClientRect();
    const isSeen = place && place[0] >= 0 && place[1] >= 0 && place[0] <= stage.width && place[1] <= stage.height;
    page.canvas.classList.toggle("on-cell", this.site !== null);
    dot.hidden = !kept || !isSeen;
    box.hidden = !site || !place;
    if (box.hidden) return;
    const [first, ...rest] = this.words(site), curve = kept && this.hasValues && page.description.times ? this.curve(kept) : null;
    box.replaceChildren(made("strong", first), ...rest.map((line) => made("span", line)), ...(curve ? [curve] : []));
    const { offsetWidth: width, offsetHeight: height } = box, [x, y] = place;
    const left = x + 14 + width > stage.width ? x - 14 - width : x + 14;
    const top = y + 14 + height > stage.height ? y - 14 - height : y + 14;
    const [most, lowest] = [stage.width - width - 4, stage.height - height - 4];
    box.style.transform = `translate(${clamp(left, 4, most)}px, ${clamp(top, 4, lowest)}px)`;
    dot.style.transform = `translate(${x}px, ${y}px)`;
  }
}

function decimalsFor(span) {
  return Math.min(Math.max(4 - Math.ceil(Math.log10(span || 1)), 0), 9);
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(value, high));
}
