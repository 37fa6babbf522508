// From world to pixels. Pixels count from the image's upper left corner, y down, as gl_FragCoord does
// here: the image is drawn upside down, so that its first row is the first one read back.
//
// u_axes       mat3   columns: the camera's right, up and toward-the-viewer axes (unit vectors)
// u_size       vec2   image size, pixels
// u_middle     vec2   pixel at which the camera's center appears
// u_scale      float  pixels per µm at the camera's center
// u_nearness   float  1 / eye distance, 1/µm; 0 for an orthographic camera
// u_depth      float  half the range of depths drawn, pixels

uniform mat3 u_axes;
uniform vec2 u_size;
uniform vec2 u_middle;
uniform float u_scale;
uniform float u_nearness;
uniform float u_depth;

// xy: pixels; z: depth towards the viewer, pixels; w: pixels per µm at that depth, 0 or less behind the eye.
// In perspective a µm of depth has more pixels near the eye, as one across has: z is the integral of w, so that a
// sphere's image is as deep as it is wide wherever it lies.
// `place` is relative to the camera's center, µm.
vec4 to_pixels(vec3 place)
{
    vec3 view = place * u_axes;
    float shrink = 1.0 - view.z * u_nearness;
    float scale = u_scale / max(shrink, 1e-6);
    float depth = u_nearness > 0.0 ? -log(max(shrink, 1e-6)) / u_nearness : view.z;
    return vec4(u_middle + vec2(view.x, -view.y) * scale, depth * u_scale, shrink > 1e-3 ? scale : -1.0);
}

// Clip coordinates of a place given by its pixel and its depth (pixels towards the viewer).
vec4 to_clip(vec2 pixel, float depth)
{
    return vec4(2.0 * pixel / u_size - 1.0, -depth / u_depth, 1.0);
}
