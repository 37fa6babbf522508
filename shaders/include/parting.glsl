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
// silhouette that asks; `joint` and `far` are the neighbour's ends as x, y and radius, pixels; `outlined` is what outline()
// gives for it, from joint to far.
bool is_covered_beyond(float distance, vec3 joint, vec3 far, vec2 outlined)
{
    vec2 offset = pixel() - joint.xy;
    Silhouette other = silhouette(offset, far.xy - joint.xy, vec2(joint.z, far.z), outlined);
    return other.distance <= distance + length(UNEVEN);
}
