// What tube.vert tells each pixel of a segment's image, and how much of the pixel the segment covers.
//
// u_part       vec2   coverage of the pixels to draw: from x to below y

flat in vec4 v_axis;   // start (pixels), direction of the segment's image (unit)
flat in vec4 v_shape;  // span, rise, radii: pixels; see round_cone.glsl
flat in vec3 v_from;   // the image is the segment's before where dot(v_from, (pixel, 1)) < 0
flat in vec3 v_until;  // ... and the one's after where dot(v_until, (pixel, 1)) >= 0
flat in vec3 v_before; // far end of the segment before, and its radius there: pixels
flat in vec3 v_after;  // far end of the segment after
flat in vec2 v_depth;  // window depth of the start, and what a pixel towards the viewer adds to it
flat in vec2 v_values; // in the recording's unit, at start and end

uniform vec2 u_part;

#include "round_cone.glsl"

vec2 along_and_across(vec2 offset, vec2 axis)
{
    return vec2(dot(offset, axis), dot(offset, vec2(-axis.y, axis.x)));
}

// From (along, across) to the camera's right and up; pixels count downwards.
vec2 right_and_up(vec2 p)
{
    return vec2(p.x * v_axis.z - p.y * v_axis.w, -(p.x * v_axis.w + p.y * v_axis.z));
}

// Signed distance from a neighbour's silhouette; its ends are given with their radii.
float distance_from(vec3 start, vec3 end, vec2 pixel)
{
    float span = distance(start.xy, end.xy);
    vec2 axis = span > 1e-4 ? (end.xy - start.xy) / span : vec2(1.0, 0.0);
    return silhouette(along_and_across(pixel - start.xy, axis), span, vec2(start.z, end.z)).distance;
}

// True where the pixel lies beyond a joint and the neighbour there covers it at least as well: it draws it.
bool is_neighbours(float distance)
{
    vec3 pixel = vec3(gl_FragCoord.xy, 1.0);
    vec3 start = vec3(v_axis.xy, v_shape.z), end = vec3(v_axis.xy + v_shape.x * v_axis.zw, v_shape.w);
    return (dot(v_from, pixel) < 0.0 && distance_from(v_before, start, pixel.xy) <= distance)
        || (dot(v_until, pixel) >= 0.0 && distance_from(end, v_after, pixel.xy) <= distance);
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
