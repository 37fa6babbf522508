#version 330
// A fragment of a synapse's marker: a small ball with a rim. Output is premultiplied by the coverage.
//
// v_disc            vec3   center, pixels, and radius, flattened pixels; see disc.glsl
// v_color           vec3   RGB, 0 to 1
// v_rim             vec3   colour of the rim, RGB, 0 to 1
// u_coverage_range  vec2   only fragments with a coverage from x to below y are drawn
// u_lighting        float  1: lit, 0: flat colours
// u_opacity         float  of markers, 0 to 1
// u_rim             float  weight of the rim's colour, 0 to 1
// u_pixel           float  size of a pixel that is drawn, in pixels of a picture 1,080 high, or of the picture if that is smaller

flat in vec3 v_disc;
flat in vec3 v_color;
flat in vec3 v_rim;

uniform vec2 u_coverage_range;
uniform float u_lighting;
uniform float u_pixel;
uniform float u_opacity;
uniform float u_rim;

#include "round_cone.glsl"
#include "disc.glsl"
#include "light.glsl"
#include "depth_cue.glsl"

out vec4 f_color;

// Unlike a tube, the ball has its own colour in the middle, and the specular highlight lies beside it.
vec3 lit_ball(vec3 color, vec3 normal)
{
    float light = clamp(dot(normal, LIGHT) / LIGHT.z, 0.0, 1.0);
    float highlight = pow(max(dot(normal, HALFWAY), 0.0), 96.0);
    return mix(color * (0.55 + 0.45 * light), vec3(1.0), 0.5 * highlight);
}

void main()
{
    vec2 offset = flattened(gl_FragCoord.xy - v_disc.xy);
    float radius = v_disc.z, away = length(offset);
    Silhouette edge = in_pixels(Silhouette(away - radius, 0.0, radius, away > 1e-4 ? offset / away : vec2(0.0, 1.0)));
    float coverage = tube_coverage(edge);
    if (coverage < u_coverage_range.x || coverage >= u_coverage_range.y) discard;

    vec3 color = v_color;
    if (u_lighting > 0.5) {
        vec3 normal = vec3(offset.x, -offset.y, sqrt(max(radius * radius - away * away, 0.0))) / radius;
        color = mix(color, lit_ball(color, normal), smoothstep(1.0, 5.0, radius * u_pixel)); // small markers have flat colours
    }
    float rim = min(clamp(0.15 * radius, 0.75 / u_pixel, 2.5 / u_pixel), 0.25 * radius);
    color = mix(color, v_rim, u_rim * (1.0 - edge_coverage(-edge.distance - rim, normalize(edge.outward))));
    f_color = vec4(with_depth_cue(color, gl_FragCoord.z), 1.0) * (coverage * u_opacity);
}
