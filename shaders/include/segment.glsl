// What tube.vert tells each pixel of a segment's image, and how much of the pixel the segment covers.
// Few and full vectors: on a software rasteriser each one costs about a millisecond per 14,000 segments.
//
// u_part         vec2   coverage of the pixels to draw: from x to below y
// u_pixel_depth  float  window depth of a pixel
// u_lighting     float  1: lit, 0: flat colour

flat in vec4 v_ends;   // start and end, pixels
flat in vec4 v_shape;  // span, rise, radii: pixels; see round_cone.glsl
flat in vec4 v_before; // far end of the segment before (pixels) and its radius there, -1: none; value at the start
flat in vec4 v_after;  // far end of the segment after and its radius there, -1: none; value at the end

uniform vec2 u_part;
uniform float u_pixel_depth;
uniform float u_lighting;

#include "round_cone.glsl"

const vec2 UNEVEN = vec2(0.0137, 0.0071); // pixels; keeps parting lines off the middles of whole rows and diagonals

vec2 direction(vec2 from, vec2 to)
{
    vec2 step = to - from;
    float size = length(step);
    return size > 1e-4 ? step / size : vec2(1.0, 0.0);
}

vec2 along_and_across(vec2 offset, vec2 axis)
{
    return vec2(dot(offset, axis), dot(offset, vec2(-axis.y, axis.x)));
}

// From (along, across) to the camera's right and up; pixels count downwards.
vec2 right_and_up(vec2 p, vec2 axis)
{
    return vec2(p.x * axis.x - p.y * axis.y, -(p.x * axis.y + p.y * axis.x));
}

// How far the pixel lies beyond the line through a joint that parts the images of the two segments that meet there:
// the bisector. Both compute it from the same three places in the same way, so that no pixel is drawn twice or by none.
// `otherwise` where there is no such line, because the neurite turns back sharply: there both draw their round end.
float beyond_joint(vec2 before, vec2 joint, vec2 after, float otherwise)
{
    vec2 bisector = direction(before, joint) + direction(joint, after);
    if (dot(bisector, bisector) < 0.09 || min(distance(before, joint), distance(joint, after)) < 1e-4) return otherwise;
    return dot(bisector, gl_FragCoord.xy + UNEVEN - joint);
}

// Signed distance from a neighbour's silhouette; its ends are given with their radii.
float distance_from(vec3 start, vec3 end)
{
    vec2 p = along_and_across(gl_FragCoord.xy - start.xy, direction(start.xy, end.xy));
    return silhouette(p, distance(start.xy, end.xy), vec2(start.z, end.z)).distance;
}

// True where the pixel lies beyond a joint and the neighbour there covers it as well: the neighbour draws it.
bool is_neighbours(float distance)
{
    float enough = distance + length(UNEVEN);
    vec3 start = vec3(v_ends.xy, v_shape.z), end = vec3(v_ends.zw, v_shape.w);
    if (v_before.z >= 0.0 && beyond_joint(v_before.xy, start.xy, end.xy, 1.0) < 0.0
        && distance_from(v_before.xyz, start) <= enough) return true;
    return v_after.z >= 0.0 && beyond_joint(start.xy, end.xy, v_after.xy, -1.0) >= 0.0
        && distance_from(end, v_after.xyz) <= enough;
}

bool is_drawn(float coverage)
{
    return coverage >= u_part.x && coverage < u_part.y;
}

// What is covered in part hides less: it steps back (pixels), so that what lies close behind shows through even when
// it is drawn later (segments are ordered by their middles).
float step_back(float coverage, float radius)
{
    return 2.0 * (1.0 - coverage) * (abs(v_shape.y) + radius);
}

// 0 for what is too thin to show a round surface, 1 for what shows it fully.
float roundness(float radius)
{
    return smoothstep(0.6, 2.5, radius);
}
