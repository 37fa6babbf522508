// Camera: as scene/camera.py has it, with the uniforms of view.glsl. Lengths are µm, angles degrees.

const RADIANS = Math.PI / 180;

class Camera {
  constructor(description) {
    this.first = description;
    this.reset();
  }

  // The first view. A height of null is fitted to the picture.
  reset() {
    const { azim, elev, roll, center, shift, height } = this.first;
    Object.assign(this, { azim, elev, roll, center: [...center], shift: [...shift], height, zoom: 1 });
  }

  // Height of the picture at the center.
  heightFor(width, height) {
    const { along, across } = this.first;
    const whole = this.height ?? Math.max(along, across[0] * (height / width) + across[1], 1e-3);
    return whole / this.zoom;
  }

  // Unit vectors to the right, upwards and towards the viewer.
  get axes() {
    const [azim, elev, roll] = [this.azim, this.elev, this.roll].map((angle) => angle * RADIANS);
    const right = [-Math.sin(azim), Math.cos(azim), 0];
    const toward = [Math.cos(elev) * Math.cos(azim), Math.cos(elev) * Math.sin(azim), Math.sin(elev)];
    const up = [
      -toward[2] * right[1],
      toward[2] * right[0],
      toward[0] * right[1] - toward[1] * right[0],
    ];
    const cos = Math.cos(roll), sin = Math.sin(roll), { basis } = this.first;
    const rolled = [right.map((r, k) => cos * r - sin * up[k]), right.map((r, k) => sin * r + cos * up[k]), toward];
    return rolled.map((axis) => [0, 1, 2].map((k) => axis.reduce((sum, a, j) => sum + a * basis[j][k], 0)));
  }

  turn(azim, elev) {
    this.azim += azim;
    const turned = this.elev + elev;
    this.elev = Math.abs(turned) > 90 && Math.abs(this.elev) <= 90 ? 90 * Math.sign(turned) : turned;
  }

  // Move the picture by pixels, to the right and down.
  move(right, down, width, height) {
    const pixel = this.heightFor(width, height) / height, [x, y] = this.axes;
    this.center = this.center.map((c, k) => c - pixel * (right * x[k] - down * y[k]));
  }

  // Zoom by a factor about a pixel, which keeps its place.
  zoomAbout(factor, x, y, width, height) {
    const zoom = Math.min(Math.max(this.zoom * factor, 0.05), 2000), actual = zoom / this.zoom;
    const [middleX, middleY] = this.middle(width, height);
    this.zoom = zoom;
    this.move((x - middleX) * (1 - actual), (y - middleY) * (1 - actual), width, height);
  }

  middle(width, height) {
    return [(0.5 + this.shift[0]) * width, (0.5 + this.shift[1]) * height];
  }

  // The uniforms of view.glsl and segment.glsl; `extent` is the distance of the farthest point from the first center.
  uniforms(width, height, extent) {
    const picture = this.heightFor(width, height), scale = height / picture;
    const eye = this.first.isPerspective ? picture / (2 * Math.tan((this.first.fov * RADIANS) / 2)) : Infinity;
    const moved = Math.hypot(...this.center.map((c, k) => c - this.first.center[k]));
    let depth = extent + moved;
    if (this.first.isPerspective) {
      const far = depth / eye;
      depth = eye * Math.max(-Math.log(Math.max(1 - far, 1e-3)), Math.log(1 + far));
    }
    const halfDepth = Math.max(1.01 * depth, 1e-6) * scale;
    return {
      u_axes: this.axes.flat(),
      u_size: [width, height],
      u_middle: this.middle(width, height),
      u_lens: [0, 0], // there is no depth of field
      u_scale: scale,
      u_inverse_eye_distance: 1 / eye,
      u_half_depth: halfDepth,
      u_depth_per_pixel: 0.5 / halfDepth,
      u_origin: [0, 0],
    };
  }

  // The pixel at which a point appears, µm from the first center; null behind the eye. As view.glsl has it.
  project(point, width, height) {
    const picture = this.heightFor(width, height), scale = height / picture, { first } = this;
    const from = point.map((p, k) => p + first.center[k] - this.center[k]);
    const [right, up, toward] = this.axes.map((axis) => axis.reduce((sum, a, k) => sum + a * from[k], 0));
    const eye = first.isPerspective ? picture / (2 * Math.tan((first.fov * RADIANS) / 2)) : Infinity;
    const shrink = 1 - toward / eye, [x, y] = this.middle(width, height);
    return shrink > 1e-3 ? [x + (right * scale) / shrink, y - (up * scale) / shrink] : null;
  }

  // µm of a pixel where the cell is nearest to the eye.
  nearestPixel(width, height, extent) {
    const picture = this.heightFor(width, height), pixel = picture / height;
    if (!this.first.isPerspective) return pixel;
    const eye = picture / (2 * Math.tan((this.first.fov * RADIANS) / 2));
    return pixel * Math.max(1 - extent / eye, 0.02);
  }

  // The view as a line of Python.
  code(width, height) {
    const round = (number, digits) => Number(number.toFixed(digits));
    const center = this.center.map((c) => round(c, 2)).join(", ");
    const shift = this.shift.some((s) => s) ? `, shift=(${this.shift.map((s) => round(s, 4)).join(", ")})` : "";
    const perspective = this.first.isPerspective ? `, projection="perspective", fov=${this.first.fov}` : "";
    return (
      `gm.Camera(azim=${round(this.azim, 2)}, elev=${round(this.elev, 2)}, roll=${round(this.roll, 2)}, ` +
      `center=(${center}), height=${round(this.heightFor(width, height), 2)}${shift}${perspective}${this.first.up})`
    );
  }
}
