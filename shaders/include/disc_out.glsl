// For vertex shaders of discs and tubes whose spheres have discs for images. The variant "perspective" has
// ellipse_out.glsl instead, with the same functions.

// Set which ellipses become circles when they are flattened: those with this `stretch`; see view.glsl.
void set_flattening(vec2 stretch)
{
}

// A vector in flattened pixels, from one in pixels.
vec2 flattened(vec2 p)
{
    return p;
}

// The opposite of flattened().
vec2 unflattened(vec2 p)
{
    return p;
}

// Depth, pixels, of a height in flattened pixels.
float depth_of_height(float height)
{
    return height;
}
