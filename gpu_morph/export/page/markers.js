// Markers: the synapses that are active at a time. See render/gpu/markers.py and data/synapse_events.py.

const MARKER_PASSES = { solid: [0.999, 2], edges: [0.002, 0.999], all: [0.002, 2] };

class Markers {
  constructor(gl, description, shaders, arrays) {
    Object.assign(this, { gl, description, nShown: 0 });
    for (const name of ["positions", "colors", "population", "eventTime", "eventSynapse"])
      this[name] = arrays.get(description[name]);
    this.program = new Program(gl, "marker", shaders.marker.vertex, shaders.marker.fragment);
    this.shownPositions = new Buffer(gl);
    this.shownLooks = new Buffer(gl);
    this.array = new VertexArray(gl, this.program, [
      { buffer: new Buffer(gl, QUAD.corners), fields: [["a_corner", 2]], perInstance: false },
      { buffer: this.shownPositions, fields: [["a_position", 4]], perInstance: true },
      { buffer: this.shownLooks, fields: [["a_look", 4]], perInstance: true },
    ], QUAD.triangles);
    this.moved = [0, 0, 0];
    this.active = new Map();
  }

  // The synapses that are active, and the fraction of their duration that has passed since their last event.
  activeAt(time) {
    const { eventTime, eventSynapse, description: { duration, showAll } } = this, active = new Map();
    if (showAll) for (let k = 0; k < this.population.length; k++) active.set(k, 0);
    if (showAll || time === null) return active;
    const slack = 1e-6 * Math.max(1, Math.abs(time));
    let low = 0, high = eventTime.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (eventTime[middle] <= time - duration + slack) low = middle + 1;
      else high = middle;
    }
    for (let k = low; k < eventTime.length && eventTime[k] <= time + slack; k++) {
      active.delete(eventSynapse[k]); // the map keeps the order of the latest events
      active.set(eventSynapse[k], Math.min(Math.max((time - eventTime[k]) / duration, 0), 1));
    }
    return new Map([...active].sort(([a], [b]) => a - b));
  }

  // Show the synapses of a time; `moved` is the center's distance from the first one.
  show(time, moved) {
    this.active = this.activeAt(time);
    this.nShown = this.active.size;
    const positions = new Float32Array(4 * this.nShown), looks = new Float32Array(4 * this.nShown);
    let k = 0;
    for (const [synapse, age] of this.active) {
      for (let j = 0; j < 4; j++) positions[4 * k + j] = this.positions[4 * synapse + j] - (j < 3 ? moved[j] : 0);
      for (let j = 0; j < 3; j++) looks[4 * k + j] = this.colors[3 * synapse + j];
      looks[4 * k + 3] = this.description.fade ? Math.sqrt(1 - age) : 1;
      k++;
    }
    this.shownPositions.upload(positions);
    this.shownLooks.upload(looks);
  }

  setView(uniforms, widths) {
    this.program.set({ ...scaled(this.description.uniforms, widths), ...uniforms });
  }

  // Draw "solid" fragments before the tubes, and "edges" after them. Translucent markers are drawn after the tubes.
  draw(pass) {
    const { isSolid } = this.description;
    if (!this.nShown || (pass === "solid" && !isSolid)) return;
    this.program.set({ u_coverage_range: MARKER_PASSES[isSolid ? pass : "all"] });
    this.gl.depthMask(pass === "solid");
    this.program.draw(this.array, this.nShown);
    this.gl.depthMask(true);
  }
}
