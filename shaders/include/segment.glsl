// What the pixels of segments have in common.
//
// u_pixel_depth  float  window depth of a pixel
// u_lighting     float  1: lit, 0: flat colour
// u_corner       vec2   the picture's pixel that gl_FragCoord counts from

uniform float u_pixel_depth;
uniform float u_lighting;
uniform vec2 u_corner;

// Middle of the pixel, counted in the picture, of which a part may be drawn by itself.
vec2 pixel()
{
    return gl_FragCoord.xy + u_corner;
}

#include "round_cone.glsl"
#include "parting.glsl"

// From (along, across) to the camera's right and up; pixels count downwards.
vec2 right_and_up(vec2 p, vec2 axis)
{
    return vec2(p.x * axis.x - p.y * axis.y, -(p.x * axis.y + p.y * axis.x));
}

// What is covered in part hides less: it steps back (pixels), so that what lies close behind shows through even when
// it is drawn later (what is drawn at once is ordered by its middle), the faintest by far the most. `rise` is the segment's.
float step_back(float coverage, float rise, float radius)
{
    float missing = 1.0 - coverage;
    return 4.0 * missing * missing * (abs(rise) + radius);
}

// 0 for what is too thin to show a round surface, 1 for what shows it fully.
float roundness(float radius)
{
    return smoothstep(0.6, 2.5, radius);
}
