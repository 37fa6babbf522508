// A depth cue: what lies behind the camera's center takes on the background's colour, the farther the more.
//
// u_fog      float  its share at the far end of the depths drawn, 0 to 1
// u_horizon  vec3   the background's colour

uniform float u_fog;
uniform vec3 u_horizon;

// `depth` is the window depth: 0 at the near end, 0.5 at the center.
float fog_at(float depth)
{
    return u_fog * clamp(2.0 * depth - 1.0, 0.0, 1.0);
}

vec3 in_fog(vec3 color, float depth)
{
    return mix(color, u_horizon, fog_at(depth));
}
