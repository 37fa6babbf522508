#version 330
// One synapse, as a disc that faces the viewer.
//
// a_corner        vec2   per vertex: -1 or 1 across and down
// per instance:
// a_place         vec4   µm, relative to the camera's center; and how much nearer to the viewer than that it is drawn,
//                        its own size aside: the diameter of the tube that holds it
// a_look          vec4   red, green, blue, and the share of its size that it has
// u_radius        float  µm
// u_least_radius  float  pixels; no marker of full size is drawn smaller

in vec2 a_corner;
in vec4 a_place;
in vec4 a_look;

uniform float u_radius;
uniform float u_least_radius;

#include "view.glsl"

flat out vec3 v_disc; // its middle and its radius, pixels
flat out vec3 v_color;
flat out vec3 v_rim;

const float OUTSIDE = 0.71; // pixels outside the disc that still are partly covered

// Darker than the colour, or lighter where that is dark itself: seen on any cell and background.
vec3 rim_of(vec3 color)
{
    float luminance = dot(color * color, vec3(0.2126, 0.7152, 0.0722));
    return luminance > 0.03 ? 0.33 * color : mix(color, vec3(1.0), 0.75);
}

void main()
{
    vec4 middle = to_pixels(a_place.xyz);
    if (middle.w <= 0.0) { // behind the eye
        gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
        return;
    }
    float full = max(u_radius * middle.w, u_least_radius), radius = full * a_look.w;
    v_disc = vec3(middle.xy, radius);
    v_color = a_look.rgb;
    v_rim = rim_of(a_look.rgb);
    // A diameter off the axis, not a radius: slanted tubes and somas reach farther. As deep as the ball's front.
    gl_Position = to_clip(middle.xy + a_corner * (radius + OUTSIDE), middle.z + a_place.w * middle.w + 2.0 * full);
    gl_Position.z = clamp(gl_Position.z, -1.0, 1.0);
}
