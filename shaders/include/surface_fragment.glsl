// The depth of a segment's surface only: edges are whole pixels, at the surface's depth; see fragment_output.glsl.
//
// u_least_coverage  float  of edges that are drawn

#include "light.glsl"
#include "depth_cue.glsl"

uniform float u_least_coverage;

out vec4 f_color;

void write_fragment(float coverage, vec2 values, float fraction, vec3 light, float depth)
{
    if (coverage < u_least_coverage) discard;
    f_color = vec4(0.0);
}
