// Depth cue: mixes the background's colour into everything behind the camera's center, more with depth.
//
// u_depth_cue   float  weight of the background's colour at the far end of the depth range, 0 to 1
// u_background  vec3   the background's colour, RGB, 0 to 1

uniform float u_depth_cue;
uniform vec3 u_background;

// Weight of the background's colour. `depth` is the window depth: 0 at the near end, 0.5 at the camera's center.
float depth_cue_weight(float depth)
{
    return u_depth_cue * clamp(2.0 * depth - 1.0, 0.0, 1.0);
}

vec3 with_depth_cue(vec3 color, float depth)
{
    return mix(color, u_background, depth_cue_weight(depth));
}
