#version 330
// Ambient occlusion: how much of the light from all sides reaches a surface past what stands in front of it nearby, 0 to 1.
//
// u_origin  vec2  pixel of the image at which gl_FragCoord is (0, 0)

#include "surface_height.glsl"

uniform vec2 u_origin;

out vec4 f_color;

const int N_SAMPLES = 24;
const float STRENGTH = 2.4, LEAST = 0.4;
const float GOLDEN_ANGLE = 2.399963;

// The slope of the surface along a step of one pixel, on the side where it is less steep: the other side may be another
// surface.
float slope(ivec2 at, ivec2 step, float height)
{
    float before = height - height_at(at - step), after = height_at(at + step) - height;
    float least = abs(before) < abs(after) ? before : after;
    return abs(least) < 1e8 ? least : 0.0;
}

void main()
{
    ivec2 at = ivec2(gl_FragCoord.xy);
    float height = height_at(at);
    f_color = vec4(1.0);
    if (height == NOTHING) return;
    vec3 normal = normalize(vec3(-slope(at, ivec2(1, 0), height), -slope(at, ivec2(0, 1), height), 1.0));
    // Each pixel turns its samples; neighbouring pixels are averaged later (interleaved gradient noise, Jimenez 2014).
    vec2 pixel = floor(gl_FragCoord.xy + u_origin);
    float turn = 6.283185 * fract(52.9829189 * fract(dot(pixel, vec2(0.06711056, 0.00583715))));
    float hidden = 0.0;
    for (int k = 0; k < N_SAMPLES; k++) {
        float angle = turn + float(k) * GOLDEN_ANGLE, away = u_radius * sqrt((float(k) + 0.5) / float(N_SAMPLES));
        ivec2 offset = ivec2(round(away * vec2(cos(angle), sin(angle))));
        float other = height_at(at + offset);
        if (other == NOTHING) continue;
        vec3 toward = vec3(vec2(offset), other - height);
        float squared = max(dot(toward, toward), 1e-4), part = max(1.0 - squared / (u_radius * u_radius), 0.0);
        hidden += part * max(dot(toward, normal) * inversesqrt(squared) - 0.1, 0.0);
    }
    f_color = vec4(max(1.0 - STRENGTH * hidden / float(N_SAMPLES), LEAST));
}
