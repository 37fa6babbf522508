// Appends a segment's fragment to a list, hidden or not, instead of drawing it; see fragment_output.glsl.
// render/gpu/fragments.py reads the list. Needs OpenGL 4.3. Segments have their numbers for values.
//
// u_capacity     int  fragments that the list can hold
// u_image_width  int  pixels

#include "light.glsl"
#include "depth_cue.glsl"

struct Fragment {    // FRAGMENT in render/static_camera
    uint pixel;      // row * image width + column
    uint segment;
    float depth;     // window depth that the fragment writes
    float coverage;
    float fraction;  // along the segment
    float shade;     // light_on().x
    float highlight; // light_on().y
    float lit;       // weight of the light
    float depth_cue; // weight of the background's colour
};

layout(std430, binding = 0) buffer FragmentList {
    uint n_fragments;
    Fragment fragments[];
};

uniform int u_capacity;
uniform int u_image_width;

out vec4 f_color; // Mesa skips fragments that have no output

void write_fragment(float coverage, vec2 values, float fraction, vec3 light, float depth)
{
    f_color = vec4(0.0);
    uint index = atomicAdd(n_fragments, 1u);
    if (index >= uint(u_capacity)) return;
    uvec2 at = uvec2(pixel());
    fragments[index] = Fragment(at.y * uint(u_image_width) + at.x, uint(values.x), gl_FragDepth, coverage, fraction,
                                light.x, light.y, light.z, depth_cue_weight(depth));
}
