// Light on a surface: soft light from the upper left, a weak specular highlight, darker towards the silhouette.
// The brightest part keeps its colour, so that it can be compared with the colour bar.
// numpy mirror: render/static_camera

const vec3 LIGHT = vec3(-0.397, 0.529, 0.750);   // unit, to the light; axes as for `normal`
const vec3 HALFWAY = vec3(-0.212, 0.283, 0.935); // unit, halfway between the light and the viewer

// The light's effect on any colour: x multiplies it, y is added. `normal` is a unit vector in the camera's axes: right,
// up, towards the viewer. `material` is shadow, diffuse, gloss, shininess, and `rim` how much darker the silhouette is: see
// Material in scene/styles.py.
vec2 light_by(vec3 normal, vec4 material, float rim)
{
    float wrapped = 0.5 + 0.5 * dot(normal, LIGHT);
    float shade = material.x + material.y * wrapped * wrapped;
    shade *= (1.0 - rim) + rim * clamp(normal.z, 0.0, 1.0);
    return vec2(min(shade, 1.0), material.z * pow(max(dot(normal, HALFWAY), 0.0), material.w));
}

#include "usual_material.glsl"

vec3 lit(vec3 color, vec2 light)
{
    return min(color * light.x + light.y, 1.0);
}
