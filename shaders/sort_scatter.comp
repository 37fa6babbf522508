#version 430
// A pass of the sort, third step: puts each instance in its place.

#include "sort_block.glsl"

layout(std430, binding = 2) readonly buffer Offsets { uint offsets[]; };  // 256 of each block
layout(std430, binding = 3) writeonly buffer OrderAfter { uint after[]; };

const uint NO_DIGIT = 0xffffffffu;

shared uint next_place[N_DIGITS]; // of an instance with the digit
shared uint digits[N_DIGITS];     // of the tile's instances

void main()
{
    uint lane = gl_LocalInvocationID.x;
    next_place[lane] = offsets[gl_WorkGroupID.x * N_DIGITS + lane];
    for (uint tile = 0u; tile < N_TILES; tile++) {
        uint place = place_of(tile);
        bool is_inside = place < uint(keys.length());
        uint instance = is_inside ? instance_at(place) : 0u;
        digits[lane] = is_inside ? digit_of(instance) : NO_DIGIT;
        barrier();
        uint digit = digits[lane];
        if (is_inside) {
            uint rank = 0u; // among those of the tile with this digit
            for (uint other = 0u; other < lane; other++) rank += digits[other] == digit ? 1u : 0u;
            after[next_place[digit] + rank] = instance;
        }
        barrier();
        if (is_inside) atomicAdd(next_place[digit], 1u);
        barrier();
    }
}
