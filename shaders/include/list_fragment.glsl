// A stand-in for finish.glsl: a segment's pixel is put on a list, whatever lies before it.
// Read by gpu/fragments.py. Needs OpenGL 4.3. In the place of values segments have their numbers.
//
// u_room  int  how many fragments the list can take
// u_row   int  image width, pixels

#include "light.glsl"
#include "fog.glsl"

struct Fragment { // layers.FRAGMENT
    uint pixel;     // counted along rows
    uint segment;
    float depth;    // window depth, as it would be written
    float coverage;
    float share;    // of the axis
    float shade;
    float highlight;
    float lit;      // how much of these two is seen
    float fog;
};

layout(std430, binding = 0) buffer FragmentList {
    uint n_fragments;
    Fragment fragments[];
};

uniform int u_room;
uniform int u_row;

out vec4 f_color; // Mesa skips pixels that have no output

void finish(float coverage, vec2 values, float share, vec3 light, float depth)
{
    f_color = vec4(0.0);
    uint place = atomicAdd(n_fragments, 1u);
    if (place >= uint(u_room)) return;
    uvec2 at = uvec2(pixel());
    fragments[place] = Fragment(at.y * uint(u_row) + at.x, uint(values.x), gl_FragDepth, coverage, share,
                                light.x, light.y, light.z, fog_at(depth));
}
