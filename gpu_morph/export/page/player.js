// Player: the time that is shown, and playing through all times.

const SECONDS = 10; // that all times take at speed 1

class Player {
  constructor(page, times) {
    Object.assign(this, { page, times, k: 0, isPlaying: false });
    if (!times) return;
    const steps = times.slice(1).map((time, k) => time - times[k]);
    const least = Math.min(...steps, times[times.length - 1] - times[0] || 1);
    this.nDecimals = [0, 1, 2, 3].find((n) => times.every((t) => Math.abs(t - Number(t.toFixed(n))) < 1e-6)) ?? (least < 0.1 ? 3 : 2);
    this.nDecimals = Math.max(1, this.nDecimals);
    this.slider = element("slider");
    this.slider.max = times.length - 1;
    this.slider.addEventListener("input", () => this.show(Number(this.slider.value)));
    element("play").addEventListener("click", () => this.toggle());
    element("back").addEventListener("click", () => this.step(-1));
    element("forth").addEventListener("click", () => this.step(1));
    element("player").hidden = false;
    element("clock").hidden = false;
    this.show(0);
  }

  get time() {
    return this.times ? this.times[this.k] : null;
  }

  get words() {
    return this.times ? `${number(this.time, this.nDecimals)} ms` : "";
  }

  show(k) {
    this.k = Math.min(Math.max(k, 0), this.times.length - 1);
    this.slider.value = this.k;
    this.slider.setAttribute("aria-valuetext", this.words);
    element("time").textContent = element("clock").textContent = this.words;
    this.page.changed();
  }

  step(n) {
    if (!this.times) return;
    this.pause();
    this.show((this.k + n + this.times.length) % this.times.length);
  }

  toggle() {
    if (!this.times) return;
    if (this.isPlaying) this.pause();
    else this.play();
  }

  play() {
    if (this.times.length < 2) return;
    this.isPlaying = true;
    this.#mark();
    const { times } = this, whole = times[times.length - 1] - times[0];
    let last = null, at = this.k === times.length - 1 ? times[0] : this.time;
    const next = (now) => {
      if (!this.isPlaying) return;
      if (last !== null) at += ((now - last) / (1000 * SECONDS)) * whole * Number(element("speed").value);
      last = now;
      if (at > times[times.length - 1]) at = times[0];
      const k = this.#nearest(at);
      if (k !== this.k) this.show(k);
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }

  pause() {
    this.isPlaying = false;
    this.#mark();
  }

  #mark() {
    const button = element("play");
    button.classList.toggle("playing", this.isPlaying);
    button.setAttribute("aria-label", this.isPlaying ? "Pause" : "Play");
  }

  #nearest(time) {
    const { times } = this;
    let low = 0, high = times.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (times[middle] + times[middle + 1] < 2 * time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
