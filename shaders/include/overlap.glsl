// Pixels that two neighbouring segments cover: one of the two draws them, and the other one adds what is missing.
// Needs pixel() and round_cone.glsl.

#include "joint_bisector.glsl"

// Pixels; keeps bisectors from running through a whole row or diagonal of pixel centers.
const vec2 BISECTOR_SHIFT = vec2(0.0137, 0.0071);

// Which side of a joint's bisector the pixel is on: below 0 before it, 0 or more after it. `normal` is
// bisector_normal(); where that is zero, all pixels are before it. Both segments compute this from the same three vertices
// in the same order, so that rounding neither skips a pixel nor draws it twice.
float side_of_joint(vec2 normal, vec2 joint)
{
    return dot(normal, normal) > 0.0 ? dot(normal, pixel() + BISECTOR_SHIFT - joint) : -1.0;
}

const float INSIDE = 0.71; // pixels from an edge within which pixels are partly covered
const float FAR_INSIDE = 1.7; // pixels inside an edge from which another edge is seen in front of it
const float THICK = 2.0; // pixels: radius from which the sides of a segment are told apart
const float HARDLY_FREE = 0.1; // part of a pixel that another segment leaves, below which the colour is the other's alone

// What the edge of a segment adds to a pixel that another segment draws with the coverage `others`, so that both, blended,
// have the coverage of the two together: of edges that lie over each other that of the wider, of edges that face each other
// the sum. `coverage` is the segment's own.
float added_coverage(float coverage, Silhouette edge, float others, Silhouette other)
{
    float cosine = dot(edge.outward, other.outward) / max(length(edge.outward) * length(other.outward), 1e-6);
    cosine = mix(1.0, cosine, smoothstep(0.5 * THICK, THICK, min(edge.radius, other.radius)));
    float free = max(1.0 - others, 1e-3);
    float added = cosine > 0.0 ? max(coverage - others, 0.0) / free : min(coverage / free, 1.0);
    return mix(coverage, added, abs(cosine)) * min((1.0 - others) / HARDLY_FREE, 1.0);
}

// 0 to 1: how far an edge of a section that begins at its parent, and does not continue it, is seen in front of the parent.
// There it is drawn as it is.
float in_front_of(Silhouette parent)
{
    return 1.0 - smoothstep(-FAR_INSIDE, -INSIDE, parent.distance);
}

// How much of its coverage a segment draws beyond a flat end, 0 to 1: nothing but a pixel's width, where another segment
// draws a round end that covers the segment's own. `outward` is from the joint to the pixel; `inwards`, a unit vector,
// from the joint along the segment.
float coverage_beyond(vec2 outward, vec2 inwards)
{
    return clamp(1.0 + dot(outward, inwards), 0.0, 1.0);
}
