#version 330
// One pixel of segments of a few pixels' width or less: of the one whose silhouette is the nearest. Output is
// premultiplied by the coverage.

flat in vec4 v_places[5]; // x, y, radius and depth, pixels; a radius below 0: behind the eye
flat in vec4 v_before;    // place before the first, but in w the value at the last; a radius below 0: there is none
flat in vec3 v_after;     // place after the last
flat in vec4 v_values;    // at the first four places
flat in vec4 v_inverses;  // of the four segments, x of outline()
flat in vec4 v_tapers;    // and y
flat in vec4 v_beyond;    // outline() of the segments before and after, from the joint on
flat in vec4 v_partings;  // across_bisector() at the first place and at the last

#include "segment.glsl"
#include "finish.glsl"

const float FAINTEST = 0.002; // coverage; as in gpu/tubes.py

void main()
{
    Silhouette edge = Silhouette(1e9, 0.0, 1.0, vec2(0.0, 1.0));
    vec4 start = v_places[0], end = start;
    vec2 values = vec2(0.0);
    for (int k = 0; k < 4; k++) {
        vec4 from = v_places[k], to = v_places[k + 1];
        vec2 offset = pixel() - from.xy;
        Silhouette other = silhouette(offset, to.xy - from.xy, vec2(from.z, to.z), vec2(v_inverses[k], v_tapers[k]));
        if (min(from.z, to.z) < 0.0 || other.distance >= edge.distance) continue;
        edge = other;
        start = from;
        end = to;
        values = vec2(v_values[k], k < 3 ? v_values[k + 1] : v_before.w);
    }
    float coverage = covered(edge);
    if (coverage < FAINTEST) discard;
    vec3 first = v_places[0].xyz, last = v_places[4].xyz;
    if (v_before.z >= 0.0 && beyond_joint(v_partings.xy, first.xy, 1.0) < 0.0
        && is_covered_beyond(edge.distance, first, v_before.xyz, v_beyond.xy)) discard;
    if (v_after.z >= 0.0 && beyond_joint(v_partings.zw, last.xy, -1.0) >= 0.0
        && is_covered_beyond(edge.distance, last, v_after, v_beyond.zw)) discard;

    float depth = 0.5 - u_pixel_depth * mix(start.w, end.w, edge.share), rise = end.w - start.w;
    gl_FragDepth = depth + u_pixel_depth * step_back(coverage, rise, edge.radius);
    vec3 light = vec3(0.0);
    float round = roundness(edge.radius);
    if (u_lighting * round > 0.0) {
        // A cylinder's normal: across the axis, and square to it towards the viewer.
        vec2 axis = direction(start.xy, end.xy);
        float across = clamp(dot(pixel() - start.xy, vec2(-axis.y, axis.x)) / edge.radius, -1.0, 1.0);
        vec2 front = normalize(vec2(-rise, distance(start.xy, end.xy)) + vec2(0.0, 1e-6)) * sqrt(1.0 - across * across);
        light = vec3(light_on(vec3(right_and_up(vec2(front.x, across), axis), front.y)), round);
    }
    finish(coverage, values, edge.share, light, depth);
}
