"""What the speed claims rest on: input generators, the baseline, the measurements; no part of the package."""
