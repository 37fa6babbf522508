// Entries of a colour table with equal steps from u_clim.x to u_clim.y. The variant "edges" has entries_between_edges.glsl
// instead, with the same entry_of(). Needs colormap.glsl.

// The entry of a value within u_clim.
int entry_of(float value)
{
    return int(min(floor((value - u_clim.x) / (u_clim.y - u_clim.x) * u_n_entries), u_n_entries - 1.0));
}
