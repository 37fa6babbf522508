"""Files for other programs: VTK."""
