// Functions that the fragment shaders of segments share.
//
// u_depth_per_pixel  float  window depth of one pixel of depth
// u_lighting         float  1: lit, 0: flat colours
// u_origin           vec2   pixel of the image at which gl_FragCoord is (0, 0): a box of the image may be drawn alone
// u_surface          float  above 0: only the surface's depth counts: edges with this coverage or more are whole pixels,
//                           at the surface's depth
// u_glow             vec2   brightness at the lower and at the upper end of u_clim; (0, 0): tubes are surfaces
// u_pixel            float  size of a pixel that is drawn, in pixels of the picture: below 1 with supersampling

uniform float u_depth_per_pixel;
uniform float u_lighting;
uniform vec2 u_origin;
uniform float u_pixel;
uniform float u_surface;
uniform vec2 u_glow;

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

// Depth, pixels, by which a partly covered fragment is moved away from the viewer: the less coverage, the more. A tube
// close behind then shows through the edge even if it is drawn later, since instances are only sorted by their middles.
// `rise`: see round_cone.glsl.
float edge_setback(float coverage, float rise, float radius)
{
    float missing = 1.0 - coverage;
    if (u_surface > 0.0) return 0.0;
    return 4.0 * missing * missing * (abs(rise) + radius);
}

// Weight of the light, of a radius in pixels: 0 for a tube too thin to show a round surface, 1 for one that shows it.
float roundness(float radius)
{
    return smoothstep(0.6, 2.5, radius * u_pixel);
}
