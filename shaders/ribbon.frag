#version 330
// One pixel of a tube of a few pixels' width or less. Output is premultiplied by the coverage.

#include "segment.glsl"
#include "finish.glsl"

void main()
{
    vec2 axis = direction(v_ends.xy, v_ends.zw), p = along_and_across(gl_FragCoord.xy - v_ends.xy, axis);
    Silhouette edge = silhouette(p, v_shape.x, v_shape.zw);
    float coverage = covered(edge.distance, edge.radius, right_and_up(edge.outward, axis));
    if (!is_drawn(coverage) || is_neighbours(edge.distance)) discard;

    gl_FragDepth = gl_FragCoord.z + u_pixel_depth * step_back(coverage, edge.radius);
    vec3 light = vec3(0.0);
    float round = roundness(edge.radius);
    if (u_lighting * round > 0.0) {
        // A cylinder's normal: across the axis, and square to it towards the viewer.
        float across = clamp(p.y / edge.radius, -1.0, 1.0);
        vec2 front = normalize(vec2(-v_shape.y, v_shape.x) + vec2(0.0, 1e-6)) * sqrt(1.0 - across * across);
        light = vec3(light_on(vec3(right_and_up(vec2(front.x, across), axis), front.y)), round);
    }
    finish(coverage, edge.share, light, gl_FragCoord.z);
}
