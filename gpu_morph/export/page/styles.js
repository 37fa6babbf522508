// The styles "glow" and "cover": what makes the picture of what was drawn. See render/gpu/glowing.py and shadowing.py.

// A fragment shader that is run once for each pixel of what is bound.
class FullPass {
  constructor(gl, name, { vertex, fragment }) {
    this.gl = gl;
    this.program = new Program(gl, name, vertex, fragment);
    const corners = { buffer: new Buffer(gl, QUAD.corners), fields: [["a_corner", 2]], perInstance: false };
    this.array = new VertexArray(gl, this.program, [corners], QUAD.triangles);
  }

  draw(uniforms, blends = false) {
    const { gl } = this;
    gl.disable(gl.DEPTH_TEST);
    if (blends) gl.enable(gl.BLEND);
    else gl.disable(gl.BLEND);
    this.program.set(uniforms);
    this.program.draw(this.array, 1);
  }
}

// Light that is added up in `stage`.
class Glowing {
  constructor(gl, { rows, widths, weights }, shaders) {
    if (!gl.getExtension("EXT_color_buffer_float") && !gl.getExtension("EXT_color_buffer_half_float"))
      throw new Error("This browser's WebGL cannot add up light: another browser or driver shows the page.");
    Object.assign(this, { gl, rows, widths, weights, stage: null, small: [] });
    const pass = (name) => new FullPass(gl, name, shaders[name]);
    [this.shrink, this.blur, this.show] = ["average", "glow_blur", "glow_picture"].map(pass);
    const programs = ["ribbon", "tube"].map((name) => [name, new Program(gl, name, shaders[name].vertex, shaders[name].light)]);
    this.programs = Object.fromEntries(programs);
  }

  resize(width, height) {
    for (const target of [this.stage, ...this.small]) target?.delete();
    this.block = Math.max(1, Math.round(height / this.rows));
    this.stage = new Target(this.gl, width, height, "light");
    const sides = [width, height].map((side) => Math.ceil(side / this.block));
    this.small = [0, 1].map(() => new Target(this.gl, ...sides, "light"));
  }

  // Draw the light of tubes: thin ones add up; of thick ones, which overlap themselves, the brightest is seen.
  begin() {
    const { gl } = this;
    this.stage.bind();
    gl.disable(gl.SCISSOR_TEST);
    gl.disable(gl.DEPTH_TEST);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE);
    gl.depthMask(false);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
  }

  // Draw the picture of the light into a target; `drawBehind` draws what is behind it, or is null.
  finish(target, background, drawBehind) {
    const { gl, small: [first, second], stage, block, widths, weights } = this;
    first.bind();
    this.shrink.draw({ u_picture: stage.color, u_factor: block });
    for (const [step, from, to] of [[[1, 0], first, second], [[0, 1], second, first]]) {
      to.bind();
      this.blur.draw({ u_picture: from.color, u_step: step, u_widths: widths, u_weights: weights });
    }
    target.bind();
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    if (drawBehind) {
      gl.clearColor(...background, 1);
      gl.clear(gl.COLOR_BUFFER_BIT);
      gl.enable(gl.BLEND);
      drawBehind();
    }
    this.show.draw({
      u_picture: stage.color, u_blurred: first.color, u_factor: 1, u_block: block,
      u_background: drawBehind ? [0, 0, 0, 0] : [...background, 1],
    }, Boolean(drawBehind));
  }
}

// Surfaces in `stage` that are darker where little light reaches them, and beside what passes in front of them.
class Shadowing {
  constructor(gl, { radius, line }, shaders) {
    Object.assign(this, { gl, radius, line, stage: null });
    [this.occlusion, this.cover] = ["occlusion", "cover"].map((name) => new FullPass(gl, name, shaders[name]));
    const programs = ["ribbon", "tube"].map((name) => [name, new Program(gl, name, shaders[name].vertex, shaders[name].surface)]);
    this.programs = Object.fromEntries(programs);
  }

  resize(width, height) {
    const { gl } = this;
    for (const target of [this.stage, this.occluded, this.surface]) target?.delete();
    this.stage = new Target(gl, width, height);
    this.occluded = new Target(gl, width, height);
    this.surface = new Target(gl, width, height, 4, "depth");
  }

  // Draw the picture of the stage into a target; `drawSurface` draws the depths of the cell.
  finish(target, background, halfDepth, drawSurface) {
    const { gl, stage, surface, occluded } = this, { height } = stage;
    surface.bind();
    gl.enable(gl.DEPTH_TEST);
    gl.disable(gl.BLEND);
    gl.depthMask(true);
    gl.clear(gl.DEPTH_BUFFER_BIT);
    drawSurface();
    const shared = { u_depth: surface.depth, u_depth_scale: 2 * halfDepth, u_radius: this.radius * height };
    occluded.bind();
    this.occlusion.draw({ ...shared, u_origin: [0, 0] });
    target.bind();
    this.cover.draw({
      ...shared, u_picture: stage.color, u_occlusion: occluded.color, u_factor: 1,
      u_line: Math.max(1, this.line * height), u_background: [...background, 1],
    });
  }
}
