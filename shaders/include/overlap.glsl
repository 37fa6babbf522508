// Pixels that two neighbouring segments cover: only one of the two draws them, because blending twice shows.
// Needs pixel() and round_cone.glsl.

#include "joint_bisector.glsl"

// Pixels; keeps bisectors from running through a whole row or diagonal of pixel centers.
const vec2 BISECTOR_SHIFT = vec2(0.0137, 0.0071);

// Which side of a joint's bisector the pixel is on: below 0 before it, 0 or more after it. `normal` is
// bisector_normal(); where that is zero, the result is `otherwise`. Both segments compute this from the same three
// vertices in the same order, so that rounding neither skips a pixel nor draws it twice.
float side_of_joint(vec2 normal, vec2 joint, float otherwise)
{
    return dot(normal, normal) > 0.0 ? dot(normal, pixel() + BISECTOR_SHIFT - joint) : otherwise;
}

const float REACH = 0.71; // pixels from an edge within which pixels are partly covered
const float THICK = 2.0; // pixels: radius from which the sides of a segment are told apart
const float CORNER = 0.7; // cosine of the angle from which two edges are those of a corner

// Whether two edges run in much the same direction.
bool has_direction_of(Silhouette edge, Silhouette other)
{
    return dot(edge.outward, other.outward) >= CORNER * length(edge.outward) * length(other.outward);
}

const float INSIDE = 1.7; // pixels inside an edge from which another edge is in front of it and not beside it

// What a section that begins beside its parent adds to the coverage of a pixel, which is `coverage` of its own edge and
// `parents` of the parent's. Of edges that lie over each other only what the parent does not cover is added: blended, the
// two would cover too much. Edges that face each other leave nothing between them.
float added_coverage(float coverage, Silhouette edge, float parents, Silhouette parent)
{
    float cosine = dot(edge.outward, parent.outward) / max(length(edge.outward) * length(parent.outward), 1e-6);
    float free = max(1.0 - parents, 1e-3);
    float added = cosine > 0.0 ? max(coverage - parents, 0.0) / free : min(coverage / free, 1.0);
    return mix(coverage, added, abs(cosine) * smoothstep(-INSIDE, -REACH, parent.distance));
}

// True where the neighbour draws the pixel. Of the two the one that covers it clearly better draws it, else the one on
// whose side of the joint it is. Both draw it in the corner between two edges, where it takes both to cover it, and where
// it is wholly within the neighbour. `edge` is the silhouette of the segment that asks; `offset` and `step` are from the
// joint to the pixel and to the neighbour's far end, `radii` those at joint and far end, `terms` is silhouette_terms() of
// the neighbour, from joint to far end. All in the same pixels, flattened or not.
bool neighbour_draws(bool is_its_side, Silhouette edge, vec2 offset, vec2 step, vec2 radii, vec2 terms)
{
    Silhouette other = silhouette(offset, step, radii, terms);
    float slack = length(BISECTOR_SHIFT);
    if (min(edge.radius, other.radius) > THICK && abs(other.distance) < REACH && !has_direction_of(edge, other)) return false;
    return is_its_side ? other.distance <= edge.distance + slack
                       : other.distance < edge.distance - 2.0 * slack && other.distance > -REACH;
}

// How much of its coverage a segment draws beyond a flat end, 0 to 1: nothing but a pixel's width, where another segment
// draws a round end that covers the segment's own. `outward` is from the joint to the pixel; `inwards`, a unit vector,
// from the joint along the segment.
float coverage_beyond(vec2 outward, vec2 inwards)
{
    return clamp(1.0 + dot(outward, inwards), 0.0, 1.0);
}
