// For the pass that draws solid fragments alone, which hide each other: neighbours do not matter.

float beside_neighbours(float coverage, Silhouette edge, vec3 before, vec3 start, vec3 end, vec3 after)
{
    return coverage;
}
