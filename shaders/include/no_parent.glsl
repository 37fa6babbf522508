// Normals of tubes are their own. The variant "fillet" has parent_normal.glsl instead.

vec3 beside_parent(vec3 normal, vec3 at)
{
    return normal;
}
