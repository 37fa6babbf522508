#version 330
// One pixel of a tube thick enough to show its surface. Output is premultiplied by the coverage.
//
// u_lighting   float  1: lit, 0: flat colour

#include "segment.glsl"
#include "colormap.glsl"
#include "light.glsl"

flat in vec3 v_tangent_start; // neurite's direction at the start, in the camera's axes; zero at a free end
flat in vec3 v_tangent_end;
flat in vec2 v_taper;         // how much the radius shrinks per length, at start and end

uniform float u_lighting;

out vec4 f_color;

// The surface's normal in the camera's axes, smooth at bends and where the taper changes: the neurite's
// direction and taper turn steadily from joint to joint. Free ends keep the round cap's own normal.
vec3 smooth_normal(Surface surface)
{
    vec3 normal = vec3(right_and_up(surface.normal.xy), surface.normal.z);
    vec3 tangent = mix(v_tangent_start, v_tangent_end, surface.share);
    float joined = length(tangent);
    tangent /= max(joined, 1e-6);
    float taper = mix(v_taper.x, v_taper.y, surface.share), tilt = dot(normal, tangent);
    vec3 smoothed = normalize(normalize(normal - tangent * tilt) + tangent * clamp(taper, -2.0, 2.0));
    float share = min(joined, 1.0) * (1.0 - smoothstep(0.75, 0.95, abs(tilt)));
    return normalize(mix(normal, smoothed, share));
}

void main()
{
    vec2 p = along_and_across(gl_FragCoord.xy - v_axis.xy, v_axis.zw);
    Silhouette edge = silhouette(p, v_shape.x, v_shape.zw);
    float coverage = covered(edge.distance, edge.radius, right_and_up(edge.outward));
    if (!is_drawn(coverage) || is_neighbours(edge.distance)) discard;

    // Where tubes meet, each pixel shows the nearer surface.
    Surface surface = visible_surface(p, v_shape.x, v_shape.y, v_shape.zw);
    gl_FragDepth = v_depth.x + v_depth.y * (surface.height - step_back(coverage, edge.radius));
    vec3 color = color_of(mix(v_values.x, v_values.y, surface.share));
    if (u_lighting > 0.5) color = mix(color, lit(color, smooth_normal(surface)), roundness(edge.radius));
    f_color = vec4(color, 1.0) * coverage;
}
