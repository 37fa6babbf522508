// Programs, buffers and pictures in WebGL 2.

class Program {
  constructor(gl, name, vertex, fragment) {
    Object.assign(this, { gl, name, textures: new Map(), unset: new Set() });
    this.program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(this.program, shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost())
        throw new Error(`shader ${name}: ${gl.getShaderInfoLog(shader)}`);
    }
    gl.linkProgram(this.program);
    if (!gl.getProgramParameter(this.program, gl.LINK_STATUS) && !gl.isContextLost())
      throw new Error(`shader ${name}: ${gl.getProgramInfoLog(this.program)}`);
    this.uniforms = new Map();
    for (let k = 0; k < gl.getProgramParameter(this.program, gl.ACTIVE_UNIFORMS); k++) {
      const info = gl.getActiveUniform(this.program, k);
      this.uniforms.set(info.name, { type: info.type, location: gl.getUniformLocation(this.program, info.name) });
      this.unset.add(info.name);
    }
    this.attributes = new Map();
    for (let k = 0; k < gl.getProgramParameter(this.program, gl.ACTIVE_ATTRIBUTES); k++) {
      const info = gl.getActiveAttrib(this.program, k);
      this.attributes.set(info.name, gl.getAttribLocation(this.program, info.name));
    }
  }

  // Set uniforms; those that the program does not use are ignored. A texture is an object of WebGL.
  set(values) {
    const { gl } = this;
    gl.useProgram(this.program);
    for (const [name, value] of Object.entries(values)) {
      const uniform = this.uniforms.get(name);
      if (!uniform) continue;
      this.unset.delete(name);
      const { location, type } = uniform;
      if (value instanceof WebGLTexture) {
        if (!this.textures.has(name)) gl.uniform1i(location, this.textures.size);
        this.textures.set(name, value);
      } else if (type === gl.FLOAT) gl.uniform1f(location, value);
      else if (type === gl.FLOAT_VEC2) gl.uniform2fv(location, value);
      else if (type === gl.FLOAT_VEC3) gl.uniform3fv(location, value);
      else if (type === gl.FLOAT_VEC4) gl.uniform4fv(location, value);
      else if (type === gl.FLOAT_MAT3) gl.uniformMatrix3fv(location, false, value);
      else if (type === gl.INT) gl.uniform1i(location, value);
      else if (type === gl.INT_VEC2) gl.uniform2iv(location, value);
      else throw new Error(`shader ${this.name}: uniform ${name} has a type that is not known`);
    }
  }

  draw(array, nInstances) {
    const { gl } = this;
    if (this.unset.size) throw new Error(`shader ${this.name}: not set: ${[...this.unset].join(", ")}`);
    gl.useProgram(this.program);
    [...this.textures.values()].forEach((texture, unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, texture);
    });
    gl.bindVertexArray(array.array);
    gl.drawElementsInstanced(gl.TRIANGLES, array.nIndices, gl.UNSIGNED_INT, 0, nInstances);
    gl.bindVertexArray(null);
  }
}

class Buffer {
  constructor(gl, data) {
    this.gl = gl;
    this.buffer = gl.createBuffer();
    if (data) this.upload(data);
  }

  upload(data) {
    const { gl } = this;
    gl.bindVertexArray(null);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
  }

  delete() {
    this.gl.deleteBuffer(this.buffer);
  }
}

// A vertex array: groups of interleaved float attributes, each { buffer, fields: [[name, size], ...], perInstance }.
class VertexArray {
  constructor(gl, program, groups, triangles) {
    this.gl = gl;
    this.nIndices = triangles.length;
    this.array = gl.createVertexArray();
    this.indices = gl.createBuffer();
    gl.bindVertexArray(this.array);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.indices);
    gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, triangles, gl.STATIC_DRAW);
    const missing = new Set(program.attributes.keys());
    for (const { buffer, fields, perInstance } of groups) {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer.buffer);
      const stride = 4 * fields.reduce((sum, [, size]) => sum + size, 0);
      let offset = 0;
      for (const [name, size] of fields) {
        const location = program.attributes.get(name);
        missing.delete(name);
        if (location !== undefined) {
          gl.enableVertexAttribArray(location);
          gl.vertexAttribPointer(location, size, gl.FLOAT, false, stride, offset);
          gl.vertexAttribDivisor(location, perInstance ? 1 : 0);
        }
        offset += 4 * size;
      }
    }
    gl.bindVertexArray(null);
    if (missing.size) throw new Error(`shader ${program.name}: no data for ${[...missing].join(", ")}`);
  }

  delete() {
    this.gl.deleteVertexArray(this.array);
    this.gl.deleteBuffer(this.indices);
  }
}

// The pixels of a width of 1, and how many times larger a picture is drawn than one of 1,080 pixels. As
// scene/picture_unit.py and render/supersampling.py have it.
function widthsOf({ least, whole, short, long, most }, width, height) {
  const shorter = Math.min(width, height), longer = Math.max(width, height);
  const unit = Math.max(
    least, Math.min(1, whole / shorter), short * shorter, Math.min(long * longer, most * shorter),
  );
  return { unit, magnification: Math.max(1, unit) };
}

// Uniforms for a picture with such widths.
function scaled({ fixed, inPixels, ofPixel }, { unit, magnification }) {
  const all = { ...fixed };
  for (const [name, value] of Object.entries(inPixels)) all[name] = value * unit;
  for (const [name, value] of Object.entries(ofPixel)) all[name] = value / magnification;
  return all;
}

// A texture of bytes (3 or 4 channels), of floats (1 channel), of half floats ("light") or of depths ("depth"), read texel by
// texel.
function texture(gl, { width, height, channels, texels }) {
  const made = gl.createTexture();
  const [internal, format, type] = {
    1: [gl.R32F, gl.RED, gl.FLOAT],
    3: [gl.RGB8, gl.RGB, gl.UNSIGNED_BYTE],
    4: [gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE],
    light: [gl.RGBA16F, gl.RGBA, gl.HALF_FLOAT],
    depth: [gl.DEPTH_COMPONENT24, gl.DEPTH_COMPONENT, gl.UNSIGNED_INT],
  }[channels];
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, name, gl.NEAREST);
  for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, name, gl.CLAMP_TO_EDGE);
  gl.texImage2D(gl.TEXTURE_2D, 0, internal, width, height, 0, format, type, texels ?? null);
  return made;
}

// A picture that is drawn into: RGBA with 8 bits each, or light, and depth with 24, which can be a texture. Its first row is
// the picture's top row.
class Target {
  constructor(gl, width, height, channels = 4, depth = "buffer") {
    Object.assign(this, { gl, width, height, readsDepth: depth === "depth" });
    this.color = texture(gl, { width, height, channels });
    this.framebuffer = gl.createFramebuffer();
    this.bind();
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.color, 0);
    if (this.readsDepth) {
      this.depth = texture(gl, { width, height, channels: "depth" });
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.TEXTURE_2D, this.depth, 0);
      return;
    }
    this.depth = gl.createRenderbuffer();
    gl.bindRenderbuffer(gl.RENDERBUFFER, this.depth);
    gl.renderbufferStorage(gl.RENDERBUFFER, gl.DEPTH_COMPONENT24, width, height);
    gl.framebufferRenderbuffer(gl.FRAMEBUFFER, gl.DEPTH_ATTACHMENT, gl.RENDERBUFFER, this.depth);
  }

  bind() {
    this.gl.bindFramebuffer(this.gl.FRAMEBUFFER, this.framebuffer);
    this.gl.viewport(0, 0, this.width, this.height);
  }

  // Draw into it from the depths on that another target has now.
  bindWithDepthOf(other) {
    const { gl, width, height } = this;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, other.framebuffer);
    gl.bindFramebuffer(gl.DRAW_FRAMEBUFFER, this.framebuffer);
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.DEPTH_BUFFER_BIT, gl.NEAREST);
    this.bind();
  }

  pixels(x, y, width, height) {
    const { gl } = this, read = new Uint8Array(4 * width * height);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, this.framebuffer);
    gl.readPixels(x, y, width, height, gl.RGBA, gl.UNSIGNED_BYTE, read);
    return read;
  }

  delete() {
    this.gl.deleteFramebuffer(this.framebuffer);
    if (this.readsDepth) this.gl.deleteTexture(this.depth);
    else this.gl.deleteRenderbuffer(this.depth);
    this.gl.deleteTexture(this.color);
  }
}

const QUAD = { corners: new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), triangles: new Uint32Array([0, 1, 2, 2, 1, 3]) };
const UNIT_QUAD = { ...QUAD, corners: QUAD.corners.map((c) => (c + 1) / 2) };
