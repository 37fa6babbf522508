// The output of a segment's fragment: its colour, premultiplied by its coverage.
// load_shader(output=...) includes list_fragment.glsl or numbered_fragment.glsl instead, with the same write_fragment().
// numpy mirror: render/static_camera

#include "colormap.glsl"
#include "light.glsl"
#include "depth_cue.glsl"
#include "glow.glsl"

out vec4 f_color;

// The value at a fraction of the way from values.x to values.y. Where one of them is missing, each reaches half way.
float value_at(vec2 values, float fraction)
{
    if (is_missing(values.x) || is_missing(values.y)) return fraction < 0.5 ? values.x : values.y;
    return values.x + fraction * (values.y - values.x);
}

// `values` are at the segment's start and end. `light` is light_on() of the surface; its z is the weight of the light,
// 0 to 1. `depth` is the window depth.
void write_fragment(float coverage, vec2 values, float fraction, vec3 light, float depth)
{
    if (coverage < u_surface) discard;
    float value = value_at(values, fraction);
    vec3 color = color_of(value);
    if (u_glow.y > 0.0) {
        f_color = vec4(glow_of(color, value) * mix(1.0, light.x, light.z), 1.0) * coverage;
        return;
    }
    if (light.z > 0.0) color = mix(color, lit(color, light.xy), light.z);
    coverage = roundEven(coverage * 255.0) * (1.0 / 255.0); // as the framebuffer stores alpha: colours stay below it
    f_color = vec4(with_depth_cue(color, depth), 1.0) * coverage;
}
