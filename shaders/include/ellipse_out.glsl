// For vertex shaders of discs and tubes whose spheres have ellipses for images; see disc_out.glsl.
//
// v_flattening  vec2  flattened() shortens vectors in this direction by the factor 1 - its squared length

flat out vec2 v_flattening;

vec2 stretched = vec2(0.0);

void set_flattening(vec2 stretch)
{
    float longer = sqrt(1.0 + dot(stretch, stretch));
    stretched = stretch;
    v_flattening = stretch * inversesqrt(longer * (longer + 1.0));
}

vec2 flattened(vec2 p)
{
    return p - v_flattening * dot(v_flattening, p);
}

vec2 unflattened(vec2 p)
{
    return p + stretched * (dot(stretched, p) / (1.0 + sqrt(1.0 + dot(stretched, stretched))));
}

float depth_of_height(float height)
{
    return height * (1.0 - dot(v_flattening, v_flattening));
}
