#version 330
// One synapse: a disc that faces the viewer.
//
// Per vertex:
// a_corner      vec2   -1 or 1 in x and y
// Per instance:
// a_position    vec4   xyz relative to the camera's center, µm; w: how much nearer to the viewer than xyz the marker is
//                      drawn, µm: the diameter of the tube that contains the synapse
// a_look        vec4   red, green, blue, 0 to 1; fraction of the full size, 0 to 1
// u_radius      float  full size, µm
// u_min_radius  float  pixels; no marker of full size is drawn smaller
// To the fragments:
// v_disc        vec3   center, pixels, and radius, flattened pixels; see disc.glsl
// v_color       vec3   RGB, 0 to 1
// v_rim         vec3   colour of the rim, RGB, 0 to 1

in vec2 a_corner;
in vec4 a_position;
in vec4 a_look;

uniform float u_radius;
uniform float u_min_radius;

#include "view.glsl"
#include "disc_out.glsl"

flat out vec3 v_disc;
flat out vec3 v_color;
flat out vec3 v_rim;

const float EDGE_MARGIN = 0.71; // pixels outside the disc that are still partly covered

// Darker than the colour, or lighter where the colour is dark: visible on any cell and background.
vec3 rim_color(vec3 color)
{
    float luminance = dot(color * color, vec3(0.2126, 0.7152, 0.0722));
    return luminance > 0.03 ? 0.33 * color : mix(color, vec3(1.0), 0.75);
}

void main()
{
    vec4 middle = to_pixels(a_position.xyz);
    if (middle.w <= 0.0) { // behind the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    float full = max(u_radius * middle.w, u_min_radius), radius = full * a_look.w;
    Ball ball = ball_at(middle, radius);
    set_flattening(ball.stretch);
    v_disc = vec3(ball.center, ball.radius);
    v_color = a_look.rgb;
    v_rim = rim_color(a_look.rgb);
    // The tube's diameter, not its radius, because slanted tubes and somas reach farther; and the front of the ball.
    float depth = middle.z + a_position.w * middle.w + 2.0 * full;
    gl_Position = to_clip(ball.center + unflattened(a_corner * (ball.radius + EDGE_MARGIN)), depth);
    gl_Position.z = clamp(gl_Position.z, -1.0, 1.0);
}
