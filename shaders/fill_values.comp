#version 430
// Fills the instances' values from the recording's rows, in drawing order. numpy mirror: data/value_map.py
//
// u_fraction  float  of the way from the first row to the last; 0: the first row alone

layout(local_size_x = 256) in;

struct Source {    // SOURCE in render/vertex_values.py
    int before;    // column; NOT_RECORDED, or IS_HIGHLIGHTED
    int after;     // column
    float weight;  // of the column `after`
};

layout(std430, binding = 0) readonly buffer Order { uint order[]; };         // instances in drawing order
layout(std430, binding = 1) readonly buffer Instances { int vertices[]; };   // the same number of each instance
layout(std430, binding = 2) readonly buffer Sources { Source sources[]; };   // of each vertex
layout(std430, binding = 3) readonly buffer FirstRow { float first_row[]; };
layout(std430, binding = 4) readonly buffer LastRow { float last_row[]; };
layout(std430, binding = 5) writeonly buffer Values { float values[]; };     // of each instance: at all but two vertices

uniform float u_fraction;

#include "missing.glsl"

const int NOT_RECORDED = -1, IS_HIGHLIGHTED = -2;
const uint HIGHLIGHTED_BITS = 0x7f7fffffu;  // HIGHLIGHTED in scene/colormaps.py: the greatest float32

float recorded(int column)
{
    float first = first_row[column];
    if (u_fraction > 0.0) {
        precise float mean = first + u_fraction * (last_row[column] - first);
        first = mean;
    }
    float limit = uintBitsToFloat(HIGHLIGHTED_BITS) / 4.0;  // infinities are outside any clim, but cannot be interpolated
    return is_missing(first) ? first : clamp(first, -limit, limit);
}

float value_of(Source source)
{
    if (source.before == IS_HIGHLIGHTED) return uintBitsToFloat(HIGHLIGHTED_BITS);
    if (source.before == NOT_RECORDED) return uintBitsToFloat(NAN_BITS);
    float before = recorded(source.before), after = recorded(source.after);
    if (is_missing(before) || is_missing(after)) return source.weight < 0.5 ? before : after;
    precise float value = (after - before) * source.weight + before;
    return value;
}

void main()
{
    uint n_vertices = uint(vertices.length()) / uint(order.length()), n_ends = n_vertices - 2u;
    uint n_slots = uint(order.length()) * n_ends, step = gl_NumWorkGroups.x * gl_WorkGroupSize.x;
    for (uint slot = gl_GlobalInvocationID.x; slot < n_slots; slot += step) {
        uint instance = order[slot / n_ends];
        values[slot] = value_of(sources[vertices[instance * n_vertices + 1u + slot % n_ends]]);
    }
}
