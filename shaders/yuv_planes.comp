#version 430
// Packs a picture into planes of Y, U and V in a buffer.

layout(local_size_x = 256) in;

layout(std430, binding = 0) writeonly buffer Planes { uint words[]; };

#include "yuv_planes.glsl"

void main()
{
    uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint word = gl_GlobalInvocationID.x; word < uint(words.length()); word += step) {
        uvec4 bytes = bytes_of(word);
        words[word] = bytes.x | bytes.y << 8 | bytes.z << 16 | bytes.w << 24;
    }
}
