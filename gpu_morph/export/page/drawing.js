// Drawing: the scene on the GPU. See render/gpu/scene_drawing.py.

const PICKED = 6; // pixels around the pointer in which a segment is looked for
const FARTHEST = 8192; // pixels from the origin of the places to the camera's center: float32 stays exact to 0.001 pixel

class Drawing {
  constructor(canvas, description, arrays) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error("This browser has no WebGL 2: a newer one, or one with a graphics driver, shows the page.");
    const { tubes, shaders } = description;
    Object.assign(this, { canvas, gl, description, background: description.background });
    this.vertices = arrays.get(tubes.vertices);
    this.places = this.vertices.slice();
    this.depth = new Float32Array(this.vertices.length / 4);
    this.values = new Values(description.values, tubes.sources, arrays);
    const templates = {};
    for (const [strips, { coordinates, triangles }] of Object.entries(tubes.templates))
      templates[strips] = { coordinates: arrays.get(coordinates), triangles: arrays.get(triangles) };
    const { levels, passes, layouts } = tubes, scene = { places: this.vertices, levels, passes, layouts, templates };
    this.groups = tubes.groups.map(({ opacity, tubes: parts }) => ({
      opacity,
      tubes: parts.map((part) => new Tubes(gl, part, scene, arrays)),
    }));
    const program = (name, fragment) => new Program(gl, name, shaders[name].vertex, shaders[name][fragment]);
    this.programs = { ribbon: program("ribbon", "fragment"), tube: program("tube", "fragment") };
    this.numberPrograms = null;
    this.sprite = program("sprite", "fragment");
    this.fill = program("fill", "fragment");
    const corners = { buffer: new Buffer(gl, UNIT_QUAD.corners), fields: [["a_corner", 2]], perInstance: false };
    this.spriteArray = new VertexArray(gl, this.sprite, [corners], QUAD.triangles);
    this.fillArray = new VertexArray(gl, this.fill, [corners], QUAD.triangles);
    this.markers = description.markers ? new Markers(gl, description.markers, shaders, arrays) : null;
    this.surfaces = description.surfaces ? new Surfaces(gl, description.surfaces, shaders, arrays) : null;
    this.glowing = description.glow ? new Glowing(gl, description.glow, shaders) : null;
    this.shadowing = description.cover ? new Shadowing(gl, description.cover, shaders) : null;
    this.size = [0, 0];
    this.origin = null; // of the places, µm from the first center
    this.sortedTowards = null;
    this.shown = null;
  }

  get allTubes() {
    return this.groups.flatMap(({ tubes }) => tubes);
  }

  resize(width, height) {
    if (this.size[0] === width && this.size[1] === height) return;
    for (const target of [this.target, this.layer, this.numbers]) target?.delete();
    this.size = [width, height];
    this.target = new Target(this.gl, width, height);
    (this.glowing ?? this.shadowing)?.resize(width, height);
    this.layer = this.numbers = null;
  }

  // Draw the scene as a camera sees it, at time number `k` and `time` ms. Returns the uniforms of the view.
  draw(camera, k, time) {
    const { gl, canvas } = this, { extent } = this.description.tubes;
    this.resize(canvas.width, canvas.height);
    const [width, height] = this.size, view = { ...camera.uniforms(width, height, extent), u_background: this.background };
    const widths = widthsOf(this.description.unit, width, height);
    view.u_middle = this.#update(camera, view, k, time, widths);
    this.view = view;
    if (this.glowing) {
      this.#drawLight(camera, view, k, widths);
      this.#present();
      return;
    }
    const { surfaces, shadowing } = this, stage = shadowing?.stage ?? this.target, opacity = surfaces ? 1 : this.description.tubes.opacity;
    const own = surfaces ? this.description.tubes.opacity : 1; // a cell before surfaces is faded by itself
    if (surfaces) this.#drawSurfaces(camera, view, k);
    stage.bind();
    gl.enable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.disable(gl.SCISSOR_TEST);
    gl.depthMask(true);
    gl.depthFunc(gl.LEQUAL);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.clearColor(...(opacity === 1 && !shadowing ? [...this.background, 1] : [0, 0, 0, 0]));
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (surfaces) this.#blend(surfaces.behind, 1);
    this.markers?.setView(view, widths);
    if (opacity === 1) this.markers?.draw("solid");
    const last = this.allTubes.at(-1);
    for (const group of this.groups) {
      if (group.opacity * own < 1) {
        this.layer ??= new Target(gl, width, height);
        this.layer.bindWithDepthOf(stage);
        gl.clearColor(0, 0, 0, 0);
        gl.clear(gl.COLOR_BUFFER_BIT);
      }
      for (const pass of this.description.tubes.passes)
        for (const tubes of group.tubes) tubes.draw(this.programs, view, pass, tubes === last);
      if (group.opacity * own < 1) {
        stage.bind();
        this.#blend(this.layer, group.opacity * own);
      }
    }
    if (opacity < 1) {
      this.#fade(opacity, shadowing ? [0, 0, 0, 0] : [...this.background, 1]);
      this.markers?.draw("solid");
    }
    this.markers?.draw("edges");
    if (surfaces) this.#blend(surfaces.before, 1);
    shadowing?.finish(this.target, this.background, view.u_half_depth, () => {
      for (const tubes of this.groups[0]?.tubes ?? []) tubes.drawSurface(shadowing.programs, view);
      this.markers?.draw("solid");
    });
    this.#present();
  }

  // Add up the light of tubes and markers, and draw its picture. What is around the cell is behind it.
  #drawLight(camera, view, k, widths) {
    const { glowing, surfaces, markers } = this;
    if (surfaces) this.#drawSurfaces(camera, view, k);
    glowing.begin();
    for (const tubes of this.allTubes) tubes.drawLight(glowing.programs, view);
    markers?.setView(view, widths);
    markers?.draw("all");
    glowing.finish(this.target, this.background, surfaces ? () => this.#blend(surfaces.behind, 1) : null);
  }

  // Draw what is around the cell into its two pictures.
  #drawSurfaces(camera, view, k) {
    const { surfaces, size, description: { tubes: { center } } } = this;
    surfaces.resize(...size);
    const moved = camera.center.map((c, j) => c - center[j]), own = camera.middle(...size);
    surfaces.draw({ ...view, u_middle: own }, this.background, moved, k, () => this.glowing ?? this.#drawNumbers(view)); // light hides nothing
  }

  // Sort, and move the origin of the places to the camera's center, where that is needed. Returns the pixel at which the
  // origin appears: while the picture of an orthographic camera moves, only that pixel does.
  #update(camera, view, k, time, widths) {
    const { extent } = this.description.tubes, [width, height] = this.size;
    const pixel = camera.nearestPixel(width, height, extent), first = this.description.tubes.center;
    let isNew = false, number = 0;
    for (const tubes of this.allTubes) {
      if (tubes.setPixel(pixel, widths, number)) isNew = true;
      number = tubes.nextNumber;
    }
    if (isNew) this.#renumber();
    const moved = camera.center.map((c, j) => c - first[j]), toward = camera.axes[2];
    let away = this.#away(camera, view, moved);
    const isMoved = away === null;
    const turned = this.sortedTowards?.reduce((sum, t, j) => sum + t * toward[j], 0) ?? -1;
    const isSorted = !isNew && !isMoved && turned > SORTED;
    if (!isSorted) {
      const { vertices, places, depth } = this;
      if (isMoved) for (let i = 0; i < places.length; i++) places[i] = vertices[i] - ((i & 3) < 3 ? moved[i & 3] : 0);
      for (let i = 0, v = 0; i < depth.length; i++, v += 4)
        depth[i] = places[v] * toward[0] + places[v + 1] * toward[1] + places[v + 2] * toward[2];
      for (const tubes of this.allTubes) tubes.sort(places, depth);
      this.sortedTowards = toward;
    }
    if (isMoved) {
      this.origin = moved;
      away = [0, 0, 0];
    }
    if (!isSorted || this.shown !== k) {
      const values = this.values.at(k);
      for (const tubes of this.allTubes) tubes.setValues(values);
    }
    if (isMoved || this.shown !== k) this.markers?.show(time, this.origin);
    this.shown = k;
    return [view.u_middle[0] - away[0], view.u_middle[1] + away[1]];
  }

  // From the origin of the places to the camera's center, pixels to the right, up and towards the viewer; null where the
  // origin has to move. `moved` is the center, µm from the first one.
  #away(camera, view, moved) {
    if (this.origin === null) return null;
    const { isPerspective } = this.description.camera, from = moved.map((m, j) => m - this.origin[j]);
    if (from.every((part) => part === 0)) return [0, 0, 0];
    const away = camera.axes.map((axis) => view.u_scale * axis.reduce((sum, a, j) => sum + a * from[j], 0));
    return isPerspective || Math.hypot(away[0], away[1]) > FARTHEST || Math.abs(away[2]) > 0.5 ? null : away;
  }

  // Give the segments of all batches consecutive numbers.
  #renumber() {
    let number = 0;
    for (const batch of this.allTubes.flatMap(({ batches }) => batches)) {
      batch.base = number;
      batch.isNumbered = false;
      number += batch.nInstances * batch.nEnds;
    }
  }

  // Blend a picture over the target.
  #blend(picture, opacity) {
    const { gl, sprite, size } = this;
    gl.disable(gl.DEPTH_TEST);
    sprite.set({ u_image: picture.color, u_opacity: opacity, u_box: [0, 0, ...size], u_size: size });
    sprite.draw(this.spriteArray, 1);
    gl.enable(gl.DEPTH_TEST);
  }

  // Multiply what is bound by an opacity, then put a colour behind it.
  #fade(opacity, behind) {
    const { gl, fill, size } = this;
    gl.disable(gl.DEPTH_TEST);
    for (const [color, factors] of [
      [[opacity, opacity, opacity, opacity], [gl.ZERO, gl.SRC_COLOR]],
      [behind, [gl.ONE_MINUS_DST_ALPHA, gl.ONE]],
    ]) {
      gl.blendFunc(...factors);
      fill.set({ u_color: color, u_box: [0, 0, ...size], u_size: size });
      fill.draw(this.fillArray, 1);
    }
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.enable(gl.DEPTH_TEST);
  }

  // Copy the target to the canvas, whose first row is the bottom one.
  #present() {
    const { gl, size: [width, height] } = this;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.target.framebuffer);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, null);
    gl.blitFramebuffer(0, 0, width, height, 0, height, width, 0, gl.COLOR_BUFFER_BIT, gl.NEAREST);
  }

  // The picture, RGBA row by row from the top.
  pixels() {
    return this.target.pixels(0, 0, ...this.size);
  }

  // Draw which segment is where, with its depth.
  #drawNumbers(view) {
    const { gl, description: { shaders } } = this;
    this.numberPrograms ??= Object.fromEntries(
      ["ribbon", "tube"].map((name) => [name, new Program(gl, name, shaders[name].vertex, shaders[name].numbered)]),
    );
    for (const tubes of this.allTubes) if (!tubes.description.outline) tubes.drawNumbers(this.numberPrograms, view);
  }

  // The site nearest to a pixel of the picture: { ends: two vertices, fraction, x, y }, or null.
  pick(x, y) {
    const { gl, size: [width, height] } = this;
    if (!this.view) return null;
    this.numbers ??= new Target(gl, width, height);
    const left = Math.max(Math.round(x) - PICKED, 0), top = Math.max(Math.round(y) - PICKED, 0);
    const right = Math.min(left + 2 * PICKED + 1, width), bottom = Math.min(top + 2 * PICKED + 1, height);
    if (right <= left || bottom <= top) return null;
    this.numbers.bind();
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(left, top, right - left, bottom - top);
    gl.disable(gl.BLEND);
    gl.enable(gl.DEPTH_TEST);
    gl.depthMask(true);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    this.#drawNumbers(this.view);
    gl.disable(gl.SCISSOR_TEST);
    const read = this.numbers.pixels(left, top, right - left, bottom - top);
    let best = null, nearest = Infinity;
    for (let k = 0; k < read.length / 4; k++) {
      const number = read[4 * k] + 256 * read[4 * k + 1] + 65536 * read[4 * k + 2] - 1;
      const px = left + (k % (right - left)), py = top + Math.floor(k / (right - left));
      const away = Math.hypot(px + 0.5 - x, py + 0.5 - y);
      if (number >= 0 && away < nearest) {
        nearest = away;
        best = { number, fraction: read[4 * k + 3] / 255, x: px + 0.5, y: py + 0.5 };
      }
    }
    if (!best || nearest > PICKED) return null;
    for (const tubes of this.allTubes) {
      const ends = tubes.endsOf(best.number);
      if (ends) return { ends, fraction: best.fraction, x: best.x, y: best.y };
    }
    return null;
  }
}
