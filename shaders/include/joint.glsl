// How the images of two segments that meet are parted: by the bisector, the line through the joint that runs halfway
// between both. Positions are pixels.

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

// Square to the bisector, forwards; as long as twice the cosine of half the turn. Zero where nothing parts the two,
// because the neurite turns back sharply: there both draw their round end.
vec2 across_bisector(vec2 before, vec2 joint, vec2 after)
{
    vec2 forwards = direction(before, joint) + direction(joint, after);
    bool parts = dot(forwards, forwards) >= 0.09 && min(distance(before, joint), distance(joint, after)) >= 1e-4;
    return parts ? forwards : vec2(0.0);
}
