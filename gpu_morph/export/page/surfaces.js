// Surfaces: what is around the cell, in a picture of what is behind the cell and one of what is before it. See
// render/gpu/surfaces.py.

const SAMPLES = 4; // of a pixel

class Surfaces {
  constructor(gl, description, shaders, arrays) {
    Object.assign(this, { gl, description, size: [0, 0], shown: null, moved: null, sortedTowards: null });
    for (const name of ["positions", "normals", "solid", "translucent", "opacity", "colors"])
      this[name] = arrays.get(description[name]);
    this.program = new Program(gl, "mesh", shaders.mesh.vertex, shaders.mesh.fragment);
    this.vertices = new Buffer(gl);
    this.shades = new Buffer(gl);
    const groups = [
      { buffer: this.vertices, fields: [["a_position", 3], ["a_normal", 3]], perInstance: false },
      { buffer: this.shades, fields: [["a_color", 4]], perInstance: false },
    ];
    this.arrays = [this.solid, this.translucent].map((faces) => new VertexArray(gl, this.program, groups, faces));
  }

  resize(width, height) {
    if (this.size[0] === width && this.size[1] === height) return;
    this.delete();
    const { gl } = this, samples = Math.min(SAMPLES, gl.getParameter(gl.MAX_SAMPLES));
    this.size = [width, height];
    const layer = (attachment, format) => {
      const made = gl.createRenderbuffer();
      gl.bindRenderbuffer(gl.RENDERBUFFER, made);
      gl.renderbufferStorageMultisample(gl.RENDERBUFFER, samples, format, width, height);
      gl.framebufferRenderbuffer(gl.FRAMEBUFFER, attachment, gl.RENDERBUFFER, made);
      return made;
    };
    this.smooth = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.smooth);
    this.layers = [
      layer(gl.COLOR_ATTACHMENT0, gl.RGBA8), layer(gl.COLOR_ATTACHMENT1, gl.RGBA8),
      layer(gl.DEPTH_ATTACHMENT, gl.DEPTH_COMPONENT24),
    ];
    this.behind = new Target(gl, width, height);
    this.before = new Target(gl, width, height);
    this.cell = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.cell);
    this.cellColor = texture(gl, { width, height, channels: 4 });
    this.cellDepth = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.cellDepth);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.DEPTH_COMPONENT24, width, height, 0, gl.DEPTH_COMPONENT, gl.UNSIGNED_INT, null);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.cellColor, 0);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, this.cellDepth, 0);
  }

  // Draw both pictures; `drawCell` draws the depths of the cell into what is bound, `moved` is the camera's center, µm
  // from the first one.
  draw(view, background, moved, k, drawCell) {
    const { gl, size: [width, height], description, program } = this;
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.cell);
    gl.viewport(0, 0, width, height);
    gl.disable(gl.BLEND);
    gl.enable(gl.DEPTH_TEST);
    gl.disable(gl.SCISSOR_TEST);
    gl.depthMask(true);
    gl.depthFunc(gl.LEQUAL);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    drawCell();
    this.#place(moved);
    this.#color(k);
    this.#sort(view.u_axes.slice(6));
    program.set({
      ...view, ...description.uniforms, u_background: background, u_cell_depth: this.cellDepth,
      u_surface_half_depth: this.#halfDepth(view, moved),
    });
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.smooth);
    gl.viewport(0, 0, width, height);
    gl.drawBuffers([gl.COLOR_ATTACHMENT0, gl.COLOR_ATTACHMENT1]);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    if (this.solid.length) program.draw(this.arrays[0], 1);
    gl.depthMask(false);
    if (this.translucent.length) program.draw(this.arrays[1], 1);
    gl.depthMask(true);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.smooth);
    [this.behind, this.before].forEach((target, which) => {
      gl.readBuffer(gl.COLOR_ATTACHMENT0 + which);
      gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, target.framebuffer);
      gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    });
  }

  // Half the range of depths, pixels. As render/gpu/view.py has it.
  #halfDepth(view, moved) {
    const extent = this.description.extent + Math.hypot(...moved), near = view.u_inverse_eye_distance;
    const far = extent * near;
    const depth = near > 0 ? Math.max(-Math.log(Math.max(1 - far, 1e-3)), Math.log(1 + far)) / near : extent;
    return Math.max(1.01 * depth, 1e-6) * view.u_scale;
  }

  // Positions relative to the camera's center.
  #place(moved) {
    if (this.moved?.every((m, j) => m === moved[j])) return;
    const { positions, normals } = this, data = new Float32Array(2 * positions.length);
    for (let v = 0; v < positions.length / 3; v++)
      for (let j = 0; j < 3; j++) {
        data[6 * v + j] = positions[3 * v + j] - moved[j];
        data[6 * v + 3 + j] = normals[3 * v + j];
      }
    this.vertices.upload(data);
    this.moved = moved;
  }

  #color(k) {
    const { description: { nTimes }, colors, opacity } = this, row = Math.min(k, nTimes - 1);
    if (row === this.shown) return;
    const data = new Float32Array(4 * opacity.length);
    for (let v = 0; v < opacity.length; v++) {
      for (let j = 0; j < 3; j++) data[4 * v + j] = colors[3 * (nTimes * v + row) + j] / 255;
      data[4 * v + 3] = opacity[v];
    }
    this.shades.upload(data);
    this.shown = row;
  }

  // Translucent triangles from far to near.
  #sort(toward) {
    const turned = this.sortedTowards?.reduce((sum, t, j) => sum + t * toward[j], 0) ?? -1;
    if (turned > SORTED || !this.translucent.length) return;
    const { gl, positions, translucent } = this, n = translucent.length / 3, keys = new Float32Array(n);
    for (let f = 0; f < n; f++)
      for (let c = 0; c < 3; c++)
        for (let j = 0; j < 3; j++) keys[f] += positions[3 * translucent[3 * f + c] + j] * toward[j];
    const order = new Uint32Array(n).map((_, f) => f).sort((a, b) => keys[a] - keys[b]);
    const sorted = new Uint32Array(3 * n);
    order.forEach((f, at) => sorted.set(translucent.subarray(3 * f, 3 * f + 3), 3 * at));
    gl.bindVertexArray(this.arrays[1].array);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, sorted, gl.DYNAMIC_DRAW);
    gl.bindVertexArray(null);
    this.sortedTowards = toward;
  }

  delete() {
    if (!this.smooth) return;
    const { gl } = this;
    for (const target of [this.behind, this.before]) target.delete();
    for (const layer of this.layers) gl.deleteRenderbuffer(layer);
    for (const made of [this.cellColor, this.cellDepth]) gl.deleteTexture(made);
    for (const framebuffer of [this.smooth, this.cell]) gl.deleteFramebuffer(framebuffer);
    this.smooth = null;
  }
}
