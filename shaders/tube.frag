#version 330
// A fragment of a tube that is thick enough to show its surface. Output is premultiplied by the coverage.
//
// v_ends            vec4  start and end, pixels
// v_shape           vec4  span, rise, radii at start and end, pixels; see round_cone.glsl
// v_before          vec4  vertex before the start: x, y, radius, pixels (radius -1: none); w: value at the start
// v_after           vec4  vertex after the end: x, y, radius, pixels (radius -1: none); w: value at the end
// v_surface         vec3  window depth of the start; decrease of the radius per length at start and end
// v_tangent_start   vec3  direction of the neurite at the start, unit, in the camera's axes; zero at free ends, spheres
// v_tangent_end     vec3  direction of the neurite at the end, unit, in the camera's axes; zero at free ends, spheres
// u_coverage_range  vec2  only fragments with a coverage from x to below y are drawn

flat in vec4 v_ends;
flat in vec4 v_shape;
flat in vec4 v_before;
flat in vec4 v_after;
flat in vec3 v_surface;
flat in vec3 v_tangent_start;
flat in vec3 v_tangent_end;

uniform vec2 u_coverage_range;

#include "segment.glsl"
#include "fragment_output.glsl"

const float SOLID = 0.999; // coverage from which a fragment hides what is behind it; as in render/gpu/tubes.py

// The surface's normal in the camera's axes. It is smooth at bends and where the taper changes: the neurite's direction
// and taper change linearly from joint to joint. Free ends keep the normal of their round cap.
vec3 smooth_normal(Surface surface, vec2 axis)
{
    vec3 normal = vec3(right_and_up(surface.normal.xy, axis), surface.normal.z);
    vec3 tangent = mix(v_tangent_start, v_tangent_end, surface.fraction);
    float joined = length(tangent);
    tangent /= max(joined, 1e-6);
    float taper = mix(v_surface.y, v_surface.z, surface.fraction), tilt = dot(normal, tangent);
    vec3 smoothed = normalize(normalize(normal - tangent * tilt) + tangent * clamp(taper, -2.0, 2.0));
    float weight = min(joined, 1.0) * (1.0 - smoothstep(0.75, 0.95, abs(tilt)));
    return normalize(mix(normal, smoothed, weight));
}

// True where the segment before the start draws the pixel.
bool is_drawn_before(float distance, vec3 before, vec3 start, vec2 next)
{
    return before.z >= 0.0 && side_of_joint(bisector_normal(before.xy, start.xy, next), start.xy, 1.0) < 0.0
        && neighbour_covers(distance, start, before, silhouette_terms(before.xy - start.xy, vec2(start.z, before.z)));
}

// True where the segment after the end draws the pixel.
bool is_drawn_after(float distance, vec2 last, vec3 end, vec3 after)
{
    return after.z >= 0.0 && side_of_joint(bisector_normal(last, end.xy, after.xy), end.xy, -1.0) >= 0.0
        && neighbour_covers(distance, end, after, silhouette_terms(after.xy - end.xy, vec2(end.z, after.z)));
}

void main()
{
    vec3 start = vec3(v_ends.xy, v_shape.z), end = vec3(v_ends.zw, v_shape.w);
    vec2 step = end.xy - start.xy, axis = direction(start.xy, end.xy), offset = pixel() - start.xy;
    Silhouette edge = silhouette(offset, step, v_shape.zw, silhouette_terms(step, v_shape.zw));
    float coverage = tube_coverage(edge);
    if (coverage < u_coverage_range.x || coverage >= u_coverage_range.y) discard;
    // Edges are blended, so one segment alone draws each. Of solid fragments the depth test keeps the nearest.
    if (coverage < SOLID && (is_drawn_before(edge.distance, v_before.xyz, start, end.xy)
                             || is_drawn_after(edge.distance, start.xy, end, v_after.xyz))) discard;

    vec2 p = along_and_across(offset, axis);
    Surface surface = visible_surface(p, v_shape.x, v_shape.y, v_shape.zw);
    gl_FragDepth = v_surface.x - u_depth_per_pixel * (surface.height - edge_setback(coverage, v_shape.y, edge.radius));
    vec3 light = vec3(0.0);
    if (u_lighting > 0.5) light = vec3(light_on(smooth_normal(surface, axis)), roundness(edge.radius));
    write_fragment(coverage, vec2(v_before.w, v_after.w), surface.fraction, light, gl_FragDepth);
}
