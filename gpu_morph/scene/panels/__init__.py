"""Several scenes and plots in one picture, and in one film."""
