// The material of surfaces where no style is given: USUAL in scene/styles.py. The variant "material" has
// given_material.glsl instead, with the same light_on(). Needs light.glsl.

vec2 light_on(vec3 normal)
{
    return light_by(normal, vec4(0.56, 0.50, 0.14, 32.0), 0.12);
}
