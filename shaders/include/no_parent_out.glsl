// For vertex shaders of tubes whose normals are their own. The variant "fillet" has parent_out.glsl instead.

void set_parent(vec3 start, float scale)
{
}
