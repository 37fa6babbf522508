#version 330
// Coverage, colour and light of one pixel of a tube. Output is premultiplied by the coverage.
//
// u_lighting   float  1: lit, 0: flat colour
// u_part       vec2   coverage of the pixels to draw: from x to below y
// u_exact      float  1: depth of the surface at each pixel, 0: the template's

flat in vec4 v_axis;
flat in vec4 v_shape;
flat in vec3 v_from;
flat in vec3 v_until;
flat in vec3 v_before;
flat in vec3 v_after;
flat in vec2 v_depth;
flat in vec2 v_values;
flat in vec3 v_tangent_start;
flat in vec3 v_tangent_end;
flat in vec2 v_taper;

uniform float u_lighting;
uniform vec2 u_part;
uniform float u_exact;

#include "round_cone.glsl"
#include "colormap.glsl"
#include "light.glsl"

out vec4 f_color;

// The surface's normal in the camera's axes, smooth at bends and where the taper changes: the neurite's
// direction and taper turn steadily from joint to joint. Free ends keep the round cap's own normal.
vec3 smooth_normal(Surface surface)
{
    // Along (x) and across (y) the image, and towards the viewer; pixels count downwards.
    vec3 n = surface.normal;
    vec3 normal = vec3(n.x * v_axis.z - n.y * v_axis.w, -(n.x * v_axis.w + n.y * v_axis.z), n.z);
    vec3 tangent = mix(v_tangent_start, v_tangent_end, surface.share);
    float joined = length(tangent);
    tangent /= max(joined, 1e-6);
    float taper = mix(v_taper.x, v_taper.y, surface.share), tilt = dot(normal, tangent);
    vec3 smoothed = normalize(normalize(normal - tangent * tilt) + tangent * clamp(taper, -2.0, 2.0));
    float share = min(joined, 1.0) * (1.0 - smoothstep(0.75, 0.95, abs(tilt)));
    return normalize(mix(normal, smoothed, share));
}

vec2 along_and_across(vec2 offset, vec2 axis)
{
    return vec2(dot(offset, axis), dot(offset, vec2(-axis.y, axis.x)));
}

// Signed distance from a neighbour's silhouette; its ends are given with their radii.
float distance_from(vec3 start, vec3 end, vec2 pixel)
{
    float span = distance(start.xy, end.xy);
    vec2 axis = span > 1e-4 ? (end.xy - start.xy) / span : vec2(1.0, 0.0);
    return silhouette(along_and_across(pixel - start.xy, axis), span, vec2(start.z, end.z)).distance;
}

void main()
{
    vec3 pixel = vec3(gl_FragCoord.xy, 1.0);
    vec3 start = vec3(v_axis.xy, v_shape.z), end = vec3(v_axis.xy + v_shape.x * v_axis.zw, v_shape.w);
    vec2 p = along_and_across(pixel.xy - v_axis.xy, v_axis.zw);
    Silhouette edge = silhouette(p, v_shape.x, v_shape.zw);
    if (dot(v_from, pixel) < 0.0 && distance_from(v_before, start, pixel.xy) <= edge.distance) discard;
    if (dot(v_until, pixel) >= 0.0 && distance_from(end, v_after, pixel.xy) <= edge.distance) discard;
    float radius = edge.radius;
    vec2 outward = edge.outward.x * v_axis.zw + edge.outward.y * vec2(-v_axis.w, v_axis.z);
    float coverage = covered(edge.distance, radius, outward);
    if (coverage < u_part.x || coverage >= u_part.y) discard;

    // What is covered in part hides less: it steps back, so that what lies close behind shows through, even when
    // it is drawn later (segments are ordered by their middles).
    float back = 2.0 * (1.0 - coverage) * (abs(v_shape.y) + radius);
    gl_FragDepth = gl_FragCoord.z - v_depth.y * back;
    float roundness = smoothstep(0.6, 2.5, radius); // 0: too thin to show a round surface
    vec3 color;
    if (roundness == 0.0) {
        color = color_of(mix(v_values.x, v_values.y, edge.share));
    } else {
        Surface surface = visible_surface(p, v_shape.x, v_shape.y, v_shape.zw);
        // Where tubes meet, each pixel shows the nearer surface; elsewhere the template's depth is near enough.
        if (u_exact > 0.5) gl_FragDepth = v_depth.x + v_depth.y * (surface.height - back);
        color = color_of(mix(v_values.x, v_values.y, surface.share));
        if (u_lighting > 0.5) color = mix(color, lit(color, smooth_normal(surface)), roundness);
    }
    f_color = vec4(color, 1.0) * coverage;
}
