// Page: holds the parts together. `globalThis.gpuMorph` is the page, for scripts.

class Page {
  constructor(description, arrays) {
    Object.assign(this, { description, arrays, canvas: element("picture"), stage: element("stage") });
    this.camera = new Camera(description.camera);
    this.isLight = description.isLight;
    this.drawing = new Drawing(this.canvas, description, arrays);
    this.readout = new Readout(this);
    showLegend(description);
    showTexts(description.texts);
    this.player = new Player(this, description.times);
    this.controls = new Controls(this);
    this.#applyTheme();
    for (const [id, act] of [
      ["fit", () => this.reset()],
      ["theme", () => this.toggleTheme()],
      ["save", () => this.save()],
      ["help", () => element("keys").showModal()],
    ]) element(id).addEventListener("click", act);
    this.canvas.addEventListener("webglcontextlost", (event) => event.preventDefault());
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.drawing = new Drawing(this.canvas, description, arrays);
      this.#applyTheme();
    });
    new ResizeObserver(() => this.resize()).observe(this.stage);
    this.resize();
  }

  get k() {
    return this.player ? this.player.k : 0;
  }

  get density() {
    return Math.min(window.devicePixelRatio || 1, 2);
  }

  get size() {
    return [this.canvas.width, this.canvas.height];
  }

  resize() {
    const box = this.stage.getBoundingClientRect();
    this.canvas.width = Math.max(1, Math.round(box.width * this.density));
    this.canvas.height = Math.max(1, Math.round(box.height * this.density));
    this.draw();
  }

  // Draw with the next frame of the screen.
  changed() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.isWaiting = false;
    if (this.drawing.gl.isContextLost()) return;
    const { camera, density, player } = this, [width, height] = this.size;
    this.drawing.draw(camera, player.k, player.time);
    if (!this.description.camera.isPerspective)
      showScaleBar((camera.heightFor(width, height) / height) * density, Math.min(width, height) / density);
    this.readout.update();
    if (!player.isPlaying) this.canvas.setAttribute("aria-label", this.words);
  }

  // What the picture shows, for those who do not see it.
  get words() {
    const { description: { title, values, scale, times }, camera, player } = this;
    const words = [title || "Neuron", `seen from azimuth ${camera.azim.toFixed(0)}°, elevation ${camera.elev.toFixed(0)}°`];
    if (times) words.push(`at ${player.words}`);
    const shown = this.drawing.values;
    if (values.name && !values.maps.length) {
      const [low, high] = shown.range(player.k).map((value) => number(value, 1));
      words.push(`${values.name} from ${low} to ${high} ${scale.unit}`);
    }
    for (const [k, map] of values.maps.entries()) {
      const ends = shown.range(player.k, k);
      if (!map || ends[0] > ends[1]) continue;
      const [low, high] = ends.map((value) => number(shown.quantity(value).value, 1));
      words.push(`${map.name} from ${low} to ${high} ${map.unit}`);
    }
    return words.join(", ");
  }

  say(words) {
    element("spoken").textContent = words;
  }

  turn(azim, elev) {
    const roll = this.camera.roll * RADIANS, cos = Math.cos(roll), sin = Math.sin(roll);
    this.camera.turn(cos * azim + sin * elev, cos * elev - sin * azim);
    this.changed();
  }

  move(right, down) {
    this.camera.move(right * this.density, down * this.density, ...this.size);
    this.changed();
  }

  // Zoom about a point of the canvas, CSS pixels; its middle unless given.
  zoom(factor, x = this.canvas.width / 2 / this.density, y = this.canvas.height / 2 / this.density) {
    this.camera.zoomAbout(factor, x * this.density, y * this.density, ...this.size);
    this.changed();
  }

  reset() {
    this.camera.reset();
    this.changed();
  }

  toggleTheme() {
    this.isLight = !this.isLight;
    this.#applyTheme();
    this.changed();
  }

  #applyTheme() {
    const { background, isLight } = this.description;
    const other = isLight ? [0.075, 0.082, 0.094] : [1, 1, 1];
    this.drawing.background = this.isLight === isLight ? background : other;
    const root = document.documentElement, bytes = this.drawing.background.map((c) => Math.round(255 * c));
    root.dataset.theme = this.isLight ? "light" : "dark";
    root.style.setProperty("--paper", `rgb(${bytes.join(" ")})`);
  }

  pick(x, y) {
    return this.drawing.pick(x * this.density, y * this.density);
  }

  hover(x, y) {
    this.hovered = [x, y];
    if (this.isHovering) return;
    this.isHovering = true;
    requestAnimationFrame(() => {
      this.isHovering = false;
      if (!this.controls.pointers.size) this.readout.at(...this.hovered);
    });
  }

  save() {
    this.draw();
    this.canvas.toBlob((blob) => {
      const link = made("a", "", { download: `${this.description.title || "gpu_morph"}.png` });
      link.href = URL.createObjectURL(blob);
      link.click();
      URL.revokeObjectURL(link.href);
    });
  }

  async copy() {
    const code = this.camera.code(...this.size);
    try {
      await navigator.clipboard.writeText(code);
      this.say(`Copied: ${code}`);
    } catch {
      window.prompt("The view as Python:", code);
    }
  }
}

async function open() {
  const problem = element("problem");
  try {
    if (typeof DecompressionStream === "undefined")
      throw new Error("This browser is too old: one of 2023 or newer shows the page.");
    const description = JSON.parse(element("description").textContent);
    const arrays = await Arrays.unpack(element("arrays").textContent);
    globalThis.gpuMorph = new Page(description, arrays);
    document.documentElement.dataset.state = "ready";
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    document.documentElement.dataset.state = "failed";
    throw error;
  } finally {
    element("loading").hidden = true;
  }
}

open();
