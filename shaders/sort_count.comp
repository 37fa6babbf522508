#version 430
// A pass of the sort, first step: how many instances of each block have each digit.

#include "sort_block.glsl"

layout(std430, binding = 2) writeonly buffer Counts { uint counts[]; };  // 256 of each block

shared uint n_of_digit[N_DIGITS];

void main()
{
    uint lane = gl_LocalInvocationID.x;
    n_of_digit[lane] = 0u;
    barrier();
    for (uint tile = 0u; tile < N_TILES; tile++) {
        uint place = place_of(tile);
        if (place < uint(keys.length())) atomicAdd(n_of_digit[digit_of(instance_at(place))], 1u);
    }
    barrier();
    counts[gl_WorkGroupID.x * N_DIGITS + lane] = n_of_digit[lane];
}
