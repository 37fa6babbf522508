// Entries of a colour table that hold between given values; see equal_entries.glsl.
//
// u_edges  sampler2D  values between which entries hold, u_n_entries + 1 x 1, rising

uniform sampler2D u_edges;

// The entry of a value within u_clim: the last one whose lower edge is not above the value.
int entry_of(float value)
{
    int first = 0, end = int(u_n_entries);
    while (end - first > 1) {
        int middle = (first + end) / 2;
        if (texelFetch(u_edges, ivec2(middle, 0), 0).r <= value) first = middle;
        else end = middle;
    }
    return first;
}
