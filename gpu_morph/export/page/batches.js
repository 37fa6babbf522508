// Batches: the segments of one level of detail, drawn by one instanced call. See render/gpu/segment_batches.py.

const IN_RIBBON = 4; // segments; as in ribbon.vert

// The vertices of ribbons, as render/geometry/ribbons.py has them: of each the one before, the ends of its segments, the
// one after. `segments` has four vertices a row: before, start, end, after. `chosen` are rows, rising.
function ribbons(segments, chosen) {
  const firsts = [], counts = [];
  let inChain = 0;
  chosen.forEach((row, k) => {
    const start = segments[4 * row + 1], end = segments[4 * row + 2];
    const isContinued = k > 0 && start === segments[4 * chosen[k - 1] + 2] && start !== end;
    inChain = isContinued ? inChain + 1 : 0;
    if (inChain % IN_RIBBON === 0) {
      firsts.push(k);
      counts.push(0);
    }
    counts[counts.length - 1]++;
  });
  const width = IN_RIBBON + 3, vertices = new Int32Array(firsts.length * width);
  firsts.forEach((first, ribbon) => {
    const count = counts[ribbon], at = ribbon * width, last = chosen[first + count - 1];
    vertices[at] = segments[4 * chosen[first]];
    vertices[at + width - 1] = segments[4 * last + 3];
    for (let slot = 0; slot <= IN_RIBBON; slot++) {
      const inner = Math.min(slot, Math.max(count - 1, slot <= 1 ? 1 : 0));
      const step = slot < IN_RIBBON - 1 ? inner : count - IN_RIBBON + slot;
      vertices[at + 1 + slot] = step < count ? segments[4 * chosen[first + step] + 1] : segments[4 * last + 2];
    }
  });
  return vertices;
}

function meshes(segments, chosen) {
  const vertices = new Int32Array(4 * chosen.length);
  chosen.forEach((row, k) => vertices.set(segments.subarray(4 * row, 4 * row + 4), 4 * k));
  return vertices;
}

// Indices that sort keys of 16 bits; equal keys keep their order. A radix sort in two passes.
function sortedOrder(keys) {
  let order = Uint32Array.from(keys, (_, k) => k), other = new Uint32Array(keys.length);
  for (const shift of [0, 8]) {
    const starts = new Uint32Array(257);
    for (let k = 0; k < keys.length; k++) starts[((keys[k] >> shift) & 255) + 1]++;
    for (let digit = 0; digit < 256; digit++) starts[digit + 1] += starts[digit];
    for (let k = 0; k < keys.length; k++) other[starts[(keys[order[k]] >> shift) & 255]++] = order[k];
    [order, other] = [other, order];
  }
  return order;
}

class Batch {
  // `layout` names the attributes: { template, vertices, values, frames }. `base` is the number of the first segment.
  // `frames` are eight numbers for each instance, or null.
  constructor(gl, layout, template, vertices, base, frames) {
    Object.assign(this, { gl, layout, template, vertices, base, frames, arrays: new Map() });
    this.width = layout.vertices.length;
    this.nInstances = vertices.length / this.width;
    this.nEnds = this.width - 2;
    this.order = Uint32Array.from({ length: this.nInstances }, (_, k) => k);
    this.corners = new Buffer(gl, template.coordinates);
    this.geometry = new Buffer(gl);
    this.values = new Buffer(gl);
    this.numbers = new Buffer(gl);
    this.sortedFrames = new Buffer(gl);
    this.gathered = new Float32Array(4 * vertices.length);
    this.ends = new Float32Array(this.nInstances * this.nEnds);
  }

  // Order the instances from far to near. `places` are x, y, z, radius of all vertices, `depth` is towards the viewer.
  sort(places, depth) {
    const { width, vertices, nInstances, gathered } = this, sums = new Float32Array(nInstances);
    let low = Infinity, high = -Infinity;
    for (let k = 0; k < nInstances; k++) {
      sums[k] = depth[vertices[k * width + 1]] + depth[vertices[k * width + width - 2]];
      low = Math.min(low, sums[k]);
      high = Math.max(high, sums[k]);
    }
    const scale = 65535 / Math.max(high - low, 1e-6);
    this.order = sortedOrder(Uint16Array.from(sums, (sum) => (sum - low) * scale));
    let to = 0;
    for (let k = 0; k < nInstances; k++) {
      const from = this.order[k] * width;
      for (let j = 0; j < width; j++) {
        const vertex = 4 * vertices[from + j];
        gathered[to++] = places[vertex];
        gathered[to++] = places[vertex + 1];
        gathered[to++] = places[vertex + 2];
        gathered[to++] = places[vertex + 3];
      }
    }
    this.geometry.upload(gathered);
    if (this.frames) this.sortedFrames.upload(framesOf(this.frames, this.order));
    this.isNumbered = false;
  }

  setValues(values) {
    const { width, nEnds, vertices, ends, order } = this;
    for (let k = 0, to = 0; k < order.length; k++)
      for (let j = 1; j <= nEnds; j++) ends[to++] = values[vertices[order[k] * width + j]];
    this.values.upload(ends);
  }

  // Numbers of segments for values, as numbered_fragment.glsl takes them.
  setNumbers() {
    if (this.isNumbered) return;
    const { nEnds, order } = this, numbers = new Float32Array(order.length * nEnds);
    for (let k = 0, to = 0; k < order.length; k++)
      for (let j = 0; j < nEnds; j++) numbers[to++] = this.base + order[k] * nEnds + j;
    this.numbers.upload(numbers);
    this.isNumbered = true;
  }

  // The vertices at the two ends of a segment, by its number.
  endsOf(number) {
    const slot = number - this.base, instance = Math.floor(slot / this.nEnds), j = slot % this.nEnds;
    const at = instance * this.width + 1 + j;
    return [this.vertices[at], this.vertices[Math.min(at + 1, (instance + 1) * this.width - 2)]];
  }

  draw(program, showsNumbers) {
    let array = this.arrays.get(program);
    if (!array) {
      const { layout, template } = this;
      array = new VertexArray(this.gl, program, [
        { buffer: this.corners, fields: [[layout.template, 2]], perInstance: false },
        { buffer: this.geometry, fields: layout.vertices.map((name) => [name, 4]), perInstance: true },
        { buffer: this.sortedFrames, fields: layout.frames.map((name) => [name, 4]), perInstance: true },
        { buffer: showsNumbers ? this.numbers : this.values, fields: layout.values, perInstance: true },
      ], template.triangles);
      this.arrays.set(program, array);
    }
    program.draw(array, this.nInstances);
  }

  delete() {
    const { arrays, corners, geometry, values, numbers, sortedFrames } = this;
    for (const part of [...arrays.values(), corners, geometry, values, numbers, sortedFrames]) part.delete();
  }
}
