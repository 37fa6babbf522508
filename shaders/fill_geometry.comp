#version 430
// Fills the instances' vertices, in drawing order.

layout(local_size_x = 256) in;

layout(std430, binding = 0) readonly buffer Order { uint order[]; };        // instances in drawing order
layout(std430, binding = 1) readonly buffer Instances { int vertices[]; };  // the same number of each instance
layout(std430, binding = 2) readonly buffer Positions { vec4 positions[]; };  // of each vertex: x, y, z, radius
layout(std430, binding = 3) writeonly buffer Geometry { vec4 geometry[]; };

void main()
{
    uint n_vertices = uint(vertices.length()) / uint(order.length());
    uint n_slots = uint(vertices.length()), step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint slot = gl_GlobalInvocationID.x; slot < n_slots; slot += step) {
        uint instance = order[slot / n_vertices];
        geometry[slot] = positions[vertices[instance * n_vertices + slot % n_vertices]];
    }
}
