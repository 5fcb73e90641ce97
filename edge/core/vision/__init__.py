"""From luma planes to verdicts: foreground, candidates, tracks, falls. Arrays in, values out."""
