#version 330
// Up to four segments that follow each other and are a few pixels wide or less: one quad that faces the viewer.
//
// a_corner      vec2   per vertex: -1 or 1 along, -1 or 1 across
// per instance; places are relative to the camera's center and have their radius in w, all µm:
// a_place_0, a_place_1, a_place_2, a_place_3, a_place_4  vec4  ends of the segments, see geometry.ribbons
// a_before      vec4   place before the first; equal to it where the neurite begins there
// a_after       vec4   place after the last; equal to it where the neurite ends there
// a_values      vec4   in the recording's unit, at the first four places
// a_last_value  float  at the last

in vec2 a_corner;
in vec4 a_before;
in vec4 a_place_0;
in vec4 a_place_1;
in vec4 a_place_2;
in vec4 a_place_3;
in vec4 a_place_4;
in vec4 a_after;
in vec4 a_values;
in float a_last_value;

#include "view.glsl"
#include "width.glsl"
#include "round_cone.glsl"
#include "joint.glsl"

// To the fragments, see ribbon.frag.
flat out vec4 v_places[5];
flat out vec4 v_before;
flat out vec3 v_after;
flat out vec4 v_values;
flat out vec4 v_inverses;
flat out vec4 v_tapers;
flat out vec4 v_beyond;
flat out vec4 v_partings;

const float SPARE = 0.1; // pixels that a ribbon reaches farther than it must

// x, y, radius and depth, all pixels; a radius below 0 is behind the eye.
vec4 seen(vec4 place)
{
    vec4 at = to_pixels(place.xyz);
    float radius = drawn_radius(place.w, at.w);
    return vec4(at.xy, at.w > 0.0 ? radius : -1.0, drawn_depth(at.z, radius));
}

vec2 outline_between(vec4 start, vec4 end)
{
    return outline(end.xy - start.xy, vec2(start.z, end.z));
}

// The part of a disc around a joint that a ribbon shows: what lies on its side, or at most x pixels beyond; y is the
// disc's radius. What lies beyond both the bisector and the joint is nearer to the neighbour. `parting` is what
// across_bisector() gives; zero also shows all.
vec2 end_of_ribbon(bool is_joined, vec2 parting, vec4 joint, vec4 next)
{
    float radius = joint.z + RIM;
    if (!is_joined) return vec2(radius);
    float turn = sqrt(max(1.0 - 0.25 * dot(parting, parting), 0.0));
    float taper = max(-outline_between(joint, next).y, 0.0);
    return vec2(min(radius * (turn + taper) + SPARE, radius), radius);
}

// How far that part reaches towards `way`.
float reach_of(vec2 end, vec2 inwards, vec2 way)
{
    vec2 turned = along_and_across(way, inwards);
    if (-turned.x * end.y <= end.x) return end.y;
    return -turned.x * end.x + abs(turned.y) * sqrt(max(end.y * end.y - end.x * end.x, 0.0));
}

void main()
{
    vec4 places[5] = vec4[](seen(a_place_0), seen(a_place_1), seen(a_place_2), seen(a_place_3), seen(a_place_4));
    vec4 before = seen(a_before), after = seen(a_after);
    if (a_before.xyz == a_place_0.xyz) before.z = -1.0;
    if (a_after.xyz == a_place_4.xyz) after.z = -1.0;
    v_places = places;
    v_before = vec4(before.xyz, a_last_value);
    v_after = after.xyz;
    v_values = a_values;
    for (int k = 0; k < 4; k++) {
        vec2 outlined = outline_between(places[k], places[k + 1]);
        v_inverses[k] = outlined.x;
        v_tapers[k] = outlined.y;
    }
    v_beyond = vec4(outline_between(places[0], before), outline_between(places[4], after));
    vec2 first_parting = across_bisector(before.xy, places[0].xy, places[1].xy);
    vec2 last_parting = across_bisector(places[3].xy, places[4].xy, after.xy);
    v_partings = vec4(first_parting, last_parting);

    vec2 axis = direction(places[0].xy, places[4].xy), across = vec2(-axis.y, axis.x);
    vec2 way = a_corner.x < 0.0 ? -axis : axis, aside = a_corner.y < 0.0 ? -across : across;
    vec2 first = end_of_ribbon(before.z >= 0.0, first_parting, places[0], places[1]);
    vec2 last = end_of_ribbon(after.z >= 0.0, last_parting, places[4], places[3]);
    vec2 start = direction(places[0].xy, places[1].xy), end = direction(places[4].xy, places[3].xy);
    vec2 far = vec2(-1e9);
    float nearest = -1e9;
    for (int k = 0; k < 5; k++) {
        if (places[k].z < 0.0) continue;
        vec2 reach = vec2(places[k].z + RIM);
        if (k == 0) reach = vec2(reach_of(first, start, way), reach_of(first, start, aside));
        if (k == 4) reach = vec2(reach_of(last, end, way), reach_of(last, end, aside));
        vec2 offset = places[k].xy - places[0].xy;
        far = max(far, vec2(dot(offset, way), dot(offset, aside)) + reach);
        nearest = max(nearest, places[k].w);
    }
    if (nearest < -1e8) { // behind the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    gl_Position = to_clip(places[0].xy + way * far.x + aside * far.y, nearest);
}
