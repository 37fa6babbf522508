// The camera: from world coordinates to pixels and clip coordinates. Pixels count from the image's upper left corner,
// y down. The image is drawn upside down, so that gl_FragCoord counts the same way and the top row is read back first.
//
// u_axes                  mat3   columns: the camera's right, up and toward-the-viewer axes, unit vectors
// u_size                  vec2   image size, pixels
// u_middle                vec2   pixel at which the camera's center appears
// u_scale                 float  pixels per µm at the camera's center
// u_inverse_eye_distance  float  1/µm; 0 for an orthographic camera
// u_half_depth            float  half the range of depths that is drawn, pixels
// u_lens                  vec2   to the right of the eye and above it, µm: the point of a lens that sees the picture

uniform mat3 u_axes;
uniform vec2 u_size;
uniform vec2 u_middle;
uniform float u_scale;
uniform float u_inverse_eye_distance;
uniform float u_half_depth;
uniform vec2 u_lens;

// The image of a sphere.
struct Ball {
    vec2 center;  // pixels
    float radius; // pixels; in perspective at a right angle to the direction from the image's middle
    vec2 stretch; // the image is an ellipse: along this vector it is wider by the factor sqrt(1 + its squared length)
};

// `position` is relative to the camera's center, µm. In the camera's axes, as the eye or a point of the lens has it.
vec3 to_view(vec3 position)
{
    return position * u_axes - vec3(u_lens, 0.0);
}

#include "orthographic_view.glsl"

// `position` is relative to the camera's center, µm. xy: pixels; z: depth towards the viewer, pixels; w: pixels per µm
// at that depth, 0 or less behind the eye.
vec4 to_pixels(vec3 position)
{
    vec3 view = to_view(position);
    float shrink = 1.0 - view.z * u_inverse_eye_distance;
    float scale = u_scale / max(shrink, 1e-6);
    return vec4(u_middle + vec2(view.x, -view.y) * scale, depth_of(view) * u_scale, shrink > 0.02 ? scale : -1.0);
}

// Clip coordinates of a pixel at a depth (pixels towards the viewer).
vec4 to_clip(vec2 pixel, float depth)
{
    return vec4(2.0 * pixel / u_size - 1.0, -depth / u_half_depth, 1.0);
}

// How much wider the image of a sphere is across a line than its radius: the line through the images of two positions,
// relative to the camera's center, µm.
float widening_across(Ball ball, vec3 last, vec3 next)
{
    vec2 step = to_pixels(next).xy - to_pixels(last).xy;
    return widening(ball.stretch, vec2(-step.y, step.x) / max(length(step), 1e-4));
}
