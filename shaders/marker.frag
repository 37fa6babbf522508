#version 330
// One pixel of a synapse's marker: a small ball with a rim. Output is premultiplied by the coverage.
//
// u_part      vec2   coverage of the pixels to draw: from x to below y
// u_lighting  float  1: lit, 0: flat colour

flat in vec3 v_disc; // its middle and its radius, pixels
flat in vec3 v_color;
flat in vec3 v_rim;

uniform vec2 u_part;
uniform float u_lighting;

#include "round_cone.glsl"
#include "light.glsl"
#include "fog.glsl"

out vec4 f_color;

// Like tubes, but the middle has the colour itself and the highlight lies off it.
vec3 lit_ball(vec3 color, vec3 normal)
{
    float light = clamp(dot(normal, LIGHT) / LIGHT.z, 0.0, 1.0);
    float highlight = pow(max(dot(normal, HALFWAY), 0.0), 96.0);
    return mix(color * (0.55 + 0.45 * light), vec3(1.0), 0.5 * highlight);
}

void main()
{
    vec2 offset = gl_FragCoord.xy - v_disc.xy;
    float radius = v_disc.z, away = length(offset);
    vec2 outward = away > 1e-4 ? offset / away : vec2(0.0, 1.0);
    float coverage = covered(away - radius, radius, outward);
    if (coverage < u_part.x || coverage >= u_part.y) discard;

    vec3 color = v_color;
    if (u_lighting > 0.5) {
        vec3 normal = vec3(offset.x, -offset.y, sqrt(max(radius * radius - away * away, 0.0))) / radius;
        color = mix(color, lit_ball(color, normal), smoothstep(1.0, 5.0, radius)); // small ones show their colour
    }
    float rim = min(clamp(0.15 * radius, 0.75, 2.5), 0.25 * radius);
    color = mix(v_rim, color, inside_edge(radius - rim - away, outward));
    f_color = vec4(in_fog(color, gl_FragCoord.z), 1.0) * coverage;
}
