#version 330
// One pixel of a tube thick enough to show its surface. Output is premultiplied by the coverage.

#include "segment.glsl"
#include "finish.glsl"

flat in vec3 v_tangent_start; // neurite's direction at the start, in the camera's axes; zero at a free end
flat in vec3 v_tangent_end;
flat in vec3 v_surface;       // window depth of the start; how much the radius shrinks per length, at start and end

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

void main()
{
    vec2 axis = direction(v_ends.xy, v_ends.zw), p = along_and_across(gl_FragCoord.xy - v_ends.xy, axis);
    Silhouette edge = silhouette(p, v_shape.x, v_shape.zw);
    float coverage = covered(edge.distance, edge.radius, right_and_up(edge.outward, axis));
    // Edges are blended, so each is one segment's; of solid pixels the nearer surface is seen.
    if (!is_drawn(coverage) || (coverage < SOLID && is_neighbours(edge.distance))) discard;

    Surface surface = visible_surface(p, v_shape.x, v_shape.y, v_shape.zw);
    gl_FragDepth = v_surface.x - u_pixel_depth * (surface.height - step_back(coverage, edge.radius));
    vec3 light = vec3(0.0);
    if (u_lighting > 0.5) light = vec3(light_on(smooth_normal(surface, axis)), roundness(edge.radius));
    finish(coverage, surface.share, light, gl_FragDepth);
}
