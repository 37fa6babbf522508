// Which of two neighbours draws a pixel that both cover, so that what is blended is drawn once.

#include "joint.glsl"

const vec2 UNEVEN = vec2(0.0137, 0.0071); // pixels; keeps parting lines off the middles of whole rows and diagonals

// How far the pixel lies beyond a joint's bisector, given what across_bisector() gives. The two segments that meet there
// compute it from the same three places in the same way, so that no pixel is drawn twice or by none. `otherwise` where
// nothing parts them.
float beyond_joint(vec2 forwards, vec2 joint, float otherwise)
{
    return dot(forwards, forwards) > 0.0 ? dot(forwards, pixel() + UNEVEN - joint) : otherwise;
}

// True where the neighbour beyond a joint covers a pixel as well: then it draws it. `distance` is the pixel's from the
// silhouette that asks; `joint` and `far` are the neighbour's ends as x, y and radius, pixels.
bool is_covered_beyond(float distance, vec3 joint, vec3 far)
{
    vec2 offset = pixel() - joint.xy, step = far.xy - joint.xy, radii = vec2(joint.z, far.z);
    Silhouette other = silhouette(offset, step, radii, outline(step, radii));
    return other.distance <= distance + length(UNEVEN);
}

// True where the neighbour before a start draws the pixel; a radius of `before` below 0: there is none.
bool is_before(float distance, vec3 before, vec3 start, vec2 next)
{
    return before.z >= 0.0 && beyond_joint(across_bisector(before.xy, start.xy, next), start.xy, 1.0) < 0.0
        && is_covered_beyond(distance, start, before);
}

// The same beyond an end.
bool is_after(float distance, vec2 last, vec3 end, vec3 after)
{
    return after.z >= 0.0 && beyond_joint(across_bisector(last, end.xy, after.xy), end.xy, -1.0) >= 0.0
        && is_covered_beyond(distance, end, after);
}
