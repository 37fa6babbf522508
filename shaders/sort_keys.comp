#version 430
// Depths of instances in 16 bits, rising towards the viewer: the keys of the sort. See render/gpu/depth_sort.py.
//
// u_axis  vec3  towards the viewer, unit, divided by four times the greatest distance of a vertex from the origin

layout(local_size_x = 256) in;

layout(std430, binding = 0) writeonly buffer Keys { uint keys[]; };         // of each instance
layout(std430, binding = 1) readonly buffer Instances { int vertices[]; };  // the same number of each instance
layout(std430, binding = 2) readonly buffer Positions { vec4 positions[]; };  // of each vertex: x, y, z, radius

uniform vec3 u_axis;

void main()
{
    uint n = uint(keys.length()), n_vertices = uint(vertices.length()) / n;
    uint step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint instance = gl_GlobalInvocationID.x; instance < n; instance += step) {
        uint first = instance * n_vertices;
        vec3 ends = positions[vertices[first + 1u]].xyz + positions[vertices[first + n_vertices - 2u]].xyz;
        keys[instance] = uint(65535.0 * clamp(0.5 + dot(ends, u_axis), 0.0, 1.0));
    }
}
