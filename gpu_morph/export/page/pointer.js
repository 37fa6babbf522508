// Readout: the value and the name of the site under the pointer, or of one that a click keeps.

class Readout {
  constructor(page) {
    const { description, arrays } = page, { tubes, sections } = description;
    Object.assign(this, { page, sections, element: element("readout"), kept: null, site: null });
    this.section = arrays.get(tubes.section);
    this.position = arrays.get(tubes.position);
    for (const name of ["label", "cell", "length", "distance"])
      this[name] = sections[name] ? arrays.get(sections[name]) : null;
    const digits = 4 - Math.ceil(Math.log10(description.values.span || 1));
    this.nDecimals = Math.min(Math.max(digits, 0), 9);
  }

  // The value at a site, in the recording's unit; NaN: not recorded.
  value({ ends: [start, end], fraction }) {
    const { values } = this.page.drawing, k = this.page.k;
    const first = values.ofVertex(start, k), second = values.ofVertex(end, k);
    if (first !== first || second !== second) return fraction < 0.5 ? first : second;
    return first + fraction * (second - first);
  }

  words(site) {
    const { sections } = this, { ends: [start, end], fraction } = site, { values, scale } = this.page.description;
    const section = this.section[end], from = this.section[start] === section ? this.position[start] : 0;
    const position = from + fraction * (this.position[end] - from);
    const label = sections.labels[this.label[section]];
    const words = [sections.names ? sections.names[section] : `${label} ${section}`];
    if (this.cell) words[0] = `cell ${this.cell[section]}, ${words[0]}`;
    words[0] += ` (${position.toFixed(2)})`;
    const distance = this.distance[section] + position * this.length[section];
    if (distance === distance) words.push(`${distance.toFixed(0)} µm from the ${sections.hasSoma ? "soma" : "root"}`);
    if (values.name) {
      const value = this.value(site), text = value === value ? number(value, this.nDecimals) : "not recorded";
      words.unshift(Math.abs(value) < 1e38 || value !== value ? `${text}${value === value ? ` ${scale.unit}` : ""}` : "");
    }
    return words.filter(Boolean);
  }

  // Show what is at a point of the canvas, CSS pixels.
  at(x, y) {
    this.site = this.page.pick(x, y);
    this.point = [x, y];
    this.update();
  }

  keep(x, y) {
    this.kept = this.page.pick(x, y);
    this.point = [x, y];
    this.element.classList.toggle("kept", this.kept !== null);
    this.update();
    if (this.kept) this.page.say(this.words(this.kept).join(", "));
  }

  leave() {
    this.site = null;
    this.update();
  }

  update() {
    const site = this.kept ?? this.site, { element: box } = this;
    box.hidden = !site;
    this.page.canvas.classList.toggle("on-cell", this.site !== null);
    if (!site) return;
    const [first, ...rest] = this.words(site);
    box.replaceChildren(made("strong", first), ...rest.map((line) => made("span", line)));
    const stage = this.page.stage.getBoundingClientRect(), [x, y] = this.point;
    const { offsetWidth: width, offsetHeight: height } = box;
    const left = x + 14 + width > stage.width ? x - 14 - width : x + 14;
    const top = y + 14 + height > stage.height ? y - 14 - height : y + 14;
    box.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }
}
