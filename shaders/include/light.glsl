// A lit surface: soft light from the upper left, a little highlight, darker towards the silhouette.
// The brightest part keeps the colour itself, so that it can still be read from the colour bar.
// `normal` is in the camera's axes: right, up, towards the viewer.

const vec3 LIGHT = vec3(-0.397, 0.529, 0.750);   // unit, to the light
const vec3 HALFWAY = vec3(-0.212, 0.283, 0.935); // unit, between the light and the viewer

// What the light does to any colour: multiplies it by x, adds y.
vec2 light_on(vec3 normal)
{
    float wrapped = 0.5 + 0.5 * dot(normal, LIGHT);
    float shade = 0.56 + 0.50 * wrapped * wrapped;
    shade *= 0.88 + 0.12 * clamp(normal.z, 0.0, 1.0);
    return vec2(min(shade, 1.0), 0.14 * pow(max(dot(normal, HALFWAY), 0.0), 32.0));
}

vec3 lit(vec3 color, vec2 light)
{
    return min(color * light.x + light.y, 1.0);
}
