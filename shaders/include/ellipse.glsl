// For fragment shaders of discs and tubes whose spheres have ellipses for images; see disc.glsl.
//
// v_flattening            vec2   flattened() shortens vectors in this direction by the factor 1 - its squared length
// u_middle                vec2   see view.glsl
// u_scale                 float  see view.glsl
// u_inverse_eye_distance  float  see view.glsl

flat in vec2 v_flattening;

uniform vec2 u_middle;
uniform float u_scale;
uniform float u_inverse_eye_distance;

vec2 flattened(vec2 p)
{
    return p - v_flattening * dot(v_flattening, p);
}

Silhouette in_pixels(Silhouette edge)
{
    vec2 outward = flattened(edge.outward / max(length(edge.outward), 1e-6)); // the gradient of the distance
    float steepness = max(length(outward), 1e-6);
    return Silhouette(edge.distance / steepness, edge.fraction, edge.radius / steepness, outward);
}

// What is nearer to the eye is so along the ray, which is longer than the distance along the view axis.
float depth_of_height(float height)
{
    return height * (1.0 - dot(v_flattening, v_flattening));
}

// Of an ellipse that moves along a line, the points that draw its outline are at an angle to the line. `stretch` is that of
// a small sphere's image: both segments have the same.
vec2 parting_normal(vec2 normal, vec2 joint)
{
    vec2 stretch = (joint - u_middle) * u_inverse_eye_distance / u_scale;
    return normal - stretch * (dot(stretch, normal) / (1.0 + dot(stretch, stretch)));
}
