#version 330
// One pixel of a tube thick enough to show its surface. Output is premultiplied by the coverage.
//
// u_part  vec2  coverage of the pixels to draw: from x to below y

flat in vec4 v_ends;   // start and end, pixels
flat in vec4 v_shape;  // span, rise, radii: pixels; see round_cone.glsl
flat in vec4 v_before; // far end of the segment before (pixels) and its radius there, -1: none; value at the start
flat in vec4 v_after;  // far end of the segment after and its radius there, -1: none; value at the end
flat in vec3 v_tangent_start; // neurite's direction at the start, in the camera's axes; zero at a free end
flat in vec3 v_tangent_end;
flat in vec3 v_surface;       // window depth of the start; how much the radius shrinks per length, at start and end

uniform vec2 u_part;

#include "segment.glsl"
#include "finish.glsl"

const float SOLID = 0.999; // coverage from which a pixel hides what is behind it; as in gpu/tubes.py

// The surface's normal in the camera's axes, smooth at bends and where the taper changes: the neurite's
// direction and taper turn steadily from joint to joint. Free ends keep the round cap's own normal.
vec3 smooth_normal(Surface surface, vec2 axis)
{
    vec3 normal = vec3(right_and_up(surface.normal.xy, axis), surface.normal.z);
    vec3 tangent = mix(v_tangent_start, v_tangent_end, surface.share);
    float joined = length(tangent);
    tangent /= max(joined, 1e-6);
    float taper = mix(v_surface.y, v_surface.z, surface.share), tilt = dot(normal, tangent);
    vec3 smoothed = normalize(normalize(normal - tangent * tilt) + tangent * clamp(taper, -2.0, 2.0));
    float share = min(joined, 1.0) * (1.0 - smoothstep(0.75, 0.95, abs(tilt)));
    return normalize(mix(normal, smoothed, share));
}

// True where the neighbour before the start draws the pixel.
bool is_before(float distance, vec3 before, vec3 start, vec2 next)
{
    return before.z >= 0.0 && beyond_joint(across_bisector(before.xy, start.xy, next), start.xy, 1.0) < 0.0
        && is_covered_beyond(distance, start, before, outline(before.xy - start.xy, vec2(start.z, before.z)));
}

// The same beyond the end.
bool is_after(float distance, vec2 last, vec3 end, vec3 after)
{
    return after.z >= 0.0 && beyond_joint(across_bisector(last, end.xy, after.xy), end.xy, -1.0) >= 0.0
        && is_covered_beyond(distance, end, after, outline(after.xy - end.xy, vec2(end.z, after.z)));
}

void main()
{
    vec3 start = vec3(v_ends.xy, v_shape.z), end = vec3(v_ends.zw, v_shape.w);
    vec2 step = end.xy - start.xy, axis = direction(start.xy, end.xy), offset = pixel() - start.xy;
    Silhouette edge = silhouette(offset, step, v_shape.zw, outline(step, v_shape.zw));
    float coverage = covered(edge);
    if (coverage < u_part.x || coverage >= u_part.y) discard;
    // Edges are blended, so each is one segment's; of solid pixels the nearer surface is seen.
    if (coverage < SOLID && (is_before(edge.distance, v_before.xyz, start, end.xy)
                             || is_after(edge.distance, start.xy, end, v_after.xyz))) discard;

    vec2 p = along_and_across(offset, axis);
    Surface surface = visible_surface(p, v_shape.x, v_shape.y, v_shape.zw);
    gl_FragDepth = v_surface.x - u_pixel_depth * (surface.height - step_back(coverage, v_shape.y, edge.radius));
    vec3 light = vec3(0.0);
    if (u_lighting > 0.5) light = vec3(light_on(smooth_normal(surface, axis)), roundness(edge.radius));
    finish(coverage, vec2(v_before.w, v_after.w), surface.share, light, gl_FragDepth);
}
