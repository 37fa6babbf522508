// The material of surfaces that a style gives; see usual_material.glsl.
//
// u_material   vec4   shadow, diffuse, gloss, shininess: see Material in scene/styles.py
// u_rim_shade  float  how much darker the silhouette is, 0 to 1

uniform vec4 u_material;
uniform float u_rim_shade;

vec2 light_on(vec3 normal)
{
    return light_by(normal, u_material, u_rim_shade);
}
