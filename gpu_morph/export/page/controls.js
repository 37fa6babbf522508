// Controls: mouse, fingers and keys.

const DEGREES = 0.35; // per pixel of a drag
const STEP = 5; // degrees or pixels times 4, of an arrow key
const CLICK = 4; // pixels that a click may move

class Controls {
  constructor(page) {
    this.page = page;
    this.pointers = new Map();
    this.moved = 0;
    const { canvas } = page, listen = (kind, act, options) => canvas.addEventListener(kind, act, options);
    listen("pointerdown", (event) => this.down(event));
    listen("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) listen(kind, (event) => this.up(event));
    listen("pointerleave", () => page.readout.leave());
    listen("contextmenu", (event) => event.preventDefault());
    listen("wheel", (event) => this.wheel(event), { passive: false });
    listen("dblclick", () => page.reset());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  place(event) {
    const box = this.page.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  down(event) {
    const { canvas } = this.page;
    canvas.setPointerCapture(event.pointerId);
    canvas.focus({ preventScroll: true });
    if (!this.pointers.size) this.moved = 0;
    this.pointers.set(event.pointerId, this.place(event));
    this.page.readout.leave();
    canvas.classList.add("held");
  }

  move(event) {
    const before = this.pointers.get(event.pointerId), now = this.place(event);
    if (!before) {
      if (event.pointerType !== "touch") this.page.hover(...now);
      return;
    }
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]], { page } = this;
    this.moved += Math.hypot(dx, dy);
    if (this.pointers.size === 1) {
      if (this.moved > CLICK) {
        if (event.shiftKey || event.buttons & 6) page.move(dx, dy);
        else page.turn(-DEGREES * dx, DEGREES * dy);
      }
    } else {
      const other = [...this.pointers].find(([id]) => id !== event.pointerId)[1];
      const [was, is] = [before, now].map(([x, y]) => Math.hypot(x - other[0], y - other[1]));
      page.move(dx / 2, dy / 2);
      if (was > 0) page.zoom(is / was, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    }
    this.pointers.set(event.pointerId, now);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.pointers.size) return;
    this.page.canvas.classList.remove("held");
    if (event.type === "pointerup" && this.moved <= CLICK) this.page.readout.keep(...this.place(event));
  }

  // In a notebook the wheel scrolls on, until the picture has been clicked.
  wheel(event) {
    const { page } = this;
    if (window !== window.parent && !event.ctrlKey && document.activeElement !== page.canvas) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    page.zoom(Math.exp(-0.0015 * lines * event.deltaY), ...this.place(event));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || element("keys").open) return;
    const { page } = this, isOnSlider = event.target.matches("input, select");
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const acts = {
      "+": () => page.zoom(1.2),
      "=": () => page.zoom(1.2),
      "-": () => page.zoom(1 / 1.2),
      "−": () => page.zoom(1 / 1.2),
      0: () => page.reset(),
      Home: () => page.reset(),
      ",": () => page.player.step(-1),
      ".": () => page.player.step(1),
      d: () => page.toggleTheme(),
      s: () => page.save(),
      c: () => page.copy(),
      "?": () => element("keys").showModal(),
    };
    if (event.key === " " && !event.target.matches("button, select")) page.player.toggle();
    else if (arrows[event.key] && !isOnSlider) {
      const [x, y] = arrows[event.key];
      if (event.shiftKey) page.move(4 * STEP * x, 4 * STEP * y);
      else page.turn(STEP * x, -STEP * y);
    } else if (acts[event.key] && !(isOnSlider && event.key === "Home")) acts[event.key]();
    else return;
    event.preventDefault();
  }
}
