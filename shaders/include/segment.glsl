// Functions that the fragment shaders of segments share.
//
// u_depth_per_pixel  float  window depth of one pixel of depth
// u_lighting         float  1: lit, 0: flat colours
// u_origin           vec2   pixel of the image at which gl_FragCoord is (0, 0): a box of the image may be drawn alone
// u_pixel            float  size of a pixel that is drawn, in pixels of a picture 1,080 high, or of the picture if that is smaller

uniform float u_depth_per_pixel;
uniform float u_lighting;
uniform vec2 u_origin;
uniform float u_pixel;

// Center of the fragment's pixel, counted in the whole image.
vec2 pixel()
{
    return gl_FragCoord.xy + u_origin;
}

#include "round_cone.glsl"
#include "overlap.glsl"

// From (along, across) `axis` to the camera's right and up; pixels count downwards.
vec2 right_and_up(vec2 p, vec2 axis)
{
    return vec2(p.x * axis.x - p.y * axis.y, -(p.x * axis.y + p.y * axis.x));
}

// Weight of the light, of a radius in pixels: 0 for a tube too thin to show a round surface, 1 for one that shows it.
float roundness(float radius)
{
    return smoothstep(0.6, 2.5, radius * u_pixel);
}
