#version 330
// One pixel of a tube thick enough to show its surface. Output is premultiplied by the coverage.
//
// u_lighting   float  1: lit, 0: flat colour

#include "segment.glsl"
#include "colormap.glsl"
#include "light.glsl"

flat in vec3 v_tangent_start; // neurite's direction at the start, in the camera's axes; zero at a free end
flat in vec3 v_tangent_end;
flat in vec4 v_surface;       // window depth of the start, what a pixel towards the viewer adds to it; how much the
                              // radius shrinks per length, at start and end

uniform float u_lighting;

out vec4 f_color;

// The surface's normal in the camera's axes, smooth at bends and where the taper changes: the neurite's
// direction and taper turn steadily from joint to joint. Free ends keep the round cap's own normal.
vec3 smooth_normal(Surface surface, vec2 axis)
{
    vec3 normal = vec3(right_and_up(surface.normal.xy, axis), surface.normal.z);
    vec3 tangent = mix(v_tangent_start, v_tangent_end, surface.share);
    float joined = length(tangent);
    tangent /= max(joined, 1e-6);
    float taper = mix(v_surface.z, v_surface.w, surface.share), tilt = dot(normal, tangent);
    vec3 smoothed = normalize(normalize(normal - tangent * tilt) + tangent * clamp(taper, -2.0, 2.0));
    float share = min(joined, 1.0) * (1.0 - smoothstep(0.75, 0.95, abs(tilt)));
    return normalize(mix(normal, smoothed, share));
}

void main()
{
    vec2 axis = direction(v_ends.xy, v_ends.zw), p = along_and_across(gl_FragCoord.xy - v_ends.xy, axis);
    Silhouette edge = silhouette(p, v_shape.x, v_shape.zw);
    float coverage = covered(edge.distance, edge.radius, right_and_up(edge.outward, axis));
    if (!is_drawn(coverage) || is_neighbours(edge.distance)) discard;

    // Where tubes meet, each pixel shows the nearer surface.
    Surface surface = visible_surface(p, v_shape.x, v_shape.y, v_shape.zw);
    gl_FragDepth = v_surface.x + v_surface.y * (surface.height - step_back(coverage, edge.radius));
    vec3 color = color_of(mix(v_before.w, v_after.w, surface.share));
    if (u_lighting > 0.5) color = mix(color, lit(color, smooth_normal(surface, axis)), roundness(edge.radius));
    f_color = vec4(color, 1.0) * coverage;
}
