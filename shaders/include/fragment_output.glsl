// The output of a segment's fragment: its colour, premultiplied by its coverage.
// load_shader(output=...) includes another file instead, which also has write_fragment().
// numpy mirror: render/static_camera

#include "colormap.glsl"
#include "segment_value.glsl"
#include "light.glsl"
#include "depth_cue.glsl"

out vec4 f_color;

// `values` are at the segment's start and end. `light` is light_on() of the surface; its z is the weight of the light,
// 0 to 1. `depth` is the window depth.
void write_fragment(float coverage, vec2 values, float fraction, vec3 light, float depth)
{
    vec3 color = color_of(value_at(values, fraction));
    if (light.z > 0.0) color = mix(color, lit(color, light.xy), light.z);
    coverage = roundEven(coverage * 255.0) * (1.0 / 255.0); // as the framebuffer stores alpha: colours stay below it
    f_color = vec4(with_depth_cue(color, depth), 1.0) * coverage;
}
