// Normals of tubes that grow out of a parent: where they meet it they are the parent's, so that no crease is seen there.
//
// v_parent          vec4  center, relative to the segment's start, reach; flattened pixels
// v_parent_axis     vec4  axis, unit; squared radius at the center, flattened pixels^2
// v_parent_profile  vec2  half its decrease, flattened pixels; its curvature

flat in vec4 v_parent;
flat in vec4 v_parent_axis;
flat in vec2 v_parent_profile;

// `normal` is the tube's own, at `at`, relative to the segment's start; right, up, towards the viewer, flattened pixels.
vec3 beside_parent(vec3 normal, vec3 at)
{
    vec3 offset = at - v_parent.xyz, axis = v_parent_axis.xyz;
    float z = dot(offset, axis);
    vec3 across = offset - z * axis, outward = across + (v_parent_profile.x + v_parent_profile.y * z) * axis;
    float excess = dot(across, across) + (2.0 * v_parent_profile.x + v_parent_profile.y * z) * z - v_parent_axis.w;
    float size = max(length(outward), 1e-6);
    float apart = clamp(0.5 * excess / (size * v_parent.w), 0.0, 1.0), weight = (1.0 - apart) * (1.0 - apart * apart);
    return normalize(mix(normal, outward / size, weight));
}
