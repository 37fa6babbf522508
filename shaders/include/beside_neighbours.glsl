// Edges of neighbouring tubes. The variant "solid" has solid_only.glsl instead.

// The silhouette of the neighbour at a joint, flattened pixels. `far` is its other end.
Silhouette neighbour_silhouette(vec3 joint, vec3 far)
{
    vec2 step = flattened(far.xy - joint.xy), radii = vec2(joint.z, far.z);
    return silhouette(flattened(pixel() - joint.xy), step, radii, silhouette_terms(step, radii));
}

// What a tube draws of the edge that it has the coverage of, where it has neighbours.
float beside_neighbours(float coverage, Silhouette edge, vec3 before, vec3 start, vec3 end, vec3 after)
{
    if (before.z >= 0.0 && side_of_joint(parting_normal(bisector_normal(before.xy, start.xy, end.xy), start.xy), start.xy) < 0.0) {
        Silhouette other = neighbour_silhouette(start, before);
        coverage = added_coverage(coverage, edge, tube_coverage(in_pixels(other)), other);
    }
    if (before.z <= BESIDE_PARENT) {
        Silhouette parent = neighbour_silhouette(start, vec3(before.xy, neighbour_radius(before.z)));
        coverage = coverage_beside(coverage, edge, tube_coverage(in_pixels(parent)), parent);
    }
    if (after.z >= 0.0 && side_of_joint(parting_normal(bisector_normal(start.xy, end.xy, after.xy), end.xy), end.xy) >= 0.0) {
        Silhouette other = neighbour_silhouette(end, after);
        coverage = added_coverage(coverage, edge, tube_coverage(in_pixels(other)), other);
    }
    return coverage;
}
