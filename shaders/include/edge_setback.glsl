// Depth, pixels, by which a partly covered fragment is moved away from the viewer: the less coverage, the more. A tube
// close behind then shows through the edge even if it is drawn later, since instances are only sorted by their middles.
// `rise`: see round_cone.glsl.

float edge_setback(float coverage, float rise, float radius)
{
    float missing = 1.0 - coverage;
    return 4.0 * missing * missing * (abs(rise) + radius);
}
