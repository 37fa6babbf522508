#version 330
// A fragment of a ribbon, see ribbon.vert: of that one of its segments whose silhouette is the nearest. Output is
// premultiplied by the coverage.
//
// v_vertices[5]      vec4  x, y, radius, depth, pixels; a radius below 0: behind the eye
// v_before           vec4  vertex before the first: x, y, radius, pixels (or as end_or_radius() has it); w: last value
// v_after            vec3  vertex after the last: x, y, radius, pixels (radius -1: round end, -2: flat)
// v_values           vec4  at the first four vertices
// v_inverse_squares  vec4  silhouette_terms().x of the four segments
// v_tapers           vec4  silhouette_terms().y of the four segments
// v_neighbour_terms  vec4  silhouette_terms() of the segments before and after, each from the joint outwards
// v_bisectors        vec4  bisector_normal() at the first vertex and at the last; at flat ends the direction inwards

flat in vec4 v_vertices[5];
flat in vec4 v_before;
flat in vec3 v_after;
flat in vec4 v_values;
flat in vec4 v_inverse_squares;
flat in vec4 v_tapers;
flat in vec4 v_neighbour_terms;
flat in vec4 v_bisectors;

#include "segment.glsl"
#include "outline_depth.glsl"
#include "fragment_output.glsl"

const float AT_END = 0.01; // pixels
const float FAINTEST = 0.002; // coverage; as in render/tube_style.py

void main()
{
    Silhouette edge = Silhouette(1e9, 0.0, 1.0, vec2(0.0, 1.0));
    vec4 start = v_vertices[0], end = start;
    vec2 values = vec2(0.0);
    for (int k = 0; k < 4; k++) {
        vec4 from = v_vertices[k], to = v_vertices[k + 1];
        vec2 offset = pixel() - from.xy;
        vec2 terms = vec2(v_inverse_squares[k], v_tapers[k]);
        Silhouette other = silhouette(offset, to.xy - from.xy, vec2(from.z, to.z), terms);
        if (min(from.z, to.z) < 0.0 || other.distance >= edge.distance) continue;
        edge = other;
        start = from;
        end = to;
        values = vec2(v_values[k], k < 3 ? v_values[k + 1] : v_before.w);
    }
    float coverage = tube_coverage(edge);
    vec2 center = pixel() - edge.outward; // of the nearest disc
    if (is_flat(v_before.z) && distance(center, v_vertices[0].xy) < AT_END) {
        coverage *= coverage_beyond(edge.outward, v_bisectors.xy);
    }
    if (is_flat(v_after.z) && distance(center, v_vertices[4].xy) < AT_END) {
        coverage *= coverage_beyond(edge.outward, v_bisectors.zw);
    }
    vec3 first = v_vertices[0].xyz, last = v_vertices[4].xyz;
    bool is_beside = v_before.z <= BESIDE_PARENT;
    if (is_beside || (v_before.z >= 0.0 && side_of_joint(v_bisectors.xy, first.xy) < 0.0)) {
        vec2 radii = vec2(first.z, neighbour_radius(v_before.z));
        Silhouette other = silhouette(pixel() - first.xy, v_before.xy - first.xy, radii, v_neighbour_terms.xy);
        float in_front = is_beside ? in_front_of(other) : 0.0;
        coverage = mix(added_coverage(coverage, edge, tube_coverage(other), other), coverage, in_front);
    }
    if (v_after.z >= 0.0 && side_of_joint(v_bisectors.zw, last.xy) >= 0.0) {
        Silhouette other = silhouette(pixel() - last.xy, v_after.xy - last.xy, vec2(last.z, v_after.z), v_neighbour_terms.zw);
        coverage = added_coverage(coverage, edge, tube_coverage(other), other);
    }
    if (coverage < FAINTEST) discard;

    float height = mix(start.w, end.w, edge.fraction), rise = end.w - start.w;
    gl_FragDepth = 0.5 - u_depth_per_pixel * drawn_height(height, height, edge);
    vec3 light = vec3(0.0);
    float round = roundness(edge.radius);
    if (u_lighting * round > 0.0) {
        // The normal of a cylinder: its part across the axis, and its part at a right angle to the axis, to the viewer.
        vec2 axis = direction(start.xy, end.xy);
        float across = clamp(dot(pixel() - start.xy, vec2(-axis.y, axis.x)) / edge.radius, -1.0, 1.0);
        vec2 front = normalize(vec2(-rise, distance(start.xy, end.xy)) + vec2(0.0, 1e-6)) * sqrt(1.0 - across * across);
        light = vec3(light_on(vec3(right_and_up(vec2(front.x, across), axis), front.y)), round);
    }
    write_fragment(coverage, values, edge.fraction, light, gl_FragDepth);
}
