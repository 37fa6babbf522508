// For fragment shaders of discs and tubes whose spheres have discs for images. The variant "perspective" has ellipse.glsl
// instead, with the same functions. Needs round_cone.glsl.

// A vector in flattened pixels, in which spheres have discs for images, from one in pixels.
vec2 flattened(vec2 p)
{
    return p;
}

// A silhouette in pixels, from one in flattened pixels.
Silhouette in_pixels(Silhouette edge)
{
    return edge;
}

// Depth, pixels, of a height in flattened pixels.
float depth_of_height(float height)
{
    return height;
}

// The normal of the line through a joint that parts two segments, from that of their bisector; pixels.
vec2 parting_normal(vec2 normal, vec2 joint)
{
    return normal;
}
