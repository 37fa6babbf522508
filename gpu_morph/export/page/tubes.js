// Tubes: segments with one style, in batches by level of detail. See render/gpu/tubes.py.

const RELEVEL = 1.25; // factor of zoom after which levels of detail are chosen anew
const SORTED = Math.cos(2 * RADIANS); // of the angle by which a view may turn before segments are sorted anew

// The frames of some segments, eight numbers each.
function framesOf(frames, rows) {
  const chosen = new Float32Array(8 * rows.length);
  rows.forEach((row, k) => chosen.set(frames.subarray(8 * row, 8 * row + 8), 8 * k));
  return chosen;
}

class Tubes {
  constructor(gl, description, scene, arrays) {
    Object.assign(this, { gl, scene, description });
    this.segments = arrays.get(description.segments);
    this.frames = Float32Array.from(arrays.get(description.frames), (code) => code / 32767 - 1);
    this.textures = {};
    for (const [name, image] of Object.entries(description.textures))
      this.textures[name] = texture(gl, { ...image, texels: arrays.get(image.texels) });
    this.batches = [];
    this.pixel = 0;
  }

  // Choose the levels of detail for a size of pixels, µm, and the widths of a picture.
  setPixel(pixel, widths, nextNumber) {
    const { unit } = widths, isAlike = Math.max(pixel / this.pixel, this.pixel / pixel) < RELEVEL;
    if (this.pixel && isAlike && unit === this.widths.unit)
      return false;
    Object.assign(this, { pixel, widths });
    for (const batch of this.batches) batch.delete();
    const { segments, description, scene } = this, { places, levels, layouts, templates } = scene;
    const chosen = levels.map(() => []);
    for (let row = 0; row < segments.length / 4; row++) {
      const radius = Math.max(places[4 * segments[4 * row + 1] + 3], places[4 * segments[4 * row + 2] + 3]) / pixel;
      const drawn = Math.max(radius, 0.5 * description.minWidth * unit) + description.outline * unit;
      chosen[levels.findIndex(([limit]) => limit === null || drawn <= limit)].push(row);
    }
    let base = nextNumber;
    this.batches = [];
    chosen.forEach((rows, level) => {
      if (!rows.length) return;
      const strips = levels[level][1], isRibbon = strips === 1;
      const vertices = (isRibbon ? ribbons : meshes)(segments, rows);
      const layout = layouts[isRibbon ? "ribbon" : "tube"];
      const template = isRibbon ? { coordinates: QUAD.corners, triangles: QUAD.triangles } : templates[strips];
      const batch = new Batch(this.gl, layout, template, vertices, base, isRibbon ? null : framesOf(this.frames, rows));
      batch.isRibbon = isRibbon;
      base += batch.nInstances * batch.nEnds;
      this.batches.push(batch);
    });
    this.nextNumber = base;
    return true;
  }

  sort(places, depth) {
    for (const batch of this.batches) batch.sort(places, depth);
  }

  setValues(values) {
    for (const batch of this.batches) batch.setValues(values);
  }

  get uniforms() {
    return { ...scaled(this.description.uniforms, this.widths), ...this.textures };
  }

  // Draw one of the scene's passes. Tubes that are not the last ones hide what is drawn later.
  draw(programs, uniforms, { draws_ribbons: drawsRibbons, coverage_range: range, writes_depth: writesDepth }, isLast) {
    const { gl } = this, drawn = this.batches.filter((batch) => batch.isRibbon === drawsRibbons);
    if (!drawn.length) return;
    const program = programs[drawsRibbons ? "ribbon" : "tube"];
    program.set({ ...this.uniforms, ...uniforms, ...(range ? { u_coverage_range: range } : {}) });
    gl.depthMask(writesDepth || (drawsRibbons && !isLast));
    for (const batch of drawn) batch.draw(program, false);
    gl.depthMask(true);
  }

  // Draw light, which is added up where tubes are thin.
  drawLight(programs, uniforms) {
    const { gl } = this;
    this.#drawPasses(programs, uniforms, (batch) => gl.blendEquation(batch.isRibbon ? gl.FUNC_ADD : gl.MAX));
    gl.blendEquation(gl.FUNC_ADD);
  }

  // Draw the depths of surfaces, without smoothed edges.
  drawSurface(programs, uniforms) {
    this.#drawPasses(programs, { ...uniforms, u_least_coverage: 0.5 }, () => {});
  }

  #drawPasses(programs, uniforms, prepare) {
    const all = { ...this.uniforms, ...uniforms };
    for (const program of Object.values(programs)) program.set(all);
    for (const { draws_ribbons: drawsRibbons, coverage_range: range } of this.scene.passes) {
      const program = programs[drawsRibbons ? "ribbon" : "tube"];
      if (range) program.set({ u_coverage_range: range });
      for (const batch of this.batches.filter(({ isRibbon }) => isRibbon === drawsRibbons)) {
        prepare(batch);
        batch.draw(program, false);
      }
    }
  }

  // Draw which segment is where.
  drawNumbers(programs, uniforms) {
    const all = { ...this.uniforms, ...uniforms, u_coverage_range: [0.25, 2] };
    for (const program of Object.values(programs)) program.set(all);
    for (const batch of this.batches) {
      batch.setNumbers();
      batch.draw(programs[batch.isRibbon ? "ribbon" : "tube"], true);
    }
  }

  // The vertices at the ends of a segment, by its number; null if it is not one of these.
  endsOf(number) {
    const found = this.batches.find((b) => number >= b.base && number < b.base + b.nInstances * b.nEnds);
    return found ? found.endsOf(number) : null;
  }
}
