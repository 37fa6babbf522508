// What the passes of the sort share. It sorts 16-bit keys by their lower and then by their upper 8 bits; each pass keeps
// the order of equal digits. Work groups sort a block of instances each, in tiles of one instance per invocation.
//
// u_shift  uint  bits below the digit; 0 in the first pass, which starts from the order of the numbers

layout(local_size_x = 256) in; // also the number of different digits

layout(std430, binding = 0) readonly buffer Keys { uint keys[]; };           // of each instance
layout(std430, binding = 1) readonly buffer OrderBefore { uint before[]; };  // of the first pass: unused

uniform uint u_shift;

const uint N_DIGITS = 256u;
const uint N_TILES = 16u; // in a block

// The instance at a place of the order before the pass.
uint instance_at(uint place)
{
    return u_shift == 0u ? place : before[place];
}

uint digit_of(uint instance)
{
    return (keys[instance] >> u_shift) & (N_DIGITS - 1u);
}

uint place_of(uint tile)
{
    return (gl_WorkGroupID.x * N_TILES + tile) * N_DIGITS + gl_LocalInvocationID.x;
}
