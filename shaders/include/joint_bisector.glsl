// The bisector of a joint: the line through the joint that halves the angle between the images of the two segments
// that meet there. Each segment draws its own side. Positions are pixels.

// Unit vector between two positions; (1, 0) where they coincide.
vec2 direction(vec2 from, vec2 to)
{
    vec2 step = to - from;
    float size = length(step);
    return size > 1e-4 ? step / size : vec2(1.0, 0.0);
}

vec2 along_and_across(vec2 offset, vec2 axis)
{
    return vec2(dot(offset, axis), dot(offset, vec2(-axis.y, axis.x)));
}

// Normal of the bisector, towards `after`. Its length is twice the cosine of half the turn. Zero where the neurite
// turns back sharply or a segment has no length: there is no bisector, and both segments draw their round ends.
vec2 bisector_normal(vec2 before, vec2 joint, vec2 after)
{
    vec2 forwards = direction(before, joint) + direction(joint, after);
    bool has_bisector = dot(forwards, forwards) >= 0.09 && min(distance(before, joint), distance(joint, after)) >= 1e-4;
    return has_bisector ? forwards : vec2(0.0);
}

// In place of the radius of a neighbour: how the end of a segment is drawn that has none. Of a flat end whose edges may lie
// over the parent's it is BESIDE_PARENT minus the parent's radius.
const float ROUND_END = -1.0, FLAT_END = -2.0, BESIDE_PARENT = -3.0;

bool is_flat(float end)
{
    return end <= FLAT_END;
}

// Radius of the neighbour at its far end; below 0 if there is none.
float neighbour_radius(float end)
{
    return end <= BESIDE_PARENT ? BESIDE_PARENT - end : end;
}
