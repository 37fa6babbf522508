#version 330
// A fragment of a tube that is thick enough to show its surface. Output is premultiplied by the coverage.
//
// v_ends            vec4  start and end, pixels
// v_shape           vec4  span, rise, radii at start and end, flattened pixels; see round_cone.glsl and disc.glsl
// v_before          vec4  vertex before the start: x, y, radius or as end_or_radius() has it; w: value at the start
// v_after           vec4  vertex after the end: x, y, radius (-1: round end, -2: flat); w: value at the end
// v_surface        vec4  window depth of the start; smoothness of the joints at start and end, 0 to 1; 1: tube, 0: sphere
// v_frame_start    vec4  at the start: direction of the neurite as seen_at() has it, unit; sine of its narrowing
// v_frame_end      vec4  at the end
// u_coverage_range  vec2  only fragments with a coverage from x to below y are drawn

flat in vec4 v_ends;
flat in vec4 v_shape;
flat in vec4 v_before;
flat in vec4 v_after;
flat in vec4 v_surface;
flat in vec4 v_frame_start;
flat in vec4 v_frame_end;

uniform vec2 u_coverage_range;

#include "segment.glsl"
#include "disc.glsl"
#include "outline_depth.glsl"
#include "fragment_output.glsl"
#include "beside_neighbours.glsl"
#include "no_parent.glsl"

const float SOLID = 0.999; // coverage from which a fragment hides what is behind it; as in render/tube_style.py
const float BEHIND = 0.05;  // pixels
const float FAINTEST = 0.002; // coverage; as in render/tube_style.py

// Distances, flattened pixels, of the surface at `p`, along and across, from the rings around the two joints: positive on the
// segment's side of them. Both segments at a joint have the same ring.
vec2 inside_rings(Surface surface, vec2 p, vec2 axis)
{
    vec3 from_start = vec3(right_and_up(p, axis), surface.height);
    vec3 from_end = vec3(right_and_up(p - vec2(v_shape.x, 0.0), axis), surface.height - v_shape.y);
    return vec2(dot(from_start, v_frame_start.xyz) - v_shape.z * v_frame_start.w,
                v_shape.w * v_frame_end.w - dot(from_end, v_frame_end.xyz));
}

// The surface's normal in the camera's axes. Between the rings the neurite's direction and taper change linearly. Round
// caps at free ends keep their normals; they meet the tube's at the ring.
vec3 smooth_normal(Surface surface, vec2 inside, vec2 axis)
{
    vec3 normal = vec3(right_and_up(surface.normal.xy, axis), surface.normal.z);
    // The rings of short segments may be in the wrong order, and their surface may be seen outside the rings.
    float apart = max(inside.x + inside.y, 0.5 * length(v_shape.xy));
    float fraction = clamp(0.5 + 0.5 * (inside.x - inside.y) / max(apart, 1e-6), -1.0, 2.0);
    vec4 frame = mix(v_frame_start, v_frame_end, fraction);
    frame.w = clamp(frame.w, -1.0, 1.0);
    vec3 tangent = normalize(frame.xyz);
    vec3 around = normal - tangent * dot(normal, tangent);
    float size = length(around), weight = v_surface.w * smoothstep(0.1, 0.3, size);
    if (inside.x < 0.0) weight *= v_surface.y;
    if (inside.y < 0.0) weight *= v_surface.z;
    vec3 smoothed = around * (sqrt(max(1.0 - frame.w * frame.w, 0.0)) / max(size, 1e-6)) + tangent * frame.w;
    return normalize(mix(normal, smoothed, weight));
}

void main()
{
    vec3 start = vec3(v_ends.xy, v_shape.z), end = vec3(v_ends.zw, v_shape.w);
    vec2 step = flattened(end.xy - start.xy), axis = direction(vec2(0.0), step), offset = flattened(pixel() - start.xy);
    Silhouette edge = silhouette(offset, step, v_shape.zw, silhouette_terms(step, v_shape.zw));
    float coverage = tube_coverage(in_pixels(edge));
    if (coverage < SOLID) {
        vec2 inwards = direction(start.xy, end.xy);
        if (is_flat(v_before.z) && edge.fraction <= 0.0) coverage *= coverage_beyond(pixel() - start.xy, inwards);
        if (is_flat(v_after.z) && edge.fraction >= 1.0) coverage *= coverage_beyond(pixel() - end.xy, -inwards);
    }
    // Software stops here where no pixel is left.
    if (coverage < FAINTEST || (coverage >= SOLID && u_coverage_range.y <= SOLID)) discard;
    // Edges are blended. Of solid fragments the depth test keeps the nearest.
    if (coverage < SOLID) coverage = beside_neighbours(coverage, edge, v_before.xyz, start, end, v_after.xyz);
    if (coverage < u_coverage_range.x || coverage >= u_coverage_range.y) discard;

    vec2 p = along_and_across(offset, axis);
    Surface surface = visible_surface(p, v_shape.x, v_shape.y, v_shape.zw);
    vec2 inside = inside_rings(surface, p, axis);
    // Where two segments have the same surface, the sphere of their joint, the one whose side of the ring it is shows.
    vec2 outside = clamp(-0.25 * inside, 0.0, BEHIND) * v_surface.yz;
    float height = drawn_height(surface.height - outside.x - outside.y, edge.fraction * v_shape.y, edge);
    gl_FragDepth = v_surface.x - u_depth_per_pixel * depth_of_height(height);
    vec3 light = vec3(0.0);
    if (u_lighting > 0.5) {
        vec3 normal = beside_parent(smooth_normal(surface, inside, axis), vec3(right_and_up(p, axis), surface.height));
        light = vec3(light_on(normal), roundness(edge.radius));
    }
    write_fragment(coverage, vec2(v_before.w, v_after.w), surface.fraction, light, gl_FragDepth);
}
