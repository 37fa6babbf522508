#version 330
// A ribbon: up to four consecutive segments, each a few pixels wide or less, as one quad that faces the viewer.
//
// Per vertex of the template:
// a_corner             vec2   -1 or 1 along, -1 or 1 across
// Per instance; xyz relative to the camera's center and radius, µm; see ribbons() in render/geometry:
// a_before             vec4   vertex before the first; equal to the first: round end; to the second: flat end
// a_vertex_0, a_vertex_1, a_vertex_2, a_vertex_3, a_vertex_4  vec4  ends of the segments
// a_after              vec4   vertex after the last; equal to the last: round end; to the last but one: flat end
// a_values             vec4   at the first four vertices, in the recording's unit
// a_last_value         float  at the last vertex
// To the fragments:
// v_vertices[5]        vec4   x, y, radius, depth, pixels; a radius below 0: behind the eye
// v_before             vec4   vertex before the first: x, y, radius, pixels (or as end_or_radius() has it); w: last value
// v_after              vec3   vertex after the last: x, y, radius, pixels (radius -1: round end, -2: flat)
// v_values             vec4   at the first four vertices
// v_inverse_squares    vec4   silhouette_terms().x of the four segments
// v_tapers             vec4   silhouette_terms().y of the four segments
// v_neighbour_terms    vec4   silhouette_terms() of the segments before and after, each from the joint outwards
// v_bisectors          vec4   bisector_normal() at the first vertex and at the last; at flat ends the direction inwards

in vec2 a_corner;
in vec4 a_before;
in vec4 a_vertex_0;
in vec4 a_vertex_1;
in vec4 a_vertex_2;
in vec4 a_vertex_3;
in vec4 a_vertex_4;
in vec4 a_after;
in vec4 a_values;
in float a_last_value;

#include "view.glsl"
#include "joint_bisector.glsl"
#include "tube_radius.glsl"
#include "round_cone.glsl"

flat out vec4 v_vertices[5];
flat out vec4 v_before;
flat out vec3 v_after;
flat out vec4 v_values;
flat out vec4 v_inverse_squares;
flat out vec4 v_tapers;
flat out vec4 v_neighbour_terms;
flat out vec4 v_bisectors;

const float MARGIN = 0.1; // pixels added to the quad, against rounding

// x, y, radius and depth, pixels; a radius below 0 is behind the eye. Ribbons are so thin that the image of a sphere counts
// as a disc; as wide as the sphere's image across the neurite, which runs from `last` to `next`.
vec4 projected(vec4 last, vec4 vertex, vec4 next)
{
    vec4 at = to_pixels(vertex.xyz);
    Ball ball = ball_at(at, vertex.w * at.w);
    float radius = drawn_radius(ball.radius * widening_across(ball, last.xyz, next.xyz), 1.0);
    return vec4(ball.center, at.w > 0.0 ? radius : -1.0, at.z);
}

vec2 terms_between(vec4 start, vec4 end)
{
    return silhouette_terms(end.xy - start.xy, vec2(start.z, end.z));
}

// The part of the disc around an end vertex that the ribbon draws: the ribbon's side of the vertex and at most x pixels
// beyond it; y is the disc's radius. The rest, beyond bisector and vertex, is nearer to the neighbour. `bisector` is
// bisector_normal(); where it is zero, x is the whole radius. `neighbour` is the radius of the vertex beyond the joint.
vec2 end_disc(float neighbour, vec2 bisector, vec4 joint, vec4 next)
{
    float radius = joint.z + EDGE_MARGIN;
    if (neighbour == ROUND_END) return vec2(radius);
    float turn = is_flat(neighbour) ? 0.0 : sqrt(max(1.0 - 0.25 * dot(bisector, bisector), 0.0));
    float taper = max(-terms_between(joint, next).y, 0.0);
    float margin = is_flat(neighbour) ? 1.0 + MARGIN : MARGIN; // see coverage_beyond()
    return vec2(min(radius * (turn + taper) + margin, radius), radius);
}

// How far the part of a disc that end_disc() gives reaches in a direction. Unit vectors: `inwards` points from the end
// vertex along the ribbon.
float disc_extent(vec2 disc, vec2 inwards, vec2 towards)
{
    vec2 turned = along_and_across(towards, inwards);
    if (-turned.x * disc.y <= disc.x) return disc.y;
    return -turned.x * disc.x + abs(turned.y) * sqrt(max(disc.y * disc.y - disc.x * disc.x, 0.0));
}

void main()
{
    vec4 vertices[5] = vec4[](projected(a_before, a_vertex_0, a_vertex_1), projected(a_vertex_0, a_vertex_1, a_vertex_2),
                              projected(a_vertex_1, a_vertex_2, a_vertex_3), projected(a_vertex_2, a_vertex_3, a_vertex_4),
                              projected(a_vertex_3, a_vertex_4, a_after));
    vec4 far = vec4(a_before.xyz, abs(a_before.w));
    vec4 before = projected(far, far, a_vertex_0), after = projected(a_vertex_4, a_after, a_after);
    v_neighbour_terms = vec4(terms_between(vertices[0], before), terms_between(vertices[4], after));
    before.z = end_or_radius(a_before, a_vertex_0, a_vertex_1, before.z);
    after.z = end_or_radius(a_after, a_vertex_4, a_vertex_3, after.z);
    v_vertices = vertices;
    v_before = vec4(before.xyz, a_last_value);
    v_after = after.xyz;
    v_values = a_values;
    for (int k = 0; k < 4; k++) {
        vec2 terms = terms_between(vertices[k], vertices[k + 1]);
        v_inverse_squares[k] = terms.x;
        v_tapers[k] = terms.y;
    }
    vec2 first_bisector = bisector_normal(before.xy, vertices[0].xy, vertices[1].xy);
    vec2 last_bisector = bisector_normal(vertices[3].xy, vertices[4].xy, after.xy);
    vec2 start = direction(vertices[0].xy, vertices[1].xy), end = direction(vertices[4].xy, vertices[3].xy);
    v_bisectors = vec4(is_flat(before.z) ? start : first_bisector, is_flat(after.z) ? end : last_bisector);

    // The corner of the smallest quad along the ribbon that contains what the ribbon draws of every vertex's disc.
    vec2 axis = direction(vertices[0].xy, vertices[4].xy), across = vec2(-axis.y, axis.x);
    vec2 towards = a_corner.x < 0.0 ? -axis : axis, aside = a_corner.y < 0.0 ? -across : across;
    vec2 first = end_disc(before.z, first_bisector, vertices[0], vertices[1]);
    vec2 last = end_disc(after.z, last_bisector, vertices[4], vertices[3]);
    vec2 reach = vec2(-1e9);
    float nearest = -1e9;
    for (int k = 0; k < 5; k++) {
        if (vertices[k].z < 0.0) continue;
        vec2 extent = vec2(vertices[k].z + EDGE_MARGIN);
        if (k == 0) extent = vec2(disc_extent(first, start, towards), disc_extent(first, start, aside));
        if (k == 4) extent = vec2(disc_extent(last, end, towards), disc_extent(last, end, aside));
        vec2 offset = vertices[k].xy - vertices[0].xy;
        reach = max(reach, vec2(dot(offset, towards), dot(offset, aside)) + extent);
        nearest = max(nearest, vertices[k].w);
    }
    if (nearest < -1e8) { // behind the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    gl_Position = to_clip(vertices[0].xy + towards * reach.x + aside * reach.y, nearest);
}
