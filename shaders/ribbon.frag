#version 330
// One pixel of a tube of a few pixels' width or less. Output is premultiplied by the coverage.
//
// u_lighting     float  1: lit, 0: flat colour
// u_pixel_depth  float  window depth of a pixel's width at the camera's center

#include "segment.glsl"
#include "colormap.glsl"
#include "light.glsl"

uniform float u_lighting;
uniform float u_pixel_depth;

out vec4 f_color;

void main()
{
    vec2 axis = direction(v_ends.xy, v_ends.zw), p = along_and_across(gl_FragCoord.xy - v_ends.xy, axis);
    Silhouette edge = silhouette(p, v_shape.x, v_shape.zw);
    float coverage = covered(edge.distance, edge.radius, right_and_up(edge.outward, axis));
    if (!is_drawn(coverage) || is_neighbours(edge.distance)) discard;

    gl_FragDepth = gl_FragCoord.z + u_pixel_depth * step_back(coverage, edge.radius);
    vec3 color = color_of(mix(v_before.w, v_after.w, edge.share));
    float round = roundness(edge.radius);
    if (u_lighting * round > 0.0) {
        // A cylinder's normal: across the axis, and square to it towards the viewer.
        float across = clamp(p.y / edge.radius, -1.0, 1.0);
        vec2 front = normalize(vec2(-v_shape.y, v_shape.x) + vec2(0.0, 1e-6)) * sqrt(1.0 - across * across);
        color = mix(color, lit(color, vec3(right_and_up(vec2(front.x, across), axis), front.y)), round);
    }
    f_color = vec4(color, 1.0) * coverage;
}
